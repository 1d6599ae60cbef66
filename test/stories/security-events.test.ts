import { describe, expect, test } from 'vitest'
import { isoOf } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { goDark } from './asking.ts'
import { type HandCentral, rudeWorld } from './hand-central.ts'
import { killed, restarted, stopped } from './restarts.ts'
import { type World, type WorldOptions, world } from './world.ts'

const told = (w: World) => w.sent('SecurityEventNotification').map(({ payload }) => payload as { type: string; timestamp: string; techInfo?: string })
const types = (w: World) => told(w).map(({ type }) => type)
/** Events of the ledger, told or not. */
const noted = (w: Pick<World, 'store'>) =>
  w.store
    .ledger<Fact>()
    .after(0, 10_000)
    .flatMap(({ fact }) => (fact.kind === 'securityEvent' ? [`${fact.event}: ${fact.info}`] : []))

describe('what is noted', () => {
  test('a start, told after the statuses', async () => {
    const w = await world()
    expect(types(w)).toEqual(['StartupOfTheDevice'])
    const actions = w.frames.filter(({ kind, direction }) => kind === 'call' && direction === 'in').map(({ action }) => action)
    expect(actions).toEqual(['BootNotification', 'StatusNotification', 'StatusNotification', 'SecurityEventNotification'])
  })

  test.each([
    ['softReset', 'soft reset'],
    ['hardReset', 'hard reset'],
    ['reboot', 'the program was stopped'],
  ] as const)('a restart after %s', async (reason, words) => {
    const w = await stopped(await world(), reason)
    expect(told(w)).toMatchObject([{ type: 'StartupOfTheDevice' }, { type: 'ResetOrReboot', techInfo: words }])
  })

  test('a death', async () => {
    const w = await killed(await world())
    expect(told(w)).toMatchObject([{ type: 'StartupOfTheDevice' }, { type: 'ResetOrReboot', techInfo: 'the program died' }])
  })

  test('a step of the clock, once and not at every heartbeat', async () => {
    let aheadMs = 0
    const ahead = (hand: HandCentral, clock: World['clock']) => {
      const later = () => new Date(clock.now().epochMs + aheadMs).toISOString()
      hand.treat('Heartbeat', ({ id }, _polite, line) => {
        line.answer(id, { currentTime: later() })
        aheadMs = 0
      })
    }
    const clock = simulatedClock()
    const w = await rudeWorld({ clock, before: (hand) => ahead(hand, clock) })
    await w.clock.advance(hours(1))
    const count = () => w.hand.of('SecurityEventNotification').filter(({ payload }) => payload.type === 'SettingSystemTime')
    expect(count()).toEqual([])
    aheadMs = 3_600_000
    const before = w.clock.now().epochMs
    await w.clock.advance(hours(2))
    expect(count()).toHaveLength(1)
    const [, from, to] = /^from (\S+) to (\S+)$/.exec(String(count()[0]?.payload.techInfo)) ?? []
    expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(3_600_000)
    expect(Date.parse(from ?? '') - before).toBeLessThan(minutes(10))
  })

  test('a tamper contact that opens, each time', async () => {
    const w = await world()
    for (const isOn of [true, false, true]) {
      w.plant.setFault('tamper', isOn)
      await w.clock.advance(seconds(2))
      if (!isOn) w.core.guard.clear(1)
      await w.clock.advance(seconds(2))
    }
    expect(told(w).slice(1)).toMatchObject([
      { type: 'TamperDetectionActivated', techInfo: 'outlet 1' },
      { type: 'TamperDetectionActivated', techInfo: 'outlet 1' },
    ])
  })

  test('a disk that runs short', async () => {
    let free = 1e9
    const w = await world({ parts: { freeBytes: () => free } })
    await w.clock.advance(minutes(10))
    free = 1e6
    await w.clock.advance(hours(1))
    expect(told(w).slice(1)).toMatchObject([{ type: 'MemoryExhaustion', techInfo: '1000 kB left' }])
  })

  test('garbage, and frames that do not fit their declaration; kept here, told to nobody', async () => {
    const w = await rudeWorld()
    w.hand.line?.say('{"no":"frame"')
    await w.hand.call('GetConfiguration', { key: 'not a list' })
    w.hand.treat('Heartbeat', ({ id }, _polite, line) => line.answer(id, { currentTime: 'soon' }))
    await w.clock.advance(minutes(5))
    expect(noted(w).filter((each) => each.startsWith('invalid'))).toEqual([
      'invalidMessages: not JSON',
      expect.stringMatching(/^invalidMessages: GetConfiguration: key: /),
      expect.stringMatching(/^invalidMessages: answer to Heartbeat: currentTime: /),
    ])
    expect(w.hand.of('SecurityEventNotification').map(({ payload }) => payload.type)).toEqual(['StartupOfTheDevice'])
  })

  test('a day of garbage at speed leaves a few hundred facts', async () => {
    const w = await rudeWorld()
    for (let each = 0; each < 20_000; each++) w.hand.line?.say('[2,"half"')
    await w.clock.advance(seconds(1))
    expect(noted(w).length).toBeLessThan(15)
  })

  test('a refusal of the password, once, until a connection stood', async () => {
    const w = await world({ offline: true })
    w.network.dials('unauthorized')
    w.link.connect()
    await w.clock.advance(hours(3))
    w.network.dials('accept')
    await w.clock.advance(minutes(5))
    expect(noted(w)).toEqual(['startupOfTheDevice: the machine was started', expect.stringContaining('failedToAuthenticateAtCentralSystem')])
    expect(types(w)).toEqual(['StartupOfTheDevice'])
  })
})

describe('what is told is told for sure', () => {
  const offline = async (options: WorldOptions = {}) => {
    const w = await world({ parts: { freeBytes: () => 1e6 }, ...options })
    goDark(w)
    await w.clock.advance(minutes(1))
    w.plant.setFault('tamper', true)
    await w.clock.advance(minutes(9))
    return w
  }

  test('after a time without a network, in order and with the time of then', async () => {
    const w = await offline()
    const late = w.clock.now().epochMs
    await w.clock.advance(hours(10))
    w.network.dials('accept')
    await w.clock.advance(minutes(5))
    expect(types(w)).toEqual(['StartupOfTheDevice', 'TamperDetectionActivated', 'MemoryExhaustion'])
    for (const { timestamp } of told(w)) expect(Date.parse(timestamp)).toBeLessThanOrEqual(late)
  })

  test.each([
    ['a restart', (w: World) => stopped(w, 'reboot')],
    ['a death', (w: World) => killed(w)],
  ])('after %s', async (_how, again) => {
    const w = await again(await offline())
    await w.clock.advance(minutes(1))
    expect(types(w)).toEqual(['TamperDetectionActivated', 'MemoryExhaustion', 'StartupOfTheDevice', 'ResetOrReboot'])
  })

  test('each once, where the connection drops before the answer', async () => {
    let drops = 3
    const w = await rudeWorld({
      before: (hand) => hand.treat('SecurityEventNotification', ({ id }, polite, line) => (drops-- > 0 ? line.socket.terminate() : line.answer(id, polite))),
    })
    await w.clock.advance(minutes(20))
    const sent = w.hand.of('SecurityEventNotification')
    expect(sent).toHaveLength(4)
    expect(new Set(sent.map(({ payload }) => JSON.stringify(payload))).size).toBe(1)
  })

  test('again after a CALLERROR that is about this time', async () => {
    let refusals = 2
    const w = await rudeWorld({
      before: (hand) => hand.treat('SecurityEventNotification', ({ id }, polite, line) => (refusals-- > 0 ? line.refuse(id) : line.answer(id, polite))),
    })
    await w.clock.advance(minutes(20))
    expect(w.hand.of('SecurityEventNotification')).toHaveLength(3)
  })

  test('with the time that the boot learnt later', async () => {
    const clock = simulatedClock({ epochMs: 12_000 })
    const truth = Date.UTC(2026, 2, 1)
    const w = await rudeWorld({
      clock,
      offline: true,
      before: (hand) =>
        hand.treat('BootNotification', ({ id }, polite, line) =>
          line.answer(id, { ...(polite as object), currentTime: new Date(truth + clock.monotonic()).toISOString() }),
        ),
    })
    w.plant.setFault('tamper', true)
    await clock.advance(hours(1))
    w.link.connect()
    await clock.advance(minutes(1))
    const events = w.hand.of('SecurityEventNotification').map(({ payload }) => payload as { type: string; timestamp: string })
    expect(events.map(({ type }) => type)).toEqual(['StartupOfTheDevice', 'TamperDetectionActivated', 'SettingSystemTime'])
    for (const { timestamp } of events) expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(truth)
    expect(isoOf(clock.now()) > (events.at(-1)?.timestamp ?? '')).toBe(true)
  })
})

describe('a central system without the security whitepaper', () => {
  const without = (code: string) =>
    rudeWorld({
      before: (hand) => hand.treat('SecurityEventNotification', ({ id }, _polite, line) => line.say(JSON.stringify([4, id, code, 'no', {}]))),
    })

  test.each(['NotImplemented', 'NotSupported'])('that says %s is not asked again on this connection', async (code) => {
    const w = await without(code)
    for (let each = 0; each < 5; each++) {
      w.core.security.note('tamperDetectionActivated')
      await w.clock.advance(minutes(1))
    }
    expect(w.hand.of('SecurityEventNotification')).toHaveLength(1)
    w.network.cut()
    await w.clock.advance(minutes(1))
    w.core.security.note('tamperDetectionActivated')
    await w.clock.advance(minutes(1))
    expect(w.hand.of('SecurityEventNotification')).toHaveLength(2)
  })

  test('that fails at each security event hears of a log upload at once all the same', async () => {
    const w = await without('InternalError')
    w.store.ledger<Fact>().append(w.clock.now(), { kind: 'logProgress', log: 'diagnostics', status: 'uploading' }, { durability: 'durable' })
    await w.clock.advance(seconds(1))
    expect(w.hand.of('SecurityEventNotification')).toHaveLength(1)
    expect(w.hand.of('DiagnosticsStatusNotification').map(({ payload }) => payload)).toEqual([{ status: 'Uploading' }])
  })

  test('that never answers holds up no transaction for longer than one message', async () => {
    const w = await rudeWorld({ before: (hand) => hand.treat('SecurityEventNotification', () => {}) })
    for (let each = 0; each < 5; each++) w.core.security.note('tamperDetectionActivated')
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    const swiped = w.clock.monotonic()
    void w.swipe()
    await w.clock.advance(minutes(3))
    expect((w.hand.of('StartTransaction')[0]?.at ?? Number.POSITIVE_INFINITY) - swiped).toBeLessThan(35_000)
    // None is given up: a gateway may be silent for days.
    await w.clock.advance(hours(72))
    expect(w.hand.of('SecurityEventNotification').length).toBeLessThan(150)
    w.hand.treat('SecurityEventNotification', undefined)
    await w.clock.advance(hours(24))
    expect(w.store.ledger<Fact>().undeliverable('ocpp1.6-security')).toEqual([])
    expect(new Set(w.hand.of('SecurityEventNotification').map(({ payload }) => payload['timestamp'])).size).toBeGreaterThan(1)
    expect(w.hand.of('SecurityEventNotification').filter(({ payload }) => payload['type'] === 'TamperDetectionActivated')).toHaveLength(5)
  })
  test('that fails at each of them gets the next one after five tries, and what it would not take is kept', async () => {
    const w = await without('InternalError')
    w.core.security.note('tamperDetectionActivated')
    await w.clock.advance(minutes(30))
    const given = w.store.ledger<Fact>().undeliverable('ocpp1.6-security')
    expect(given.map(({ entry: { fact } }) => fact)).toMatchObject([{ event: 'startupOfTheDevice' }, { event: 'tamperDetectionActivated' }])
    expect(w.hand.of('SecurityEventNotification')).toHaveLength(10)
  })
})

test('a store that is new to this knows of no start before', async () => {
  const first = await world()
  first.store.documents('starts').clear()
  expect(types(await restarted(first))).toEqual(['StartupOfTheDevice'])
})
