import { expect, test } from 'vitest'
import type { Modbus, ReadRequest } from '../../../hal/bus/modbus.ts'
import { ModbusException } from '../../../hal/bus/modbus.ts'
import { modbusRtu, type RtuSettings } from '../../../hal/bus/modbus-rtu.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/base/simulated-clock.ts'
import { type MemoryLine, memoryLine } from './lines.ts'
import { type Fault, type Heard, modbusSlave, rtuFrameOf, type SlaveOptions, type Unit } from './slave.ts'

/** Registers that hold 1000 x unit + address, and keep what is written. */
function plainUnit(unit: number): Unit {
  const written = new Map<number, number>()
  return {
    read: (_from, at) => (at < 500 ? (written.get(at) ?? 1_000 * unit + at) : undefined),
    write: (at, value) => at < 500 && written.set(at, value) !== undefined,
  }
}

interface Bench {
  readonly clock: SimulatedClock
  readonly memory: MemoryLine
  readonly master: Modbus
  readonly heard: Heard[]
  /** What is wrong with the replies to come, one by one. */
  readonly faults: (Fault | undefined)[]
}

function bench(settings: RtuSettings = { baud: 9_600 }, options: Partial<SlaveOptions> = {}): Bench {
  const clock = simulatedClock()
  const memory = memoryLine()
  const heard: Heard[] = []
  const faults: (Fault | undefined)[] = []
  const units = new Map([1, 2, 3].map((unit) => [unit, plainUnit(unit)]))
  modbusSlave(memory.wire, { clock, units, fault: () => faults.shift(), onHeard: (each) => void heard.push(each), ...options })
  return { clock, memory, heard, faults, master: modbusRtu('bus', memory.line, settings, { clock, log: silentLog }) }
}

const input = (unit: number, at: number, count: number, more: Partial<ReadRequest> = {}): ReadRequest => ({ unit, from: 'input', at, count, ...more })
const wordsOf = async (words: Promise<Uint16Array>) => [...(await words)]
const problemOf = (words: Promise<unknown>) =>
  words.then(
    () => 'none',
    (error: unknown) => (error instanceof DeviceError ? error.problem : error),
  )
const gaps = (heard: readonly Heard[]) => heard.slice(1).map((each, at) => each.at - (heard[at]?.at ?? 0))

test('requests of several devices take turns, one in flight, with the silence of the bus between', async () => {
  const { clock, master, heard } = bench()
  const all = Promise.all([wordsOf(master.read(input(1, 10, 1))), wordsOf(master.read(input(2, 20, 2))), wordsOf(master.read(input(3, 30, 3)))])
  await clock.advance(1_000)
  expect(await all).toEqual([[1_010], [2_020, 2_021], [3_030, 3_031, 3_032]])
  // 15 ms until the reply, 100 ms of silence.
  expect(gaps(heard).map(Math.round)).toEqual([115, 115])
})

test('a device that needs more silence gets it, and 3.5 characters are the least', async () => {
  const { clock, master, heard } = bench({ baud: 2_400, gapMs: 0, parity: 'even' })
  const all = Promise.all([1, 2, 3].map((count) => master.read(input(1, 10, count, count === 3 ? { gapMs: 250 } : {}))))
  await clock.advance(2_000)
  await all
  // 3.5 x 11 bits at 2400 baud are 16 ms.
  expect(gaps(heard).map((each) => each.toFixed(1))).toEqual(['31.0', '265.0'])
})

test('a silent device is asked three times, and the error says what to look at', async () => {
  const { clock, master, heard } = bench()
  const read = master.read(input(9, 72, 4)).catch((error: unknown) => error)
  await clock.advance(5_000)
  const error = await read
  expect(error).toMatchObject({ name: 'DeviceError', device: 'bus unit 9', problem: 'timeout' })
  expect(String((error as DeviceError).cause)).toMatch(/nothing came within 500 ms on function 4, registers 0x0048 to 0x004b.*A and B/)
  expect(heard).toEqual([])
})

test('a retry helps, and what came instead of a reply is named', async () => {
  const { clock, master, faults, heard } = bench({ baud: 9_600, retries: 1 })
  faults.push({ kind: 'bit errors', bits: [30] })
  const good = wordsOf(master.read(input(1, 10, 1)))
  await clock.advance(2_000)
  expect(await good).toEqual([1_010])
  expect(heard).toHaveLength(2)
  faults.push({ kind: 'bit errors', bits: [30] }, { kind: 'wrong unit', unit: 2 })
  const bad = master.read(input(1, 10, 1)).catch((error: unknown) => error)
  await clock.advance(3_000)
  expect(await bad).toMatchObject({ problem: 'crc' })
  expect(String(((await bad) as DeviceError).cause)).toContain('is not the reply: 020402')
})

test('after a fault nothing is sent until the line was quiet for 50 ms', async () => {
  const { clock, memory, master, faults, heard } = bench({ baud: 9_600, gapMs: 5 })
  faults.push({ kind: 'silence' })
  const read = wordsOf(master.read(input(1, 10, 1)))
  // Time-out at 500 ms and the time of 15 bytes; the noise comes every 40 ms until 700 ms.
  for (let at = 480; at <= 700; at += 40) clock.after('noise', at, () => memory.wire.send(Uint8Array.of(1, 4, 2)))
  await clock.advance(2_000)
  expect(await read).toEqual([1_010])
  expect(heard[1]?.at).toBeGreaterThanOrEqual(680 + 50)
  expect(heard[1]?.at).toBeLessThan(680 + 60)
})

test('a line that never is quiet is not waited for longer than a second', async () => {
  const { clock, memory, master, heard } = bench({ baud: 9_600, gapMs: 5, retries: 0 })
  clock.every('noise', 20, () => memory.wire.send(Uint8Array.of(0x55)))
  const silent = problemOf(master.read(input(9, 10, 1)))
  const read = wordsOf(master.read(input(1, 10, 2)))
  await clock.advance(6_000)
  expect(await silent).toBe('crc')
  expect(await read).toEqual([1_010, 1_011])
  expect(heard).toHaveLength(1)
})

test('a reply that comes late, whenever within 5 s, is never that of another request', async () => {
  for (let byMs = 0; byMs <= 5_000; byMs += 20) {
    const { clock, master, faults } = bench({ baud: 9_600, retries: 0 })
    faults.push({ kind: 'late', byMs })
    const first = problemOf(master.read(input(1, 100, 4)))
    // All are of the same length, of the same unit, and may not be widened.
    const others = Promise.all(Array.from({ length: 6 }, (_, at) => wordsOf(master.read(input(1, 200 + 10 * at, 4)))))
    await clock.advance(10_000)
    // The reply may take 500 ms, and the time of its bytes.
    expect(await first).toBe(byMs <= 500 ? 'none' : 'timeout')
    expect(await others).toEqual(Array.from({ length: 6 }, (_, at) => [0, 1, 2, 3].map((each) => 1_200 + 10 * at + each)))
  }
})

test('a retry that took the late reply of the first try is itself still to be answered', async () => {
  const { clock, master, faults } = bench({ baud: 9_600, retries: 0 })
  faults.push({ kind: 'late', byMs: 1_500 }, { kind: 'late', byMs: 4_990 }, undefined, { kind: 'silence' })
  const first = problemOf(master.read(input(1, 100, 4)))
  await clock.advance(1_400)
  const again = wordsOf(master.read(input(1, 100, 4)))
  await clock.advance(4_800)
  expect(await first).toBe('timeout')
  expect(await again).toEqual([1_100, 1_101, 1_102, 1_103])
  // The reply to the second comes at 6.4 s.
  const others = [problemOf(master.read(input(1, 0, 1))), problemOf(master.read(input(1, 200, 4)))]
  await clock.advance(2_000)
  expect(await Promise.all(others)).toEqual(['none', 'timeout'])
})

test('whoever waits for a late reply of others is not overtaken for ever', async () => {
  const { clock, master, heard } = bench({ baud: 9_600, retries: 0 }, { fault: ({ from }) => (from === 100 ? { kind: 'silence' } : undefined) })
  let isOver = false
  const silent = (async () => {
    while (!isOver) await problemOf(master.read(input(1, 100, 4)))
  })()
  await clock.advance(600)
  const other = wordsOf(master.read(input(1, 200, 4)))
  await clock.advance(7_000)
  expect(heard.some(({ from }) => from === 200)).toBe(true)
  isOver = true
  await clock.advance(7_000)
  expect(await other).toEqual([1_200, 1_201, 1_202, 1_203])
  await silent
})

test('the same: a read that may be widened does not wait', async () => {
  const { clock, master, faults, heard } = bench({ baud: 9_600, retries: 0 })
  faults.push({ kind: 'late', byMs: 1_000 })
  const first = problemOf(master.read(input(1, 100, 4)))
  const second = wordsOf(master.read(input(1, 200, 4, { most: 10, step: 2 })))
  await clock.advance(2_000)
  expect(await first).toBe('timeout')
  expect(await second).toEqual([1_200, 1_201, 1_202, 1_203])
  expect(heard.map(({ count }) => count)).toEqual([4, 6])
})

test('requests of equal reply length never follow each other: widened, or another first, or a short one between', async () => {
  const { clock, master, heard } = bench()
  const all = [input(1, 0, 4), input(2, 0, 4, { most: 6 }), input(3, 0, 5), input(3, 50, 2), input(1, 50, 2)].map((each) => wordsOf(master.read(each)))
  await clock.advance(3_000)
  expect(await Promise.all(all)).toHaveLength(5)
  expect(heard.map(({ unit, from, count }) => [unit, from, count])).toEqual([
    [1, 0, 4],
    [2, 0, 5],
    [3, 50, 2],
    [3, 0, 5],
    [1, 50, 2],
  ])
  const twins = [input(1, 0, 4), input(2, 0, 4)].map((each) => wordsOf(master.read(each)))
  await clock.advance(1_000)
  expect(await Promise.all(twins)).toEqual([
    [1_000, 1_001, 1_002, 1_003],
    [2_000, 2_001, 2_002, 2_003],
  ])
  expect(heard.slice(5).map(({ unit, count }) => [unit, count])).toEqual([
    [1, 4],
    [2, 1],
    [2, 4],
  ])
})

test('the same registers are asked for again with another length where the device allows', async () => {
  const { clock, master, heard } = bench()
  for (let poll = 0; poll < 4; poll++) {
    const read = wordsOf(master.read(input(1, 0, 4, { most: 6, step: 2 })))
    await clock.advance(1_000)
    expect(await read).toHaveLength(4)
  }
  expect(heard.map(({ count }) => count)).toEqual([4, 6, 4, 6])
})

test('a refusal is an exception with its code, and is not asked again; a device that is busy is', async () => {
  const { clock, master, faults, heard } = bench()
  const refused = problemOf(master.read(input(1, 600, 1)))
  await clock.advance(1_000)
  expect(await refused).toEqual(new ModbusException('bus unit 1', 2))
  expect(heard).toHaveLength(1)
  faults.push({ kind: 'exception', code: 6 })
  const busy = wordsOf(master.read(input(2, 10, 2)))
  await clock.advance(1_000)
  expect(await busy).toEqual([2_010, 2_011])
})

test('writes go by function 6 and 16, before the reads that wait', async () => {
  const { clock, master, heard } = bench()
  const reads = [master.read(input(1, 0, 1)), master.read(input(1, 0, 2)), master.read({ unit: 1, from: 'holding', at: 40, count: 3 })]
  await clock.advance(10)
  const writes = [master.write({ unit: 2, at: 7, values: [16] }), master.write({ unit: 1, at: 40, values: [1, 2, 3] })]
  await clock.advance(2_000)
  await Promise.all([...writes, ...reads])
  expect([...(await (reads[2] as Promise<Uint16Array>))]).toEqual([1, 2, 3])
  expect(heard.map(({ fn }) => fn)).toEqual([4, 6, 16, 4, 3])
})

test.each([true, false])('a write counts when the device says so, not when the adapter hears itself (reads before: %s)', async (hasRead) => {
  const { clock, master } = bench({ baud: 9_600, retries: 0 }, { echoes: () => true })
  if (hasRead) {
    const read = wordsOf(master.read(input(1, 0, 3)))
    await clock.advance(1_000)
    expect(await read).toEqual([1_000, 1_001, 1_002])
  }
  const [dead, several, good] = [
    problemOf(master.write({ unit: 9, at: 7, values: [16] })),
    problemOf(master.write({ unit: 9, at: 7, values: [1, 2] })),
    problemOf(master.write({ unit: 1, at: 7, values: [16] })),
  ]
  await clock.advance(10_000)
  expect(await Promise.all([dead, several, good])).toEqual(['crc', 'crc', 'none'])
})

test('a line that is gone fails at once, and one that says nothing for 10 s is opened again', async () => {
  const { clock, memory, master, faults } = bench()
  memory.setOpen(false)
  const gone = problemOf(master.read(input(1, 0, 1)))
  await clock.settle()
  expect(await gone).toBe('absent')
  memory.setOpen(true)
  for (let poll = 0; poll < 40; poll++) {
    faults.push({ kind: 'silence' }, { kind: 'silence' }, { kind: 'silence' })
    const silent = problemOf(master.read(input(1, 0, 1)))
    await clock.advance(2_500)
    expect(await silent).toBe('timeout')
  }
  // In 100 s.
  expect(memory.reopened).toBeGreaterThanOrEqual(8)
  expect(memory.reopened).toBeLessThanOrEqual(10)
})

test('what waits when the bus is closed is refused, and no timer is left', async () => {
  const { clock, master } = bench()
  const waiting = [problemOf(master.read(input(9, 0, 1))), problemOf(master.read(input(1, 0, 2)))]
  await clock.advance(200)
  master.close()
  expect(await Promise.all(waiting)).toEqual(['absent', 'absent'])
  expect(await problemOf(master.read(input(1, 0, 2)))).toBe('absent')
  expect(clock.untilNext()).toBe(undefined)
})

test('writes that wait when the bus is closed are made, reads are not, and the line is closed then', async () => {
  const { clock, master, heard, memory } = bench()
  await wordsOf(Promise.all([master.read(input(1, 0, 1)), clock.advance(500)]).then(([words]) => words))
  const writes = [1, 2].map((value) => problemOf(master.write({ unit: 1, at: value, values: [value], gapMs: 100 })))
  const read = problemOf(master.read(input(1, 0, 2)))
  master.close()
  expect(await problemOf(master.write({ unit: 1, at: 3, values: [3] }))).toBe('absent')
  await clock.advance(500)
  expect(await Promise.all([...writes, read])).toEqual(['none', 'none', 'absent'])
  expect(heard.map(({ fn }) => fn)).toEqual([4, 6, 6])
  expect([memory.line.isOpen, clock.untilNext()]).toEqual([false, undefined])
})

test('writes to a device that is silent do not keep a closed bus', async () => {
  const { clock, master, memory } = bench()
  const writes = [1, 2, 3].map((value) => problemOf(master.write({ unit: 9, at: value, values: [value] })))
  master.close()
  await clock.advance(500)
  expect(await Promise.all(writes)).toEqual(['absent', 'absent', 'absent'])
  expect([memory.line.isOpen, clock.untilNext()]).toEqual([false, undefined])
})

test('a reply in pieces behind its echo, noise, and a whole late frame is found', async () => {
  const { clock, memory, master, faults } = bench({ baud: 9_600, retries: 0 }, { echoes: () => true })
  faults.push({ kind: 'silence' }, { kind: 'torn', first: 4, restByMs: 30 })
  const lost = problemOf(master.read(input(1, 100, 2)))
  await clock.advance(700)
  expect(await lost).toBe('crc')
  const read = wordsOf(master.read(input(1, 10, 3)))
  await clock.advance(5)
  memory.wire.send(Uint8Array.of(0xff, 0, ...rtuFrameOf(1, Uint8Array.of(4, 4, 1, 4, 6, 0)), 0))
  await clock.advance(100)
  expect(await read).toEqual([1_010, 1_011, 1_012])
})

test('a write that fails long after its request was given up does not end the next one', async () => {
  const { clock, memory, master, heard } = bench({ baud: 9_600, retries: 0, gapMs: 100 }, { replyMs: 300 })
  const write = memory.line.write
  memory.line.write = () => new Promise((_, reject) => void clock.after('stuck', 700, () => reject(new DeviceError('memory', 'absent'))))
  const stuck = problemOf(master.read(input(1, 10, 1)))
  await clock.advance(650)
  expect(await stuck).toBe('timeout')
  memory.line.write = write
  const read = wordsOf(master.read(input(1, 10, 2)))
  await clock.advance(1_000)
  expect(await read).toEqual([1_010, 1_011])
  expect(heard).toHaveLength(1)
})

test('a request that Modbus does not have is a mistake of the caller', async () => {
  const { master } = bench()
  await expect(master.read(input(1, 0, 126))).rejects.toThrow(RangeError)
  await expect(master.write({ unit: 1, at: 0, values: [70_000] })).rejects.toThrow(RangeError)
})

test('a write on a line of which nothing is known yet counts once, echo or not', async () => {
  for (const echoes of [true, false]) {
    const { clock, memory, master, heard } = bench({ baud: 9_600 }, { echoes: () => echoes })
    memory.setOpen(false)
    expect(await problemOf(master.write({ unit: 1, at: 7, values: [16] }))).toBe('absent')
    memory.setOpen(true)
    const good = problemOf(master.write({ unit: 1, at: 7, values: [16] }))
    await clock.advance(1_000)
    expect(await good).toBe('none')
    expect(heard.map(({ fn }) => fn)).toEqual([3, 6])
  }
})
