import { expect, test } from 'vitest'
import { isPlausible } from '../../src/base/clock.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { seeded } from '../seeded.ts'
import { goDark } from './asking.ts'
import { world } from './world.ts'

test.each([1, 2, 3])('a clock that is set forward and back all day breaks no transaction (seed %i)', async (seed) => {
  const chance = seeded(seed)
  const w = await world({
    settings: {
      MeterValueSampleInterval: '60',
      ClockAlignedDataInterval: '300',
      StopTxnSampledData: 'Energy.Active.Import.Register',
      HeartbeatInterval: '86400',
    },
  })
  w.plant.setEv({ batteryWh: 1e9 })
  for (let session = 0; session < 12; session++) {
    if (chance.happens(0.3)) goDark(w)
    w.plant.plugIn()
    await w.clock.advance(seconds(3))
    await w.swipe()
    for (let step = 0; step < 4; step++) {
      await w.clock.advance(minutes(chance.between(1, 8)))
      w.clock.synchronise(w.clock.now().epochMs + hours(chance.between(-6, 6)))
    }
    await w.swipe()
    await w.clock.advance(seconds(20))
    w.plant.unplug()
    w.network.dials('accept')
    await w.clock.advance(minutes(chance.between(5, 10)))
  }
  await w.until(() => w.station.door.reports().waiting === 0)
  const { all, oddities } = w.csms.transactions
  expect(all.length).toBeGreaterThanOrEqual(8)
  expect(oddities).toEqual([])
  let lastWh = 0
  for (const { start, stop, samples } of all) {
    const own = samples.filter(({ sampledValue }) => sampledValue[0]?.context !== 'Sample.Clock')
    const times = [start.timestamp, ...own.map(({ timestamp }) => timestamp), stop?.timestamp ?? ''].map((text) => Date.parse(text))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const ended = stop?.transactionData?.map(({ timestamp }) => timestamp) ?? []
    expect(ended).toEqual(ended.toSorted())
    const wh = [start.meterStart, ...samples.map(({ sampledValue }) => Number(sampledValue[0]?.value)), stop?.meterStop ?? Number.NaN]
    expect(wh).toEqual(wh.toSorted((a, b) => a - b))
    expect(start.meterStart).toBe(lastWh)
    lastWh = stop?.meterStop ?? Number.NaN
  }
  expect(lastWh).toBe(Math.floor(w.plant.wh))
  const aligned = w
    .sent('MeterValues')
    .map(({ payload }) => (payload as { meterValue: { timestamp: string; sampledValue: { context: string }[] }[] }).meterValue[0])
    .filter((value) => value?.sampledValue[0]?.context === 'Sample.Clock')
    .map((value) => value?.timestamp ?? '')
  expect(aligned.length).toBeGreaterThan(10)
  expect(new Set(aligned).size).toBe(aligned.length)
  expect(aligned.every((at) => Date.parse(at) % minutes(5) === 0)).toBe(true)
})

test('where nobody knows the time, a session is delivered all the same, and nothing says 1970', async () => {
  const clock = simulatedClock({ epochMs: 0 })
  const w = await world({ clock, settings: { MeterValueSampleInterval: '60', ClockAlignedDataInterval: '60' } })
  w.plant.plugIn()
  await w.clock.advance(seconds(3))
  expect(await w.swipe()).toBe('started')
  await w.clock.advance(minutes(5))
  w.core.stop(1, 'local')
  await w.clock.advance(seconds(20))
  expect(w.story()).toContain('StopTransaction')
  const told = w.sent().flatMap(({ action, payload }) => [...JSON.stringify(payload).matchAll(/"timestamp":"([^"]*)"/g)].map(([, at = '']) => ({ action, at })))
  expect(told.length).toBeGreaterThan(5)
  expect(told.filter(({ action, at }) => !isPlausible(Date.parse(at)) || action === 'StatusNotification')).toEqual([])
  const times = told.map(({ at }) => at)
  expect(times).toEqual(times.toSorted())
  expect(Date.parse(times.at(-1) ?? '') - Date.parse(times[0] ?? '')).toBeGreaterThanOrEqual(minutes(5))
  // The central system learns it, and with the next Heartbeat so does the charger.
  clock.shift(Date.UTC(2026, 5, 1))
  await w.clock.advance(minutes(10))
  w.plant.unplug()
  await w.clock.advance(seconds(20))
  expect(w.sent('StatusNotification').at(-1)?.payload).toMatchObject({ status: 'Available', timestamp: expect.stringMatching(/^2026-06-01/) })
})
