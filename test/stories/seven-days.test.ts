import { expect, test } from 'vitest'
import type { Transaction } from '../../bench/csms/books/booking.ts'
import type { Register } from '../../hal/types.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, type Millis, minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { type Seeded, seeded } from '../seeded.ts'
import { killed } from './restarts.ts'
import { type World, type WorldOptions, withEvses, world } from './world.ts'

const day = hours(24)
const began = Date.UTC(2026, 5, 1, 6)
const sessions = 500
/** How long each boot lasts, and how long the power is off after it. The board has no clock that survives that, and no boot learns the time. */
const boots: readonly { readonly lasts: Millis; readonly off: Millis }[] = [
  { lasts: 2 * day, off: minutes(90) },
  { lasts: 1.5 * day, off: seconds(20) },
  { lasts: 2 * day, off: hours(5) },
  { lasts: 1.5 * day, off: 0 },
]
const offInAll = boots.reduce((sum, { off }) => sum + off, 0)
/** What a power cut may leave unbilled, Wh: the register is kept each minute, and a car of the plant takes 22 kW at the most. */
const mostUnbilled = 22_200 / 60

const settings = {
  AllowOfflineTxForUnknownId: 'true',
  MeterValueSampleInterval: '60',
  StopTxnSampledData: 'Energy.Active.Import.Register',
  ClockAlignedDataInterval: '900',
}

/** A session as the people at the charger saw it. */
interface Seen {
  readonly evse: number
  readonly at: number
}

/** Cars come and go at both connectors, until so many have charged in all. */
function traffic(w: World, chance: Seeded, trueOrigin: number, seen: Map<string, Seen>) {
  w.plants.forEach((plant, at) => {
    const evse = at + 1
    plant.setEv({ batteryWh: 1e9 })
    const then = (delay: Millis, run: () => void) => w.clock.after(`car ${evse}`, delay, run)
    const come = () => {
      if (seen.size === sessions) return
      const tag = `TAG${seen.size + 1}`
      seen.set(tag, { evse, at: trueOrigin + w.clock.monotonic() + seconds(3) })
      plant.plugIn()
      then(seconds(3), () => void w.swipe(tag, evse))
      then(minutes(chance.between(8, 25)), () => go(tag))
    }
    const go = (tag: string) => {
      // Half of them swipe, the others are pulled out.
      if (chance.happens(0.5)) void w.swipe(tag, evse)
      then(seconds(15), () => plant.unplug())
      then(minutes(chance.between(2, 38)), come)
    }
    then(minutes(chance.between(1, 5)), come)
  })
}

/** Seven days; returns the world in which the network comes back, and what really happened. */
async function sevenDays() {
  const chance = seeded(7)
  const registers = new Map<number, number>()
  const register = (evse: number): Register => ({ load: () => registers.get(evse) ?? 0, save: (wh) => void registers.set(evse, wh) })
  const seen = new Map<string, Seen>()
  let trueOrigin = began
  let w: World | undefined
  for (const [at, { lasts, off }] of boots.entries()) {
    const origin = trueOrigin
    const clock = simulatedClock({ boot: `boot ${at}`, epochMs: 0 })
    const csmsClock: SimulatedClock = { ...clock, now: () => ({ ...clock.now(), epochMs: origin + clock.monotonic(), trusted: true }) }
    const options: WorldOptions = {
      clock,
      register,
      offline: true,
      board: withEvses(2),
      settings,
      csms: { clock: csmsClock },
      parts: { preBootTransactions: true },
    }
    w = w === undefined ? await world(options) : await killed(w, options)
    traffic(w, chance, origin, seen)
    await clock.advance(lasts)
    trueOrigin += lasts + off
  }
  if (w === undefined) throw new Error('there was no boot')
  return { w, registers, seen, now: trueOrigin }
}

const timesOf = ({ start, stop, samples }: Transaction) =>
  [start.timestamp, ...samples.map(({ timestamp }) => timestamp), stop?.timestamp ?? ''].map((text) => Date.parse(text))
const wordsOf: Readonly<Record<string, Fact['kind']>> = {
  StartTransaction: 'transactionStarted',
  MeterValues: 'meterSampled',
  StopTransaction: 'transactionEnded',
}

test('seven days without a network or the time, 500 sessions, three power cuts: all is delivered, in order, with real numbers, times and energy', {
  timeout: 60_000,
}, async () => {
  const { w, registers, seen, now } = await sevenDays()
  expect(seen.size).toBe(sessions)
  const facts = w.store.ledger<Fact>().after(0, 1_000_000)
  w.link.connect()
  await w.until(() => w.station.door.reports().waiting === 0, minutes(10))

  // In the order in which it happened, each once; nothing was given up.
  const told = w.sent().flatMap(({ action = '' }) => wordsOf[action] ?? [])
  const toTell = facts.flatMap(({ fact }) => (fact.kind in { securityEvent: 0 } || (fact.kind === 'meterSampled' && fact.values.length === 0) ? [] : fact.kind))
  expect(told).toEqual(toTell)
  expect(w.station.door.reports()).toEqual({ waiting: 0, undeliverable: 0 })

  // Real numbers in every sample and stop: the book would list what does not fit.
  const all = w.csms.transactions.all
  expect(all.map(({ start }) => start.idTag).toSorted()).toEqual([...seen.keys()].toSorted())
  expect(w.csms.transactions.running).toEqual([])
  expect(w.csms.transactions.oddities).toEqual([])
  expect(all.every(({ start, stop, samples }) => stop !== undefined && start.meterStart <= stop.meterStop && samples.length >= 1)).toBe(true)
  const cut = all.filter(({ stop }) => stop?.reason === 'PowerLoss')
  expect(cut.length).toBeGreaterThanOrEqual(1)

  for (const connector of [1, 2]) {
    const own = all.filter(({ start }) => start.connectorId === connector)
    expect(own.length).toBeGreaterThan(200)
    // Times: never of 1970, never back, never ahead, and late by no more than the power was off.
    const times = own.flatMap(timesOf)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeLessThanOrEqual(now)
    const late = own.map(({ start }) => Date.parse(start.timestamp) - (seen.get(start.idTag)?.at ?? Number.NaN))
    expect(Math.min(...late)).toBeGreaterThanOrEqual(-1_000)
    // How long a boot lasted is noted each ten minutes.
    expect(Math.max(...late)).toBeLessThanOrEqual(offInAll + 3 * minutes(10))

    // Energy: whole Wh, each start where the last stop ended but for the power cuts, and the sum is the plant's register.
    const ends = own.flatMap(({ start, stop }) => [start.meterStart, stop?.meterStop ?? Number.NaN])
    expect(ends.every((wh) => Number.isInteger(wh))).toBe(true)
    const billed = own.reduce((sum, { start, stop }) => sum + (stop?.meterStop ?? Number.NaN) - start.meterStart, 0)
    const gaps = own.map(({ start }, at) => ({ wh: start.meterStart - (own[at - 1]?.stop?.meterStop ?? 0), wasCut: own[at - 1]?.stop?.reason === 'PowerLoss' }))
    for (const { wh, wasCut } of gaps) {
      expect(wh).toBeGreaterThanOrEqual(0)
      expect(wh).toBeLessThanOrEqual(wasCut ? mostUnbilled : 0)
    }
    expect(billed + gaps.reduce((sum, { wh }) => sum + wh, 0)).toBe(Math.floor(registers.get(connector) ?? 0))
  }
  // The data of each stop begins and ends with the transaction, and says what its registers say.
  for (const { start, stop } of all.filter((each) => !cut.includes(each))) {
    const data = stop?.transactionData?.map(({ sampledValue }) => Number(sampledValue[0]?.value)) ?? []
    expect([data[0], data.at(-1)]).toEqual([start.meterStart, stop?.meterStop])
  }
  expect(w.sent().filter(({ payload }) => /"(19|20[01])\d+-/.test(JSON.stringify(payload)))).toEqual([])
})
