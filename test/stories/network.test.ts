import { describe, expect, test } from 'vitest'
import { hours, millis, seconds } from '../../src/base/units.ts'
import { DataTransfer } from '../../src/ocpp16/messages/core.ts'
import { type RudeWorld, rudeWorld, type Treatment } from './hand-central.ts'
import { withEvses } from './world.ts'

const actions = [
  'BootNotification',
  'StatusNotification',
  'Authorize',
  'StartTransaction',
  'MeterValues',
  'StopTransaction',
  'Heartbeat',
  'DataTransfer',
] as const

/** What a rude central system does to a request. */
const fates: Readonly<Record<string, Treatment>> = {
  'its answer is lost': () => {},
  'it is refused': ({ id }, _polite, line) => line.refuse(id),
  'its answer is nonsense': ({ id }, _polite, line) => line.answer(id, { nonsense: [1, { deep: null }] }),
  'its answer is no object': ({ id }, _polite, line) => line.say(`[3,${JSON.stringify(id)},"yes"]`),
  'its answer is no JSON': ({ id }, _polite, line) => line.say(`[3,"${id}",{]`),
  'its answer comes twice': ({ id }, polite, line) => {
    line.answer(id, polite)
    line.answer(id, polite)
  },
  'its answer comes after a CALLERROR': ({ id }, polite, line) => {
    line.refuse(id)
    line.answer(id, polite)
  },
  'its connection drops': (_asked, _polite, line) => line.socket.terminate(),
  'its connection drops after the answer': ({ id }, polite, line) => {
    line.answer(id, polite)
    line.socket.close(1001, 'later')
  },
}

/** A session of a person who does not give up: the card is shown until the charger takes it. */
async function session(w: RudeWorld, tag: string) {
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  for (let tries = 0; tries < 20 && w.core.view(1).transaction === undefined; tries++) {
    void w.swipe(tag)
    await w.clock.advance(seconds(31))
  }
  await w.until(() => w.status() === 'charging', seconds(200))
  await w.clock.advance(seconds(150))
  void w.core.stop(1, 'local', tag)
  await w.clock.advance(seconds(10))
  w.plant.unplug()
  await w.clock.advance(seconds(10))
}

describe('whatever becomes of one message, later ones are sent', () => {
  const cases = actions.flatMap((action) => Object.keys(fates).map((fate) => [action, fate] as const))
  test.each(cases)('%s: %s', async (action, fate) => {
    let isDone = false
    const treatment = fates[fate] as Treatment
    const w = await rudeWorld({
      before: (hand) =>
        hand.treat(action, (asked, polite, line) => {
          if (isDone) return line.answer(asked.id, polite)
          isDone = true
          treatment(asked, polite, line)
        }),
    })
    const send = () => w.station.door.peer.call(DataTransfer, { vendorId: 'Pilotwire' })
    await w.clock.advance(seconds(120))
    void send()
    await session(w, 'TAG1')
    await w.clock.advance(seconds(400))
    expect(isDone).toBe(true)
    const before = new Map(actions.map((each) => [each, w.hand.of(each).length]))
    void send()
    await session(w, 'TAG2')
    await w.clock.advance(seconds(400))
    const silent = actions.filter((each) => each !== 'BootNotification' && w.hand.of(each).length === before.get(each))
    expect(silent).toEqual([])
    expect(w.station.door.peer.isBusy).toBe(false)
    expect(w.station.door.reporter.behind).toBe(0)
    expect(w.hand.mostInFlight).toBe(1)
    // Both transactions are whole: the last start of each card was answered, and its number is the stop's.
    const stops = w.hand.of('StopTransaction').map(({ payload }) => payload.transactionId)
    expect(new Set(stops).size).toBe(2)
    expect(stops).not.toContain(-1)
    expect(w.hand.of('StatusNotification').at(-1)?.payload).toMatchObject({ connectorId: 1, status: 'Available' })
    expect(w.status()).toBe('available')
  })
})

describe('answers to nothing', () => {
  const played = async (isDisturbed: boolean) => {
    const w = await rudeWorld()
    const old: string[] = []
    const noise = () => {
      if (!isDisturbed) return
      const { line } = w.hand
      for (const id of ['no-such-id', '', ...old, ...w.hand.asked.slice(-3).map((each) => each.id)]) {
        line?.say(
          JSON.stringify([
            3,
            id,
            { status: 'Rejected', transactionId: 999, idTagInfo: { status: 'Blocked' }, currentTime: '2031-01-01T00:00:00Z', interval: 1 },
          ]),
        )
        line?.say(JSON.stringify([4, id, 'GenericError', '', {}]))
      }
    }
    for (const step of [
      () => w.plant.plugIn(),
      () => void w.swipe(),
      () => {},
      () => w.plant.suspend(),
      () => w.plant.resume(),
      () => void w.swipe(),
      () => w.plant.unplug(),
    ]) {
      step()
      noise()
      await w.clock.advance(seconds(90))
      noise()
    }
    return { asked: w.hand.asked.map(({ action, payload, at }) => [at, action, payload]), answers: w.hand.answers, wh: w.plant.wh }
  }
  test('stray and duplicate CALLRESULTs and CALLERRORs change nothing', async () => {
    const [disturbed, calm] = [await played(true), await played(false)]
    expect(disturbed).toEqual(calm)
    expect(calm.asked.length).toBeGreaterThan(10)
  })
  test('an answer that comes after its time is up changes nothing, and the next attempt counts', async () => {
    const late: (() => void)[] = []
    const w = await rudeWorld({
      before: (hand) =>
        hand.treat('StartTransaction', ({ id }, polite, line) => {
          if (late.length > 0) return line.answer(id, { transactionId: 7, idTagInfo: { status: 'Accepted' } })
          late.push(() => line.answer(id, polite))
        }),
    })
    w.plant.plugIn()
    await w.swipe()
    await w.clock.advance(seconds(35))
    late[0]?.()
    await w.clock.advance(seconds(1))
    expect(w.hand.of('StartTransaction')).toHaveLength(1)
    await w.clock.advance(seconds(90))
    const [first, second] = w.hand.of('StartTransaction')
    expect(second?.payload).toEqual(first?.payload)
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(w.hand.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 7 })
  })
})

describe('the network is not flooded', () => {
  test.each([0, -1, 1_000_000_000])('heartbeats with an interval of %d s from BootNotification', async (interval) => {
    const w = await rudeWorld({
      before: (hand) => hand.treat('BootNotification', ({ id }, polite, line) => line.answer(id, { ...(polite as object), interval })),
    })
    await w.clock.advance(hours(24))
    // Boot, two statuses, the start as a security event, and heartbeats each 300 s at the most, one a day at the least.
    expect(w.hand.asked.length).toBeLessThanOrEqual(4 + 24 * 12)
    expect(w.hand.of('Heartbeat').length).toBeGreaterThanOrEqual(1)
  })
  test('HeartbeatInterval=0 by ChangeConfiguration: one a day, for the clock', async () => {
    const w = await rudeWorld()
    expect(await w.hand.call('ChangeConfiguration', { key: 'HeartbeatInterval', value: '0' })).toMatchObject([3, expect.any(String), { status: 'Accepted' }])
    await w.clock.advance(hours(72))
    expect(w.hand.of('Heartbeat')).toHaveLength(3)
  })
  test.each(['Pending', 'Rejected'])('boots that are %s with an interval of 0', async (status) => {
    const w = await rudeWorld({
      before: (hand) => hand.treat('BootNotification', ({ id }, polite, line) => line.answer(id, { ...(polite as object), status, interval: 0 })),
    })
    await w.clock.advance(hours(24))
    expect(w.hand.asked.length).toBe(w.hand.of('BootNotification').length)
    expect(w.hand.asked.length).toBeLessThanOrEqual(24 * 60 + 1)
    expect(w.hand.asked.length).toBeGreaterThan(24 * 30)
  })
  test('a central system that accepts and closes at once', async () => {
    const w = await rudeWorld({ before: (hand) => hand.network.accepted.on(({ socket }) => socket.close(1001, '')) })
    await w.clock.advance(hours(24))
    expect(w.network.dialled).toBeLessThan(24 * 60 + 20)
    expect(w.network.dialled).toBeGreaterThan(24 * 30)
  })
  test('a central system that closes at each BootNotification', async () => {
    const w = await rudeWorld({ before: (hand) => hand.treat('BootNotification', (_asked, _polite, line) => line.socket.close(1008, '')) })
    await w.clock.advance(hours(24))
    expect(w.hand.asked.length).toBeLessThan(24 * 60 + 20)
  })
  test('a central system that refuses every message of a transaction', async () => {
    const w = await rudeWorld()
    w.hand.treat('StartTransaction', ({ id }, _polite, line) => line.refuse(id))
    w.hand.treat('StopTransaction', ({ id }, _polite, line) => line.refuse(id))
    await session(w, 'TAG1')
    await w.clock.advance(hours(2))
    expect(w.hand.of('StartTransaction')).toHaveLength(3)
    expect(w.hand.of('StopTransaction')).toHaveLength(3)
    expect(w.hand.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: -1 })
  })
})

describe('TriggerMessage', () => {
  const names = ['BootNotification', 'DiagnosticsStatusNotification', 'FirmwareStatusNotification', 'Heartbeat', 'MeterValues', 'StatusNotification']
  const strange = ['', 'Nonsense', 'heartbeat', '__proto__', 'constructor', 'toString', 'SignChargePointCertificate', 'x'.repeat(1_000)]
  const oddConnectors = [undefined, 0, 1, 2, -1, 2 ** 40]

  test.each([...names, ...strange])('of %s gets an answer', async (requestedMessage) => {
    const w = await rudeWorld()
    for (const connectorId of oddConnectors) {
      const answer = await w.hand.call('TriggerMessage', { requestedMessage, ...(connectorId === undefined ? {} : { connectorId }) })
      expect(answer?.[0]).toBe(names.includes(requestedMessage) ? 3 : 4)
    }
    await session(w, 'TAG1')
    expect(w.hand.of('StopTransaction')).toHaveLength(1)
  })
  test('faster than its messages are answered is refused before they fill the memory', async () => {
    const w = await rudeWorld({ board: withEvses(64) })
    w.hand.treat('StatusNotification', () => {})
    for (let n = 0; n < 100; n++) w.hand.line?.say(JSON.stringify([2, `flood-${n}`, 'TriggerMessage', { requestedMessage: 'StatusNotification' }]))
    await w.clock.advance(seconds(1))
    const statuses = w.hand.answers.map((answer) => (answer[2] as { status: string }).status)
    expect(statuses).toEqual([...Array(2).fill('Accepted'), ...Array(98).fill('Rejected')])
    expect(w.station.door.peer.waiting).toBeLessThan(200)
  })
  test('while Pending brings what was asked for and nothing else', async () => {
    const w = await rudeWorld({
      before: (hand) =>
        hand.treat('BootNotification', ({ id }, polite, line) => line.answer(id, { ...(polite as object), status: 'Pending', interval: 3_600 })),
    })
    const triggered = async (requestedMessage: string, connectorId?: number) => {
      const before = w.hand.asked.length
      const answer = await w.hand.call('TriggerMessage', { requestedMessage, ...(connectorId === undefined ? {} : { connectorId }) })
      await w.clock.advance(seconds(5))
      return [(answer?.[2] as { status?: string } | undefined)?.status, ...w.hand.asked.slice(before).map(({ action }) => action)]
    }
    expect(await triggered('Heartbeat')).toEqual(['Accepted', 'Heartbeat'])
    expect(await triggered('StatusNotification', 1)).toEqual(['Accepted', 'StatusNotification'])
    expect(await triggered('StatusNotification')).toEqual(['Accepted', 'StatusNotification', 'StatusNotification'])
    expect(await triggered('MeterValues', 1)).toEqual(['Accepted', 'MeterValues'])
    expect(await triggered('BootNotification')).toEqual(['Accepted', 'BootNotification'])
    expect(await triggered('FirmwareStatusNotification')).toEqual(['NotImplemented'])
    w.plant.plugIn()
    await w.swipe()
    const before = w.hand.asked.length
    await w.clock.advance(seconds(600))
    expect(w.hand.asked.slice(before)).toEqual([])
    expect(await w.hand.call('RemoteStartTransaction', { idTag: 'TAG1' })).toMatchObject([3, expect.any(String), { status: 'Rejected' }])
  })
  test('whose message cannot leave, because the connection drops, lets nothing leave later in its place', async () => {
    const w = await rudeWorld({
      before: (hand) =>
        hand.treat('BootNotification', ({ id }, polite, line) => line.answer(id, { ...(polite as object), status: 'Pending', interval: 3_600 })),
    })
    w.hand.treat('Heartbeat', (_asked, _polite, line) => line.socket.terminate())
    await w.hand.call('TriggerMessage', { requestedMessage: 'Heartbeat' })
    w.hand.line?.say(JSON.stringify([2, 'twice-1', 'TriggerMessage', { requestedMessage: 'Heartbeat' }]))
    await w.clock.advance(seconds(60))
    const before = w.hand.asked.length
    await w.clock.advance(seconds(900))
    expect(w.hand.asked.slice(before)).toEqual([])
  })
})

test('while Rejected nothing is sent and nothing answered, until its time is over', async () => {
  const answers = ['Rejected', 'Accepted']
  const w = await rudeWorld({
    before: (hand) =>
      hand.treat('BootNotification', ({ id }, polite, line) =>
        line.answer(id, { ...(polite as object), status: answers.shift() ?? 'Accepted', interval: 900 }),
      ),
  })
  expect(await w.hand.call('GetConfiguration', {})).toBeUndefined()
  expect(await w.hand.call('TriggerMessage', { requestedMessage: 'BootNotification' })).toBeUndefined()
  expect(await w.hand.call('NoSuchAction', {})).toBeUndefined()
  w.hand.line?.say('[2,"half"')
  await w.clock.advance(seconds(800))
  expect(w.hand.asked.map(({ action }) => action)).toEqual(['BootNotification'])
  expect(w.hand.answers).toEqual([])
  await w.clock.advance(seconds(200))
  expect(w.hand.asked.map(({ action }) => action)).toEqual([
    ...['BootNotification', 'BootNotification', 'StatusNotification', 'StatusNotification'],
    'SecurityEventNotification',
  ])
})

test('a StartTransaction that is answered, and refused, only after its transaction has ended: the stop bears its number, the next car charges on', async () => {
  const w = await rudeWorld()
  let answer = () => {}
  w.hand.treat('StartTransaction', ({ id }, _polite, line) => {
    answer = () => line.answer(id, { transactionId: 77, idTagInfo: { status: 'Blocked' } })
  })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe('TAG1')
  await w.until(() => w.status() === 'charging')
  await w.swipe('TAG1')
  await w.clock.advance(seconds(10))
  w.hand.treat('StartTransaction', undefined)
  const next = w.swipe('TAG2')
  answer()
  await w.clock.advance(seconds(20))
  expect(await next).toBe('started')
  expect(w.hand.of('StopTransaction').map(({ payload }) => payload['transactionId'])).toEqual([77])
  expect([w.status(), w.core.view(1).transaction?.token]).toEqual(['charging', 'TAG2'])
})

test('ClearCache loses no transaction, queued or running', async () => {
  const w = await rudeWorld({ settings: { AllowOfflineTxForUnknownId: 'true' } })
  w.network.dials('refused')
  w.network.cut()
  await session(w, 'TAG1')
  w.plant.plugIn()
  await w.swipe('TAG2')
  await w.until(() => w.status() === 'charging')
  w.hand.treat('StartTransaction', () => {})
  w.network.dials('accept')
  await w.until(() => w.hand.of('StartTransaction').length > 0, seconds(200))
  expect(await w.hand.call('ClearCache', {})).toMatchObject([3, expect.any(String), { status: 'Accepted' }])
  w.hand.treat('StartTransaction', undefined)
  await w.clock.advance(seconds(200))
  expect(w.status()).toBe('charging')
  await w.swipe('TAG2')
  await w.clock.advance(seconds(20))
  const ids = (action: string) => w.hand.of(action).map(({ payload }) => payload.idTag)
  expect(ids('StartTransaction')).toEqual(['TAG1', 'TAG1', 'TAG2'])
  expect(w.hand.of('StopTransaction').map(({ payload }) => [payload.idTag, payload.transactionId])).toEqual([
    ['TAG1', 1],
    ['TAG2', 2],
  ])
})

describe('the connection comes and goes', () => {
  test('a socket that comes back after 0.7 s delivers the pending StartTransaction at once', async () => {
    const w = await rudeWorld()
    w.hand.treat('StartTransaction', () => {})
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.until(() => w.hand.of('StartTransaction').length === 1)
    w.hand.treat('StartTransaction', undefined)
    w.link.interrupt(700)
    const cutAt = w.clock.monotonic()
    await w.until(() => w.hand.of('StartTransaction').length === 2)
    const [first, second] = w.hand.of('StartTransaction')
    expect(second?.payload).toEqual(first?.payload)
    expect((second?.at ?? 0) - cutAt).toBeLessThanOrEqual(720)
  })
  test('a CALL in flight ends when the socket drops, not when its time is up', async () => {
    const w = await rudeWorld({ settings: { AllowOfflineTxForUnknownId: 'true' } })
    w.hand.treat('Authorize', () => {})
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    const outcome = w.swipe()
    await w.clock.advance(seconds(1))
    expect(w.station.door.peer.isBusy).toBe(true)
    w.network.dials('refused')
    w.network.cut()
    await w.clock.advance(millis(100))
    expect(await outcome).toBe('started')
    expect(w.station.door.peer.isBusy).toBe(false)
  })
  test('a half-open connection is noticed, and everything since arrives', async () => {
    const w = await rudeWorld()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.until(() => w.status() === 'charging')
    w.network.silence(true)
    await w.clock.advance(seconds(300))
    await w.swipe()
    await w.clock.advance(seconds(60))
    w.network.silence(false)
    await w.clock.advance(seconds(400))
    expect(w.hand.of('StopTransaction').map(({ payload }) => payload.transactionId)).toEqual([1])
    expect(w.hand.of('MeterValues').length).toBeGreaterThanOrEqual(5)
    expect(w.hand.of('BootNotification')).toHaveLength(1)
  })
  test.each([
    ['30', 10, 2],
    ['600', 500, 1],
    ['0', 3_000, 1],
  ])('with WebSocketPingInterval=%s, as soon as it is set, a dead connection has been replaced %i s later: %i dials', async (value, after, dials) => {
    const w = await rudeWorld({ settings: { HeartbeatInterval: '86400' } })
    expect((await w.hand.call('ChangeConfiguration', { key: 'WebSocketPingInterval', value }))?.slice(2)).toEqual([{ status: 'Accepted' }])
    w.network.silence(true)
    await w.clock.advance(seconds(30 + 31))
    w.network.silence(false)
    await w.clock.advance(seconds(after))
    expect(w.network.dialled).toBe(dials)
  })
  test('a dial that is never answered is given up and tried again', async () => {
    const w = await rudeWorld({ before: (hand) => hand.network.dials('stall') })
    await w.clock.advance(seconds(600))
    expect(w.network.dialled).toBeGreaterThan(4)
    w.network.dials('accept')
    await w.clock.advance(seconds(200))
    expect(w.hand.of('BootNotification')).toHaveLength(1)
  })
  test('a central system that forgets to number a transaction: it ends as -1, and the next one is whole', async () => {
    const w = await rudeWorld({ settings: { TransactionMessageRetryInterval: '10' } })
    w.hand.treat('StartTransaction', ({ id }, _polite, line) => line.answer(id, { idTagInfo: { status: 'Accepted' } }))
    await session(w, 'TAG1')
    w.hand.treat('StartTransaction', undefined)
    await session(w, 'TAG2')
    await w.clock.advance(seconds(60))
    expect(w.hand.of('StartTransaction').map(({ payload }) => payload.idTag)).toEqual(['TAG1', 'TAG1', 'TAG1', 'TAG2'])
    expect(w.hand.of('StopTransaction').map(({ payload }) => payload.transactionId)).toEqual([-1, 2])
  })
  test('cards that were all waiting for an answer when the connection broke never begin two transactions at one millisecond', async () => {
    const w = await rudeWorld()
    w.hand.treat('Authorize', ({ id }, _polite, line) => line.answer(id, { idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY' } }))
    // Both are remembered, with their parent.
    for (const card of ['ANNA', 'ANNA', 'BERT', 'BERT']) await w.swipe(card)
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    w.hand.treat('Authorize', () => {})
    void w.swipe('ANNA')
    void w.swipe('BERT')
    void w.swipe('ANNA', 1)
    await w.clock.advance(seconds(1))
    w.network.cut()
    await w.clock.advance(seconds(60))
    const starts = w.hand.of('StartTransaction').map(({ payload }) => JSON.stringify(payload))
    expect(starts.length).toBeGreaterThan(0)
    expect(new Set(starts).size).toBe(starts.length)
  })
  test('the first status of all, lost with its connection, is told again', async () => {
    const w = await rudeWorld({
      before: (hand) =>
        hand.treat('StatusNotification', (_asked, _polite, line) => {
          hand.treat('StatusNotification', undefined)
          line.socket.terminate()
        }),
    })
    await w.clock.advance(seconds(20))
    expect(w.hand.of('StatusNotification').map(({ payload }) => payload.connectorId)).toEqual([0, 0, 1])
  })
  test('what was reported before the connection broke is not taken for known: the present status is told again', async () => {
    const w = await rudeWorld()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.until(() => w.status() === 'charging')
    await w.clock.advance(seconds(5))
    // Finishing arrives there, its answer does not arrive here; and then the car charges again.
    w.hand.treat('StatusNotification', ({ payload, id }, polite, line) => {
      if (payload.status !== 'Finishing') return line.answer(id, polite)
      w.hand.treat('StatusNotification', undefined)
      w.network.dials('refused')
      line.socket.terminate()
    })
    await w.swipe()
    await w.until(() => w.status() === 'finishing')
    await w.clock.advance(seconds(6))
    expect(await w.swipe()).toBe('started')
    await w.until(() => w.status() === 'charging')
    w.network.dials('accept')
    await w.clock.advance(seconds(200))
    // Whether Finishing arrived is not known here; every pair is a legal one either way.
    expect(
      w.hand
        .of('StatusNotification')
        .map(({ payload }) => payload.status)
        .slice(-5),
    ).toEqual(['Charging', 'Finishing', 'Finishing', 'Preparing', 'Charging'])
  })
})

describe('frames that are none, in the middle of charging', () => {
  const deep = '['.repeat(10_000)
  const rubbish = [
    '',
    ' ',
    'null',
    '[]',
    '{}',
    '[2]',
    '[2,1,"Reset",{}]',
    '[2,"a"]',
    '[2,"a","Reset"]',
    '[2,"a","Reset",{"type":"Explode"}]',
    '[2,"a","__proto__",{}]',
    '[9,"a",{}]',
    '[2,"a","GetConfiguration",{"key":[1,2]}]',
    '[2,"a","ChangeConfiguration",{"key":"HeartbeatInterval","value":"many"}]',
    '[3]',
    '[4,"a"]',
    '[3,{}]',
    '[2.5,"a"]',
    '["2","a","Reset",{"type":"Hard"}]',
    deep,
    `[2,"a","DataTransfer",{"vendorId":"x","data":"${'y'.repeat(300_000)}"}]`,
    `[2,"${'i'.repeat(300)}","Heartbeat",{}]`,
    '\u0000\u0001',
    '[2,"a","StopTransaction",{}]',
  ]
  test('leave the contactor and the session alone, and every CALL among them gets one answer at the most', async () => {
    const w = await rudeWorld()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.until(() => w.status() === 'charging')
    for (const text of rubbish) {
      const before = w.hand.answers.length
      w.hand.line?.say(text)
      await w.clock.advance(seconds(1))
      expect(w.plant.isClosed, text.slice(0, 60)).toBe(true)
      expect(w.hand.answers.length - before, text.slice(0, 60)).toBeLessThanOrEqual(1)
    }
    await w.clock.advance(seconds(60))
    expect(w.status()).toBe('charging')
    expect(w.hand.of('MeterValues').length).toBeGreaterThan(0)
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(w.hand.of('StopTransaction')).toHaveLength(1)
  })
})
