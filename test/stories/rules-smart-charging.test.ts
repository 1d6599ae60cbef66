import { describe, expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { readBoard } from '../../src/config/files.ts'
import { GetConfiguration } from '../../src/ocpp16/messages/core.ts'
import { ask, charging, goDark } from './asking.ts'
import { advertised, clear, composite, flows, isoIn, profile, set, startRemotely } from './charging-profiles.ts'
import { killed } from './restarts.ts'
import { socketBoard, type World, world } from './world.ts'

const tx = { chargingProfilePurpose: 'TxProfile' } as const

describe('a limit', () => {
  test('reaches the duty cycle, and the car keeps to it; MeterValues show what it draws and what it is offered', async () => {
    const w = await charging({ settings: { MeterValueSampleInterval: '10', MeterValuesSampledData: 'Current.Import.L1,Current.Offered' } })
    expect([advertised(w), flows(w)]).toEqual([32, 32])
    expect(await set(w, 1, profile(10))).toBe('Accepted')
    await w.clock.advance(seconds(30))
    expect([advertised(w), flows(w)]).toEqual([10, 10])
    const sample = w.sent('MeterValues').at(-1)?.payload as { meterValue: { sampledValue: { measurand: string; value: string }[] }[] } | undefined
    const values = Object.fromEntries(sample?.meterValue[0]?.sampledValue.map(({ measurand, value }) => [measurand, Number(value)]) ?? [])
    expect(values['Current.Offered']).toBe(10)
    expect(values['Current.Import']).toBeCloseTo(10, 0)
  })
  test('in watts is one of current per phase at the nominal voltage', async () => {
    const w = await charging()
    w.plant.setEv({ phases: 1 })
    w.plant.unplug()
    await w.clock.advance(seconds(10))
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe('TAG2')
    await w.until(() => w.status() === 'charging')
    await set(w, 1, profile([[0, 5_520, 1]], { chargingRateUnit: 'W' }))
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(24)
    await set(w, 1, profile(11_040, { chargingRateUnit: 'W' }))
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(16)
  })
  test('in watts is the total: a car on more phases than it names gets less on each (errata 3.69)', async () => {
    const w = await charging()
    const drawn = () => Math.round(w.plant.amps.reduce((sum, each) => sum + each, 0))
    await set(w, 1, profile([[0, 5_520, 1]], { chargingRateUnit: 'W', chargingProfileId: 1 }))
    await w.clock.advance(seconds(10))
    expect([advertised(w), drawn()]).toEqual([8, 24])
    // In a pause nobody sees its phases: they are remembered as long as it is plugged in.
    await set(w, 1, profile([[0, 3_680, 1]], { chargingRateUnit: 'W', chargingProfileId: 1 }))
    await w.clock.advance(minutes(5))
    expect([w.status(), drawn()]).toEqual(['suspendedEvse', 0])
  })
  test.each([0, 5.9])('of %s A pauses: the transaction goes on, and charges again', async (limit) => {
    const w = await charging()
    await set(w, 1, profile(limit, { chargingProfileId: 1 }))
    await w.clock.advance(seconds(20))
    expect([w.status(), w.plant.isClosed, w.sent('StopTransaction')]).toEqual(['suspendedEvse', false, []])
    await w.clock.advance(minutes(10))
    await set(w, 1, profile(16, { chargingProfileId: 1 }))
    await w.until(() => w.status() === 'charging', minutes(2))
    await w.clock.advance(seconds(10))
    expect(flows(w)).toBe(16)
    expect(w.statuses().slice(-4)).toEqual(['Charging', 'SuspendedEVSE', 'SuspendedEV', 'Charging'])
    expect(w.sent('StartTransaction')).toHaveLength(1)
  })
  test('of a DC outlet counts in watts', async () => {
    const board = await readBoard('simulated-dc')
    if (board.kind !== 'simulated') throw new Error('the DC board is simulated')
    const w = await charging({ board })
    await set(w, 1, profile(20_000, { chargingRateUnit: 'W' }))
    await w.clock.advance(seconds(20))
    expect(w.core.view(1).offered.watts).toBe(20_000)
    const { chargingSchedule } = await composite(w, { connectorId: 1, duration: 60 })
    expect(chargingSchedule).toMatchObject({ chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 20_000 }] })
  })
  test('follows its steps in time, and falls back to the lower level when its duration ends', async () => {
    const w = await charging()
    await set(w, 1, profile(20, { stackLevel: 0 }))
    const steps = [
      [0, 8],
      [60, 12],
    ] as const
    await set(w, 1, profile(steps, { stackLevel: 3, chargingProfileKind: 'Absolute', startSchedule: isoIn(w, 0), duration: 120 }))
    const seen: number[] = []
    for (let at = 0; at < 5; at++) {
      await w.clock.advance(seconds(35))
      seen.push(advertised(w))
    }
    expect(seen).toEqual([8, 12, 12, 20, 20])
  })
  test('recurs each day, over midnight', async () => {
    const clock = simulatedClock({ epochMs: Date.UTC(2026, 2, 28, 21, 30) })
    const w = await charging({ clock })
    // Night: 10 A from 22:00 to 06:00. In the night of the 29th the clocks of Europe go forward, which moves nothing.
    const night = { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', startSchedule: '2026-03-01T22:00:00Z', duration: 8 * 3_600 } as const
    w.plant.setEv({ batteryWh: 1e9 })
    await set(w, 0, profile(10, night))
    const hoursAt: Record<string, number> = {}
    for (const hour of ['21:45', '22:01', '05:59', '06:01', '21:59', '22:01']) {
      const [h = 0, m = 0] = hour.split(':').map(Number)
      const now = new Date(clock.now().epochMs)
      const target = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), h, m)
      await clock.advance((target - now.getTime() + hours(24)) % hours(24))
      hoursAt[`${new Date(clock.now().epochMs).getUTCDate()} ${hour}`] = advertised(w)
    }
    expect(hoursAt).toEqual({ '28 21:45': 32, '28 22:01': 10, '29 05:59': 10, '29 06:01': 32, '29 21:59': 32, '29 22:01': 10 })
  }, 60_000)
  test('holds offline, and a clock that is stepped is heeded with the next report of the outlet', async () => {
    const w = await charging()
    await set(w, 1, profile(10, { chargingProfileKind: 'Absolute', startSchedule: isoIn(w, hours(1)), duration: 3_600 }))
    goDark(w)
    await w.clock.advance(minutes(5))
    expect(advertised(w)).toBe(32)
    w.clock.shift(hours(1))
    await w.clock.advance(seconds(5))
    expect(advertised(w)).toBe(10)
    await w.clock.advance(hours(1))
    expect(advertised(w)).toBe(32)
  })
  test("of a transaction's own holds offline, and one that begins there has the default", async () => {
    const w = await charging({ settings: { AllowOfflineTxForUnknownId: 'true' } })
    await set(w, 1, profile(10, { ...tx, chargingProfileId: 1 }))
    await set(w, 0, profile(14, { chargingProfileId: 2 }))
    goDark(w)
    await w.clock.advance(minutes(5))
    expect(advertised(w)).toBe(10)
    await w.swipe()
    await w.clock.advance(seconds(10))
    w.plant.unplug()
    await w.clock.advance(seconds(10))
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    expect(await w.swipe()).toBe('started')
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(14)
  })
  test('that is gone leaves the car what the outlet can do', async () => {
    const w = await charging()
    await set(w, 1, profile(10))
    await w.clock.advance(seconds(10))
    expect(await clear(w, {})).toBe('Accepted')
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(32)
  })
})

describe('a default profile', () => {
  test('counts from the first moment of a new transaction', async () => {
    const w = await world()
    await set(w, 0, profile(9))
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    const most: number[] = []
    for (let at = 0; at < 300; at++) {
      await w.clock.advance(50)
      most.push(advertised(w))
    }
    expect([Math.max(...most), flows(w), w.statuses()]).toEqual([9, 9, ['Available', 'Preparing', 'Charging']])
  })
  test('is switched to in mid-transaction, unless the transaction has its own (errata 3.8)', async () => {
    const w = await charging()
    await set(w, 0, profile(12, { chargingProfileId: 1 }))
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(12)
    await set(w, 0, profile(10, { chargingProfileId: 1 }))
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(10)
    await set(w, 1, profile(20, tx))
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(20)
    await set(w, 0, profile(8, { chargingProfileId: 1 }))
    await w.clock.advance(seconds(10))
    expect(advertised(w)).toBe(20)
  })
})

describe("a transaction's own profile", () => {
  test('needs its transaction: none, or another one, and it is rejected', async () => {
    const w = await world()
    expect(await set(w, 1, profile(10, tx))).toBe('Rejected')
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.until(() => w.status() === 'charging')
    const transactionId = w.csms.transactions.all[0]?.id
    expect(await set(w, 1, profile(10, { ...tx, transactionId: 4_711 }))).toBe('Rejected')
    expect(await set(w, 0, profile(10, tx))).toBe('Rejected')
    expect(await set(w, 1, profile(10, { ...tx, ...(transactionId && { transactionId }) }))).toBe('Accepted')
    await w.clock.advance(seconds(10))
    expect(flows(w)).toBe(10)
  })
  test('ends with it', async () => {
    const w = await charging()
    await set(w, 1, profile(10, tx))
    await w.swipe()
    await w.clock.advance(seconds(20))
    expect(w.core.profiles.all).toEqual([])
  })
  test('comes with a remote start, and holds from the first moment', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await startRemotely(w, profile(7, { ...tx, chargingProfileId: 5 }))).toBe('Accepted')
    await w.until(() => w.status() === 'charging')
    await w.clock.advance(seconds(10))
    expect(flows(w)).toBe(7)
    // The same level with the transaction's number replaces it (§5.16.2).
    expect(await set(w, 1, profile(11, { ...tx, chargingProfileId: 6 }))).toBe('Accepted')
    expect(w.core.profiles.all.map(({ id }) => id)).toEqual([6])
  })
  test('of a remote start waits for the cable with it', async () => {
    const w = await world()
    expect(await startRemotely(w, profile(7, tx))).toBe('Accepted')
    await w.clock.advance(seconds(20))
    expect(w.core.profiles.all).toEqual([])
    w.plant.plugIn()
    await w.until(() => w.status() === 'charging')
    await w.clock.advance(seconds(10))
    expect(flows(w)).toBe(7)
  })
  test('of another purpose, or with a flaw, has the remote start rejected', async () => {
    const w = await world({ isPlugged: true })
    await w.clock.advance(seconds(2))
    expect(await startRemotely(w, profile(7))).toBe('Rejected')
    expect(await startRemotely(w, profile([[1, 7]], tx))).toBe('Rejected')
  })
  test('is ignored by a station without smart charging', async () => {
    const w = await world({ isPlugged: true, settings: { SupportedFeatureProfiles: 'Core,RemoteTrigger' } })
    await w.clock.advance(seconds(2))
    expect(await startRemotely(w, profile([[1, 7]], tx))).toBe('Accepted')
    await w.until(() => w.status() === 'charging')
    expect(await set(w, 1, profile(10))).toBe('NotSupported')
  })
})

describe('profiles persist', () => {
  test('over a restart, but those of transactions that are over', async () => {
    const first = await charging()
    await set(first, 0, profile(10, { chargingProfileId: 1 }))
    await set(first, 1, profile(8, { ...tx, chargingProfileId: 2 }))
    const w = await killed(first)
    expect(w.core.profiles.all.map(({ id }) => id)).toEqual([1])
    w.plant.plugIn()
    await w.clock.advance(seconds(10))
    await w.swipe('TAG2')
    await w.until(() => w.status() === 'charging')
    await w.clock.advance(seconds(5))
    expect(advertised(w)).toBe(10)
  })
  test('a station whose clock was never set after a power cut keeps to the strictest of their dates', async () => {
    const first = await world()
    await set(
      first,
      0,
      profile([[0, 16] as const, [3_600, 9] as const], { chargingProfileKind: 'Absolute', startSchedule: isoIn(first, -hours(30)), duration: 7_200 }),
    )
    const w = await killed(first, { clock: simulatedClock({ epochMs: 0, boot: 'another' }), offline: true })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    w.core.settings.set('allowOfflineTxForUnknownId', true)
    await w.swipe()
    await w.until(() => w.status() === 'charging')
    await w.clock.advance(seconds(5))
    expect(advertised(w)).toBe(9)
    w.clock.shift(first.clock.now().epochMs)
    await w.clock.advance(minutes(1) + seconds(10))
    // Now the time is known, and the schedule long over.
    expect(advertised(w)).toBe(32)
  })
})

test('an outlet that can, switches its phases as the profile says, and counts watts on them', async () => {
  const [outlet] = socketBoard.evses
  if (outlet === undefined) throw new Error('a board without outlets')
  const board = { ...socketBoard, safety: { phaseSwitching: 'on' as const }, evses: [{ ...outlet, has: ['phaseSwitch' as const] }] }
  const w = await charging({ board })
  const told = async (station: World) => {
    const outcome = await ask(station, station.csms.call('CP-1', GetConfiguration, { key: ['ConnectorSwitch3to1PhaseSupported'] }))
    return outcome.kind === 'result' && outcome.payload.configurationKey?.[0]?.value
  }
  expect([await told(w), await told(await world())]).toEqual(['true', 'false'])
  w.plant.setEv({ batteryWh: 1e9 })
  await set(w, 1, profile([[0, 3_680, 1]], { chargingRateUnit: 'W', chargingProfileId: 1 }))
  let most = 0
  const watch = w.clock.every('watch', 100, () => {
    if (w.plant.amps.filter((each) => each > 0.5).length === 3) most = Math.max(most, flows(w))
  })
  await w.clock.advance(minutes(2))
  expect([w.plant.phases, flows(w), w.plant.amps.filter((each) => each > 0.5).length]).toEqual([1, 16, 1])
  await set(w, 1, profile(11_040, { chargingRateUnit: 'W', chargingProfileId: 1 }))
  await w.clock.advance(minutes(2))
  watch.stop()
  expect([w.plant.phases, flows(w), w.sent('StopTransaction')]).toEqual([3, 16, []])
})
