import { expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { readBoard } from '../../src/config/files.ts'
import { ChangeConfiguration, MeterValues, StopTransaction } from '../../src/ocpp16/messages/core.ts'
import { answered, ask, charging } from './asking.ts'

const board = await readBoard('simulated-dc')
if (board.kind !== 'simulated') throw new Error('the DC board is simulated')
const everything = 'Energy.Active.Import.Register,Power.Active.Import,Voltage,Current.Import,SoC,Current.Offered,Power.Offered'
const settings = { MeterValueSampleInterval: '60', MeterValuesSampledData: everything }
const dcSession = () => charging({ board, settings })
type DcWorld = Awaited<ReturnType<typeof dcSession>>

const powerW = (w: DcWorld) => w.core.view(1).report.reading?.powerW ?? 0
/** What the last MeterValues said: value, unit, phase and place of each measurand. */
function sampled(w: DcWorld) {
  const values = w.csms.last(MeterValues)?.meterValue[0]?.sampledValue ?? []
  return Object.fromEntries(values.map(({ measurand = '', value, unit, phase, location }) => [measurand, { value: Number(value), unit, phase, location }]))
}

test('a DC car charges with 50 kW until the battery takes less, and the register adds up to its samples', async () => {
  const w = await dcSession()
  const meterStart = w.core.meterWh(1)
  await w.clock.advance(minutes(2))
  const first = sampled(w)
  expect(first['Power.Active.Import']).toMatchObject({ unit: 'W', phase: undefined })
  expect(first['Power.Active.Import']?.value).toBeGreaterThan(49_000)
  expect(first['Voltage']?.value).toBeGreaterThan(350)
  expect((first['Voltage']?.value ?? 0) * (first['Current.Import']?.value ?? 0)).toBeCloseTo(first['Power.Active.Import']?.value ?? 0, -1)
  expect(first['Power.Offered']).toMatchObject({ value: 50_000, unit: 'W' })
  expect(first['Current.Offered']?.value).toBeCloseTo(50_000 / (first['Voltage']?.value ?? 0), 0)
  expect(w.core.sessions.find(w.core.sessions.page(0, 1)[0]?.id ?? '')?.trace.at(-1)).toMatchObject({ offeredWatts: 50_000 })
  expect(first['SoC']).toMatchObject({ value: 22, unit: 'Percent', location: 'EV' })

  await w.until(() => w.status() === 'suspendedEv', hours(4))
  await w.clock.advance(minutes(1))
  const last = sampled(w)
  expect(last['Power.Active.Import']?.value).toBe(0)
  // 80 % of 75 kWh.
  expect((w.core.meterWh(1) - meterStart) / 60_000).toBeCloseTo(1, 2)
  expect(await w.swipe()).toBe('stopped')
  await w.clock.advance(seconds(10))
  expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'Local', meterStop: Math.floor(w.plant.wh) })
  w.plant.unplug()
  await w.clock.advance(seconds(5))
  expect(w.statuses()).toEqual(['Available', 'Preparing', 'Charging', 'SuspendedEV', 'Finishing', 'Available'])
})

test('its voltage rises with its charge, and the power falls at the end', async () => {
  const w = await dcSession()
  await w.clock.advance(minutes(2))
  const before = sampled(w)
  w.plant.setEv({ charge: 0.96 })
  await w.clock.advance(minutes(1))
  const after = sampled(w)
  expect(after['Voltage']?.value).toBeGreaterThan((before['Voltage']?.value ?? 0) + 30)
  expect(after['Power.Active.Import']?.value).toBeLessThan(20_000)
})

test('the car that wants less takes what it wants, and no cable carries more than 200 A', async () => {
  const w = await dcSession()
  w.plant.setEv({ wantsWatts: 22_000 })
  await w.clock.advance(seconds(5))
  expect(powerW(w)).toBeGreaterThan(21_500)
  expect(powerW(w)).toBeLessThanOrEqual(22_000)
  const strong = await charging({ board: { ...board, evses: board.evses.map((each) => ({ ...each, dc: { maxWatts: 150_000 } })) }, settings })
  await strong.clock.advance(seconds(10))
  expect(strong.plant.amps[0]).toBe(200)
})

test('a hot charger gives less and goes on', async () => {
  const w = await dcSession()
  await w.clock.advance(seconds(30))
  expect(powerW(w)).toBeGreaterThan(49_000)
  w.plant.setAmbient(58)
  await w.until(() => powerW(w) < 40_000, hours(1))
  expect(w.status()).toBe('charging')
  expect(w.core.view(1).offered).toMatchObject({ heldBy: 'guard' })
})

test('a local limit of 16 A is one of the supply: 11 kW at the output; 0 suspends', async () => {
  const w = await dcSession()
  w.core.limit(1, 'local', 16)
  await w.clock.advance(seconds(3))
  expect(w.core.view(1).offered).toMatchObject({ watts: 11_040, heldBy: 'local' })
  expect(powerW(w)).toBeLessThanOrEqual(11_040)
  w.core.limit(1, 'local', { watts: 5_000 })
  await w.clock.advance(seconds(3))
  expect(powerW(w)).toBeLessThanOrEqual(5_000)
  w.core.limit(1, 'local', 0)
  await w.until(() => w.status() === 'suspendedEvse', seconds(10))
  w.core.limit(1, 'local', undefined)
  await w.until(() => w.status() === 'charging', seconds(60))
})

test('a trip opens at once, and is told after that', async () => {
  const w = await dcSession()
  w.plant.setFault('residualCurrent', true)
  await w.clock.advance(100)
  expect(w.plant.isClosed).toBe(false)
  await w.clock.advance(seconds(2))
  expect(w.status()).toBe('faulted')
  expect(w.sent('StatusNotification').at(-1)?.payload).toMatchObject({ status: 'Faulted', errorCode: 'GroundFailure' })
})

test('a remote stop withdraws the offer: the current is gone before the contacts open', async () => {
  const w = await dcSession()
  const outcome = w.csms.requestStop('CP-1', 1)
  let lastAmps: number | undefined
  await w.until(() => {
    if (w.plant.isClosed) lastAmps = w.plant.amps[0]
    return !w.plant.isClosed
  }, seconds(8))
  expect(lastAmps).toBe(0)
  expect(await ask(w, outcome, seconds(5))).toMatchObject(answered('Accepted'))
  expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'Remote' })
})

test('what an AC connector alone can tell is refused, what a DC one tells is taken', async () => {
  const w = await dcSession()
  const change = (value: string) => ask(w, w.csms.call('CP-1', ChangeConfiguration, { key: 'MeterValuesSampledData', value }))
  expect(await change('Voltage.L1')).toMatchObject(answered('Rejected'))
  expect(await change('SoC,Voltage')).toMatchObject(answered('Accepted'))
})
