import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { overriding } from '../overriding.ts'
import { answered, ask, charging } from './asking.ts'
import { killed, stopped } from './restarts.ts'
import { type World, type WorldOptions, world } from './world.ts'

// OCPP 1.6: BootNotification, Heartbeat, the clock, and what a station that is not accepted may do.

const notAccepted = (status: 'Pending' | 'Rejected', options: WorldOptions = {}) =>
  world({ ...options, csms: { heartbeat: 600, bootStatus: (_station, attempt) => (attempt <= 1 ? status : 'Accepted'), ...options.csms } })

describe('before the station is accepted', () => {
  test('BootNotification is the first CALL and the only one, whatever is queued', async () => {
    const first = await world()
    first.plant.plugIn()
    await first.clock.advance(seconds(2))
    await first.swipe()
    await first.clock.advance(seconds(10))
    const w = await killed(first, { isPlugged: true, csms: { heartbeat: 600, bootStatus: (_station, attempt) => (attempt <= 1 ? 'Pending' : 'Accepted') } })
    await w.clock.advance(minutes(5))
    expect(w.story()).toEqual(['BootNotification'])
    await w.clock.advance(minutes(6))
    // Errata 3.22: every connector, 0 first; the queue follows.
    expect(
      w
        .sent()
        .slice(1, 4)
        .map(({ action, payload }) => [action, (payload as { connectorId?: number }).connectorId]),
    ).toEqual([
      ['BootNotification', undefined],
      ['StatusNotification', 0],
      ['StatusNotification', 1],
    ])
    expect(w.story().at(-1)).toBe('StopTransaction')
  })
  test('Pending: asked for, it answers, and sends what TriggerMessage wants, nothing else', async () => {
    const w = await notAccepted('Pending')
    expect(await ask(w, w.csms.call('CP-1', core.GetConfiguration, { key: ['HeartbeatInterval'] }))).toMatchObject({ kind: 'result' })
    for (const [what, connector] of [
      ['StatusNotification', 1],
      ['Heartbeat', undefined],
      ['MeterValues', 1],
    ] as const) {
      expect(await ask(w, w.csms.trigger('CP-1', what, connector))).toMatchObject(answered('Accepted'))
    }
    w.plant.plugIn()
    await w.clock.advance(seconds(30))
    expect(w.story()).toEqual(['BootNotification', 'StatusNotification Available', 'MeterValues'])
    expect(w.frames.filter(({ direction, kind, action }) => direction === 'in' && kind === 'call' && action === 'Heartbeat')).toHaveLength(1)
  })
  test('what a trigger asked for before the answer to BootNotification is not sent when that says Rejected', async () => {
    const w = await world({ offline: true, csms: { heartbeat: 600, bootStatus: () => 'Rejected' } })
    // The trigger comes while BootNotification is on its way.
    w.network.accepted.on(() => void w.csms.trigger('CP-1', 'StatusNotification', 1))
    w.link.connect()
    await w.clock.advance(minutes(1))
    expect(w.frames.filter(({ direction }) => direction === 'in').map(({ kind, action }) => `${kind} ${action}`)).not.toContain('call StatusNotification')
  })
  test('Pending: RemoteStart and RemoteStop are refused', async () => {
    const w = await notAccepted('Pending', { parts: { preBootTransactions: true } })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await ask(w, w.csms.requestStart('CP-1', 1, 'TAG1'))).toMatchObject(answered('Rejected'))
    expect(await ask(w, w.csms.requestStop('CP-1', 1))).toMatchObject(answered('Rejected'))
  })
  test('Pending: RemoteStop is refused for a transaction that it knows, too, which goes on', async () => {
    const w = await charging({
      parts: { bootAfterReconnect: true },
      csms: { heartbeat: 600, bootStatus: (_station, attempt) => (attempt <= 1 ? 'Accepted' : 'Pending') },
    })
    const transactionId = w.csms.transactions.running[0]?.id ?? 0
    w.network.cut()
    await w.clock.advance(seconds(30))
    expect(w.sent('BootNotification')).toHaveLength(2)
    expect(await ask(w, w.csms.call('CP-1', core.RemoteStopTransaction, { transactionId }))).toMatchObject(answered('Rejected'))
    await w.clock.advance(seconds(10))
    expect(w.status()).toBe('charging')
  })
  test('Pending: TriggerMessage(BootNotification) sends one at once; accepted, it is refused (errata 3.35)', async () => {
    const w = await notAccepted('Pending')
    expect(await ask(w, w.csms.trigger('CP-1', 'BootNotification'))).toMatchObject(answered('Accepted'))
    expect(w.sent('BootNotification')).toHaveLength(2)
    expect(await ask(w, w.csms.trigger('CP-1', 'BootNotification'))).toMatchObject(answered('Rejected'))
    await w.clock.advance(seconds(5))
    expect(w.sent('BootNotification')).toHaveLength(2)
  })
  test('Rejected: nothing is sent and nothing answered until the interval has passed', async () => {
    const w = await notAccepted('Rejected')
    const asked = w.csms.call('CP-1', core.GetConfiguration, {})
    const start = w.csms.requestStart('CP-1', undefined, 'TAG1')
    await w.clock.advance(minutes(9))
    expect(w.story()).toEqual(['BootNotification'])
    expect(w.frames.filter(({ direction, kind }) => direction === 'in' && kind !== 'call')).toEqual([])
    await w.clock.advance(minutes(2))
    expect(w.sent('BootNotification')).toHaveLength(2)
    expect([(await asked).kind, (await start).kind]).toEqual(['timeout', 'timeout'])
    expect(w.status()).toBe('available')
  })
  test('an interval of 0 does not flood', async () => {
    const w = await notAccepted('Pending', { csms: { heartbeat: 0, bootStatus: () => 'Pending' } })
    await w.clock.advance(minutes(10))
    expect(w.sent('BootNotification').length).toBeGreaterThan(5)
    expect(w.sent('BootNotification').length).toBeLessThan(12)
  })
})

describe('a station that was never accepted', () => {
  test('charges nobody, offline or pending', async () => {
    for (const options of [{ offline: true }, { csms: { bootStatus: () => 'Pending' as const } }]) {
      const w = await world({ ...options, settings: { AllowOfflineTxForUnknownId: 'true' } })
      w.plant.plugIn()
      await w.clock.advance(seconds(2))
      expect(await w.swipe()).toBe('noEvse')
    }
  })
  test('charges where the station file allows it', async () => {
    const w = await world({ offline: true, settings: { AllowOfflineTxForUnknownId: 'true' }, parts: { preBootTransactions: true } })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await w.swipe()).toBe('started')
  })
  test('charges after a restart offline once it was accepted', async () => {
    const w = await stopped(await world({ settings: { AllowOfflineTxForUnknownId: 'true' } }), 'reboot', { offline: true, isPlugged: true })
    expect(await w.swipe()).toBe('started')
  })
})

describe('the clock', () => {
  test('is set by BootNotification.conf, and what happened before carries the right time', async () => {
    const trueStart = Date.UTC(2026, 5, 1, 12)
    const clock = simulatedClock({ epochMs: 0 })
    const csmsClock = { ...clock, now: () => ({ ...clock.now(), epochMs: trueStart + clock.monotonic(), trusted: true }) }
    const w = await world({
      clock,
      offline: true,
      settings: { AllowOfflineTxForUnknownId: 'true', ClockAlignedDataInterval: '60' },
      parts: { preBootTransactions: true },
      csms: { clock: csmsClock },
    })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await w.swipe()).toBe('started')
    await w.clock.advance(minutes(5) + seconds(30))
    expect(await w.swipe()).toBe('stopped')
    await w.clock.advance(minutes(1))
    w.link.connect()
    await w.clock.advance(seconds(10))
    const started = w.csms.last(core.StartTransaction)?.timestamp ?? ''
    expect(started).toBe(new Date(trueStart + 3_000).toISOString())
    const samples = w.sent('MeterValues').map(({ payload }) => payload as { meterValue: { timestamp: string; sampledValue: { context: string }[] }[] })
    expect(samples.every(({ meterValue }) => meterValue[0]?.timestamp.startsWith('2026-06-01T12:0'))).toBe(true)
    // Reference rule 37: no clock-aligned sample while the clock is not set.
    expect(samples.map(({ meterValue }) => meterValue[0]?.sampledValue[0]?.context)).not.toContain('Sample.Clock')
    await w.clock.advance(minutes(2))
    expect(w.sent('MeterValues').at(-1)?.payload).toMatchObject({ meterValue: [{ timestamp: '2026-06-01T12:08:00.000Z' }] })
  })
  test('of a board that goes on from its last shut-down is taken for no better: a start noted by it is told at its true time', async () => {
    const trueStart = Date.UTC(2026, 5, 1, 12)
    const clock = simulatedClock({ epochMs: trueStart - hours(14) })
    const csmsClock = { ...clock, now: () => ({ ...clock.now(), epochMs: trueStart + clock.monotonic(), trusted: true }) }
    const w = await world({
      clock,
      offline: true,
      settings: { AllowOfflineTxForUnknownId: 'true' },
      parts: { preBootTransactions: true },
      csms: { clock: csmsClock },
    })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await w.swipe()).toBe('started')
    await w.clock.advance(minutes(5))
    w.link.connect()
    await w.clock.advance(seconds(10))
    expect(w.csms.last(core.StartTransaction)?.timestamp).toBe(new Date(trueStart + 3_000).toISOString())
  })
  test('that is set to another time in mid-session: every sample has its place, and the aligned ones stay on the boundary', async () => {
    for (const step of [hours(5), -hours(5)]) {
      const w = await charging({ settings: { ClockAlignedDataInterval: '60', MeterValueSampleInterval: '0' } })
      await w.clock.advance(minutes(3))
      w.clock.synchronise(w.clock.now().epochMs + step)
      await w.clock.advance(minutes(3))
      const times = w.sent('MeterValues').map(({ payload }) => (payload as { meterValue: { timestamp: string }[] }).meterValue[0]?.timestamp ?? '')
      const at = (minute: number, by = 0) => new Date(Date.UTC(2026, 2, 1, 8, minute) + by).toISOString()
      expect(times).toEqual([at(1), at(2), at(3), at(5, step), at(6, step)])
    }
  })
})

const beats = (w: World) => w.frames.filter(({ direction, kind, action }) => direction === 'in' && kind === 'call' && action === 'Heartbeat')

describe('Heartbeat', () => {
  test('its interval is what BootNotification.conf says, and 0 keeps our own', async () => {
    const w = await world({ csms: { heartbeat: 77 } })
    expect(w.core.settings.get('heartbeatInterval')).toBe(77)
    const own = await world({ csms: { heartbeat: 0 }, settings: { HeartbeatInterval: '120' } })
    expect(own.core.settings.get('heartbeatInterval')).toBe(120)
    await own.clock.advance(minutes(10))
    expect(beats(own).length).toBe(5)
  })
  test('is left out while other messages flow, and comes after a time of silence', async () => {
    const w = await world({ csms: { heartbeat: 100 }, settings: { MeterValueSampleInterval: '60' } })
    await w.clock.advance(seconds(1_000))
    const silent = beats(w).length
    expect(silent).toBeGreaterThanOrEqual(9)
    w.plant.plugIn()
    await w.swipe()
    await w.clock.advance(seconds(1_000))
    expect(beats(w).length).toBeLessThanOrEqual(silent + 1)
  })
  test('comes once a day all the same, for the clock', async () => {
    const w = await world({ csms: { heartbeat: 100 }, settings: { ClockAlignedDataInterval: '60' } })
    await w.clock.advance(hours(49))
    expect(beats(w).length).toBe(2)
  })
  test('an interval of 0 that the central system sets does not flood', async () => {
    const w = await world()
    expect(await ask(w, w.csms.change('CP-1', 'HeartbeatInterval', '0'))).toMatchObject(answered('Accepted'))
    await w.clock.advance(hours(1))
    expect(beats(w)).toEqual([])
  })
  test('a changed interval counts at once', async () => {
    const w = await world({ csms: { heartbeat: 86_400 } })
    void w.csms.change('CP-1', 'HeartbeatInterval', '10')
    await w.clock.advance(seconds(35))
    expect(beats(w)).toHaveLength(3)
  })
})

test('a mere reconnection sends no BootNotification, unless the vendor option asks for it', async () => {
  for (const [bootAfterReconnect, boots] of [
    [false, 1],
    [true, 2],
  ] as const) {
    const w = await world({ parts: { bootAfterReconnect } })
    w.network.cut()
    await w.clock.advance(minutes(1))
    expect(w.csms.stations[0]?.isConnected).toBe(true)
    expect(w.sent('BootNotification')).toHaveLength(boots)
  }
})

test('with gapBetweenCallsMs a session goes on as ever, but no message follows the end of another one sooner', async () => {
  const gapBetweenCallsMs = 1_500
  const w = await world({ parts: { gapBetweenCallsMs } })
  let lastEnd = Number.NEGATIVE_INFINITY
  const gaps: number[] = []
  w.station.door.peer.frames.on(({ direction, kind }) => {
    if (direction === 'out' && kind === 'call') gaps.push(w.clock.monotonic() - lastEnd)
    if (direction === 'in' && (kind === 'result' || kind === 'error')) lastEnd = w.clock.monotonic()
  })
  await w.clock.advance(seconds(10))
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  const swiped = w.swipe()
  await w.clock.advance(seconds(5))
  expect(await swiped).toBe('started')
  await w.clock.advance(seconds(10))
  w.plant.unplug()
  await w.clock.advance(seconds(30))
  expect(w.story()).toEqual([
    'BootNotification',
    ...['Available', 'Available', 'Preparing'].map((status) => `StatusNotification ${status}`),
    'Authorize',
    'StartTransaction',
    'StatusNotification Charging',
    'StopTransaction',
    'StatusNotification Finishing',
    'StatusNotification Available',
  ])
  expect(gaps.length).toBeGreaterThan(7)
  expect(Math.min(...gaps)).toBe(gapBetweenCallsMs)
})

test('a state directory that is full when the station is accepted holds up nothing', async () => {
  const store = openStore({ directory: undefined, log: silentLog })
  let isFull = false
  const documents: typeof store.documents = <V>(kind: string) => {
    const inner = store.documents<V>(kind)
    return overriding(inner, {
      put: (...args: Parameters<typeof inner.put>) => {
        if (isFull) throw new StoreError('full', 'disk full')
        inner.put(...args)
      },
    })
  }
  const w = await world({
    offline: true,
    parts: {
      store: {
        ...store,
        get isNew() {
          return store.isNew
        },
        get hasUnflushed() {
          return store.hasUnflushed
        },
        documents,
      },
    },
  })
  isFull = true
  w.link.connect()
  await w.clock.advance(seconds(5))
  expect(w.story()).toEqual(['BootNotification', 'StatusNotification Available', 'StatusNotification Available'])
  expect(w.station.door.registration.isOnline).toBe(true)
})
