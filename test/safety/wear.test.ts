import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { Reading } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'
import { emptyRecord, type Latch, type LatchRecord, latchRecordOf, volatileLatch } from '../../src/safety/latch.ts'
import type { ServiceData } from '../../src/safety/port.ts'
import { serviceBook } from '../../src/safety/wear.ts'
import { outlet } from './outlet.ts'

/** A latch that notes when it is written. */
function notedLatch(begin: LatchRecord = emptyRecord) {
  const written: { how: 'save' | 'keep'; record: LatchRecord }[] = []
  let kept = begin
  const put = (how: 'save' | 'keep') => (record: LatchRecord) => {
    kept = record
    written.push({ how, record })
  }
  const latch: Latch = { load: () => kept, save: put('save'), keep: put('keep') }
  return { latch, written }
}

describe('service data', () => {
  test('that a core resets over and over are written once a minute: the card must not be worn out from outside', async () => {
    const { latch, written } = notedLatch()
    const o = outlet({ guard: { latch } })
    await o.wait(1_000)
    for (let times = 0; times < 500; times++) {
      o.port.resetService(1)
      await o.wait(200)
    }
    expect(written.length).toBeLessThanOrEqual(3)
  })

  test('count closings, openings under load, hours, lock moves and trips, and are kept over a restart', async () => {
    const { latch } = notedLatch()
    const o = outlet({ guard: { latch } })
    o.plant.setEv({ batteryWh: 1e9 })
    await o.charge()
    await o.wait(3_600_000)
    o.withdraw()
    await o.wait(10_000)
    expect(await o.port.serviceData(1)).toMatchObject({ cycles: 1, cyclesUnderLoad: 0, lockMoves: 2, trips: {} })
    o.grant(16)
    await o.until(() => o.plant.isClosed && (o.report.reading?.phases[0]?.currentA ?? 0) > 10, 10_000)
    o.plant.setFault('emergencyStop', true)
    await o.wait(1_000)
    o.plant.setFault('emergencyStop', false)
    await o.wait(1_000)
    const data = await o.port.serviceData(1)
    expect(data).toMatchObject({ cycles: 2, cyclesUnderLoad: 1, trips: { emergencyStop: 1 } })
    expect(data.hoursClosed).toBeGreaterThan(1)
    expect(data.hoursClosed).toBeLessThan(1.01)
    o.port.close()

    const next = outlet({ guard: { latch } })
    expect(await next.port.serviceData(1)).toEqual({ ...data, meter: data.meter })
    next.port.resetService(1)
    await next.wait(100)
    const { meter, ...counters } = await next.port.serviceData(1)
    expect(counters).toEqual({ cycles: 0, cyclesUnderLoad: 0, lockMoves: 0, trips: {}, hoursClosed: 0, shuntFired: false })
    expect(meter).toBeDefined()
  })

  test('count the hours of a contactor that is closed when the guard ends', async () => {
    const { latch } = notedLatch()
    const o = outlet({ guard: { latch } })
    o.plant.setEv({ batteryWh: 1e9 })
    await o.charge()
    await o.wait(1_800_000)
    o.port.close()
    expect(latch.load().evses['1']?.hoursClosed).toBeCloseTo(0.5, 2)
  })

  test('are written when the contactor opens, at the end, and else at most once a minute; a night of charging writes little', async () => {
    const { latch, written } = notedLatch()
    const o = outlet({ guard: { latch }, keepsReports: false })
    o.plant.setEv({ batteryWh: 1e9 })
    await o.charge()
    await o.wait(60_000)
    const before = written.length
    o.withdraw()
    await o.until(() => !o.plant.isClosed)
    await o.wait(40)
    expect(written.length).toBe(before + 1)
    expect(written.at(-1)).toMatchObject({ how: 'keep', record: { evses: { 1: { cycles: 1 } } } })

    o.grant(32)
    await o.until(() => o.plant.isClosed, 10_000)
    const from = written.length
    await o.wait(8 * 3_600_000)
    // 22 kW: a kilowatt-hour in less than three minutes.
    expect(written.length - from).toBeLessThan(8 * 60)
    expect(written.length - from).toBeGreaterThan(100)
    const count = written.length
    o.port.close()
    expect(written.slice(count).map((each) => each.how)).toEqual(['save'])
  })

  test('of a guard that sees nothing new are not written at all', async () => {
    const { latch, written } = notedLatch()
    const o = outlet({ guard: { latch } })
    await o.wait(600_000)
    const count = written.length
    await o.wait(3_600_000)
    o.port.close()
    expect(written.length).toBe(count)
  })

  test('that wait for their minute are written when nothing else wakes the guard', async () => {
    const { latch, written } = notedLatch()
    const clock = simulatedClock()
    const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 1, cable: 'socket' }] }, clock)
    const port = guard({ ...board, evses: board.evses.map((each) => ({ ...each, meter: undefined })) }, clock, silentLog, { latch })
    await clock.advance(1_000)
    port.resetService(1)
    await clock.advance(1_000)
    plants[0]?.plugIn()
    await clock.advance(59_000)
    expect(written.at(-1)?.record.evses['1']?.lockMoves).toBe(0)
    await clock.advance(2_000)
    expect(written.at(-1)?.record.evses['1']?.lockMoves).toBe(1)
  })

  test('a weld is written before anything else is done about it', async () => {
    const { latch, written } = notedLatch()
    const o = outlet({ guard: { latch }, evse: { has: ['shuntTrip'] } })
    await o.charge()
    o.plant.setFault('weld', true)
    o.withdraw()
    await o.until(() => o.plant.faults.has('mainsOff'), 2_000)
    expect(written.find((each) => each.how === 'save')?.record).toMatchObject({ welded: [1], evses: { 1: { shuntFired: true } } })
  })

  test('a latch that could not be read is never written over', () => {
    const writes: LatchRecord[] = []
    const book = serviceBook({
      load() {
        throw new Error('damaged')
      },
      save: (record) => writes.push(record),
      keep: (record) => writes.push(record),
    })
    const one = book.of(1)
    expect(one.weld.hasFailed).toBe(true)
    one.weld.set(true)
    one.reset()
    book.settle(1e9)
    book.close()
    expect(writes).toEqual([])
  })
})

describe('the running register', () => {
  const reading = (importWh: number, more: Partial<Reading> = {}): Reading => ({ at: 0, importWh, phases: [], ...more })
  test('continues over an exchange of the meter and a restart of the guard', () => {
    const { latch } = notedLatch()
    const book = serviceBook(latch)
    const one = book.of(1)
    const first = reading(5_000, { serial: 'A' })
    expect(one.metered(first)).toBe(first)
    expect(one.metered(undefined)).toBeUndefined()
    book.close()
    const next = serviceBook(latch).of(1)
    const fresh = reading(3, { serial: 'B' })
    expect(next.metered(fresh)?.importWh).toBe(5_000)
    // The same reading again is the same object: a report does not change for it.
    expect(next.metered(fresh)).toBe(next.metered(fresh))
    expect(next.metered(reading(10, { serial: 'B' }))?.importWh).toBe(5_007)
    expect(next.data.meter).toEqual({ serial: 'B', epoch: 1, offsetWh: 4_997, lastWh: 10 })
  })
  test('of a meter that only pulses is kept in the latch', () => {
    const { latch, written } = notedLatch()
    const book = serviceBook(latch)
    const register = book.register(2)
    expect(register.load()).toBe(0)
    register.save(12.5)
    register.save(13)
    expect(book.dueAt).toBeLessThan(0)
    book.settle(1_000)
    expect(written).toHaveLength(1)
    register.save(14)
    expect(book.dueAt).toBe(61_000)
    expect(serviceBook(latch).register(2).load()).toBe(13)
  })
})

describe('a latch record', () => {
  const data: ServiceData = {
    cycles: 3,
    cyclesUnderLoad: 1,
    lockMoves: 9,
    trips: { residualCurrent: 2, overCurrent: 1 },
    hoursClosed: 12.25,
    shuntFired: true,
    meter: { serial: '4711', epoch: 1, offsetWh: -12.5, lastWh: 100 },
    pulsesWh: 5,
  }
  const record: LatchRecord = { version: 2, welded: [1], evses: { 1: data, 64: { ...data, trips: {} } } }

  test('is read as it was written', () => {
    expect(latchRecordOf(JSON.parse(JSON.stringify(record)))).toEqual(record)
    expect(latchRecordOf(JSON.parse(JSON.stringify(emptyRecord)))).toEqual(emptyRecord)
  })
  test('of the first version knows the welds', () => {
    expect(latchRecordOf({ welded: [2] })).toEqual({ version: 2, welded: [2], evses: {} })
  })
  const one = (changes: object) => ({ ...record, evses: { 1: { ...data, ...changes } } })
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['an object without welds', {}],
    ['welds that are a text', { welded: '1' }],
    ['a weld of outlet 0', { welded: [0] }],
    ['a weld of half an outlet', { welded: [1.5] }],
    ['a weld of outlet 65', { ...record, welded: [65] }],
    ['a thousand welds', { ...record, welded: Array.from({ length: 1_000 }, () => 1) }],
    ['a later version', { ...record, version: 3 }],
    ['a version that is a text', { ...record, version: '2' }],
    ['no outlets', { version: 2, welded: [] }],
    ['an outlet with a name', { ...record, evses: { first: data } }],
    ['the prototype as an outlet', JSON.parse(`{"version":2,"welded":[],"evses":{"__proto__":${JSON.stringify(data)}}}`)],
    ['an outlet that is null', { ...record, evses: { 1: null } }],
    ['a count below zero', one({ cycles: -1 })],
    ['half a count', one({ lockMoves: 0.5 })],
    ['a count that is missing', one({ cyclesUnderLoad: undefined })],
    ['hours that are not a number', one({ hoursClosed: Number.NaN })],
    ['infinite hours', JSON.parse('{"version":2,"welded":[],"evses":{"1":{"hoursClosed":1e999}}}')],
    ['trips that are a list', one({ trips: [] })],
    ['a trip that is a text', one({ trips: { weld: 'often' } })],
    ['a shunt trip that is a number', one({ shuntFired: 1 })],
    ['a meter without a register', one({ meter: { epoch: 0, offsetWh: 0 } })],
    ['a serial without end', one({ meter: { ...data.meter, serial: 'x'.repeat(101) } })],
    ['pulses below zero', one({ pulsesWh: -1 })],
  ])('is not %s', (_name, value) => {
    expect(() => latchRecordOf(value)).toThrow(/latch/)
  })
  test('leaves behind what nobody knows', () => {
    const strange = JSON.parse(JSON.stringify({ ...record, more: 1, evses: { 1: { ...data, trips: { ...data.trips, flood: 1 } } } }))
    expect(latchRecordOf(strange)).toEqual({ ...record, evses: { 1: data } })
  })
  test('that forgets with the process starts empty', () => {
    const latch = volatileLatch()
    latch.keep(record)
    expect(latch.load()).toBe(record)
  })
})
