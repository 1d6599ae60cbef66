import { afterEach, describe, expect, test } from 'vitest'
import { centralSystem } from '../../../bench/csms/central-system.ts'
import { steppedClock } from '../../../bench/desk/passing.ts'
import { CallWatch } from '../../../bench/fleet/call-watch.ts'
import { boardMix } from '../../../bench/fleet/config.ts'
import { figuresOf, progressLine, summaryLines, together } from '../../../bench/fleet/figures.ts'
import { type FleetOptions, fleet } from '../../../bench/fleet/fleet.ts'
import { metricsOf } from '../../../bench/fleet/metrics.ts'
import type { Pattern } from '../../../bench/fleet/pattern.ts'
import { tally } from '../../../bench/fleet/tally.ts'
import { hours, minutes, seconds } from '../../../src/base/units.ts'
import { memoryNetwork } from '../../../src/ocpp/memory-socket.ts'
import type { FrameSeen } from '../../../src/ocpp/wire.ts'

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

const evs = [{ batteryKwh: 60, wantsKwh: [5, 10] }]

async function world(options: Partial<FleetOptions> = {}, known: (card: string) => boolean = () => true) {
  const clock = steppedClock()
  const network = memoryNetwork({ clock })
  const system = centralSystem({ clock, authorize: (card) => ({ status: known(card) ? 'Accepted' : 'Invalid' }) })
  network.accepted.on(({ address, socket }) => system.attach(socket, address.identity))
  const running = fleet({
    ...{ clock, csms: network.dial, stations: 3, idOf: (n) => `CP-${n}`, boardOf: await boardMix('simulated'), seed: 1 },
    timeOfDay: (epochMs) => epochMs % 86_400_000,
    ...options,
  })
  endings.push(() => running.drop())
  return { clock, network, system, running, notes: () => running.tally.counts.notes, errors: () => running.tally.counts.errors }
}

describe('a fleet', () => {
  test('its stations are switched on by the ramp, and told apart', async () => {
    const w = await world({ ramp: 2, stations: 4 })
    await w.clock.advance(seconds(1.1))
    expect(w.running.stations.map(({ id }) => id)).toEqual(['CP-1', 'CP-2'])
    await w.clock.advance(seconds(2))
    expect([w.running.stations.length, w.running.isUp]).toEqual([4, true])
    expect(w.running.stations.every(({ isOnline }) => isOnline)).toBe(true)
  })

  test('hands: a cable, a card, a line of the control door, and switching off in good order', async () => {
    const w = await world({ stations: 1 })
    await w.clock.advance(seconds(2))
    const [station] = w.running.stations
    expect([station?.plug(), station?.plug()]).toEqual([true, false])
    await w.clock.advance(seconds(3))
    station?.tag('04A2B3C4')
    await w.clock.advance(minutes(6))
    expect(w.system.transactions.all).toHaveLength(1)
    expect(await station?.run('info')).toContain('harging')
    expect(station?.registerWh).toBeGreaterThan(1_000)
    const stopped = w.running.stop()
    await w.clock.advance(seconds(5))
    await stopped
    expect(w.system.transactions.all[0]?.stop).toBeDefined()
    expect(w.errors()).toEqual({})
  })

  test('cars come, stay and leave as the pattern says, the same for the same seed', async () => {
    const pattern: Pattern = { about: 'x', arrivals: { perDay: 144 }, stay: { minutes: [5, 10] }, evs, cards: { list: ['A'] } }
    const one = await world({ pattern })
    const two = await world({ pattern })
    for (const each of [one, two]) await each.clock.advance(hours(1))
    expect(one.notes()['cars']).toBeGreaterThan(8)
    expect(one.running.tally.counts.notes).toEqual(two.running.tally.counts.notes)
    const ended = one.system.transactions.all.filter(({ stop }) => stop !== undefined)
    expect(ended.length).toBeGreaterThan(5)
    expect(ended.every(({ start }) => start.idTag === 'A')).toBe(true)
    expect(one.errors()).toEqual({})
  })

  test('a card that nobody knows charges nothing, and its car leaves again', async () => {
    const pattern: Pattern = { about: 'x', arrivals: { perDay: 96 }, stay: { minutes: [5, 10] }, evs, cards: { unknownShare: 1 } }
    const w = await world({ pattern, stations: 1 }, (card) => !card.startsWith('UNKNOWN'))
    await w.clock.advance(hours(2))
    expect(w.notes()['unknown cards turned away']).toBeGreaterThan(2)
    expect(w.system.transactions.all).toHaveLength(0)
    expect(w.errors()).toEqual({})
  })

  test('cuts of the pattern are no errors, those of the network are, and both are come over', async () => {
    const pattern: Pattern = { about: 'x', arrivals: { steady: true }, evs: [{ batteryKwh: 1_000 }], network: { cutEachMinute: 0.5, outageSeconds: [5, 10] } }
    const w = await world({ pattern, settings: { MeterValueSampleInterval: '10' } })
    await w.clock.advance(minutes(10))
    expect(w.notes()['connections cut by the pattern']).toBeGreaterThan(5)
    expect(w.errors()).toEqual({})
    w.network.cut()
    await w.clock.advance(seconds(30))
    expect(w.errors()['connection lost']).toBeGreaterThan(0)
    expect(w.running.stations.every(({ station }) => station.view(1)?.status === 'charging')).toBe(true)
  })

  test('a central system that refuses is named', async () => {
    const clock = steppedClock()
    const network = memoryNetwork({ clock })
    network.dials('unauthorized')
    const w = await world({ clock, csms: network.dial, stations: 1 })
    await clock.advance(seconds(5))
    expect(w.errors()).toEqual({ 'connection not made: unauthorized': expect.any(Number) })
  })

  test('latency of the pattern delays both ways, and keeps the order', async () => {
    const pattern: Pattern = { about: 'x', arrivals: { perDay: 0 }, stay: { minutes: [1, 2] }, evs, network: { latencyMs: [400, 400] } }
    const w = await world({ pattern, stations: 1 })
    await w.clock.advance(seconds(0.7))
    expect(w.running.stations[0]?.isOnline).toBe(false)
    await w.clock.advance(seconds(0.3))
    expect(w.running.stations[0]?.isOnline).toBe(true)
  })

  test('figures are told on a line, in a summary and to Prometheus', async () => {
    const w = await world({ pattern: { about: 'x', arrivals: { steady: true }, evs: [{ batteryKwh: 1_000 }] } })
    await w.clock.advance(minutes(2))
    const one = figuresOf(w.running, 3, 0)
    const both = together([one, one])
    expect(progressLine(both, one, 1_000)).toMatch(/^6 of 6 online, 6 charging, [\d.]+ kWh, \d+ frames\/s, p50 .* ms, 0 errors, \d+ MB$/)
    expect(summaryLines(both, 120_000).join('\n')).toMatch(/6 stations, 6 online, outlets: 6 charging\n(?:.*\n)*RSS \d+ MB in 2 processes(?:.*\n)*No errors\./)
    expect(metricsOf(one)).toContain('pilotwire_fleet_call_seconds_count{action="BootNotification"} 3\n')
    expect(metricsOf(one)).toContain('pilotwire_fleet_outlets{status="charging"} 3\n')
  })
})

describe('watching CALLs', () => {
  const frame = (direction: 'in' | 'out', kind: FrameSeen['kind'], action: string, id: string, payload: unknown = {}) =>
    ({ direction, kind, action, id, payload }) as FrameSeen

  test('answers are timed, and what is wrong is named', () => {
    const counted = tally()
    let now = 0
    const watch = new CallWatch(counted, () => now)
    const pass = (after: number, ...words: Parameters<typeof frame>) => {
      now += after
      watch.passed(frame(...words))
    }
    pass(0, 'out', 'call', 'Heartbeat', '1')
    pass(25, 'in', 'result', 'Heartbeat', '1')
    pass(0, 'out', 'call', 'Authorize', '2')
    pass(10, 'in', 'error', 'Authorize', '2', { code: 'InternalError' })
    pass(0, 'out', 'call', 'MeterValues', '3')
    pass(30_000, 'out', 'call', 'MeterValues', '4')
    pass(1, 'in', 'result', 'MeterValues', '3')
    watch.disconnected()
    pass(0, 'out', 'call', 'BootNotification', '5')
    pass(1, 'in', 'result', 'BootNotification', '5', { status: 'Rejected' })
    const { calls, errors, notes } = counted.counts
    expect(calls['Heartbeat']).toMatchObject({ count: 1, sumMs: 25 })
    expect(errors).toEqual({ 'CALLERROR InternalError to Authorize': 1, 'time-out of MeterValues': 1, 'BootNotification rejected': 1 })
    expect(notes['answers that came too late']).toBe(1)
  })
})
