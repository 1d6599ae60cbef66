import { type Modbus, ModbusException } from '../../../hal/bus/modbus.ts'
import type { Clock } from '../../base/clock.ts'
import { ConfigError, DeviceError } from '../../base/errors.ts'
import { liveText } from '../terminal.ts'
import { adhocBoard, type PortOptions } from './adhoc.ts'
import { type Bench, pause, withWires } from './bench.ts'

export interface ModbusOptions extends PortOptions {
  readonly units?: string
  readonly read?: string
  readonly unit?: number
}

/** Whoever is there answers a short question within this time. */
const scanTimeoutMs = 150
/** What comes later than this is no answer any more. */
const peaceMs = 500
/** So few are asked as patiently as a charger would. */
const fewUnits = 16

/** Finds who answers on a bus, or prints registers of one unit. */
export async function probeModbus(options: ModbusOptions, bench: Bench): Promise<0 | 1> {
  const { stdout } = bench.terminal
  if (options.read !== undefined) {
    const { from, at, count } = rangeOf(options.read)
    const { spec, bus } = adhocBoard(options)
    return await withWires(spec, bench, async (wiring): Promise<0 | 1> => {
      stdout.write(printedRegisters(at, await (await wiring.modbus(bus)).read({ unit: options.unit ?? 1, from, at, count })))
      return 0
    })
  }
  return await scan(options, bench)
}

async function scan(options: ModbusOptions, { clock, terminal, ...bench }: Bench): Promise<0 | 1> {
  const { stdout, stderr } = terminal
  const units = unitsOf(options.units ?? (options.unit === undefined ? '1-247' : String(options.unit)))
  const isFew = units.to - units.from < fewUnits
  const { spec, bus, words } = adhocBoard(options, isFew ? { retries: 0 } : { timeoutMs: scanTimeoutMs, retries: 0, gapMs: 20 })
  return await withWires(spec, { clock, terminal, ...bench, isScan: true }, async (wiring) => {
    const modbus = await wiring.modbus(bus)
    stderr.write(
      units.from === units.to
        ? `Asking unit ${units.from} on ${words} ...\n`
        : `Asking units ${units.from} to ${units.to} on ${words}, the usual addresses first. ctrl-C ends.\n`,
    )
    const shown = liveText(stderr)
    const found = await scanModbus(modbus, clock, units, {
      seen({ unit, words: said }) {
        shown.clear()
        stdout.write(`unit ${String(unit).padStart(3)}  ${said}\n`)
      },
      asking(unit, left, leftMs) {
        if (stderr.isTTY === true) shown.show(`asking unit ${unit}; ${left} to go, ${Math.ceil(leftMs / 1_000)} s`)
      },
    })
    shown.clear()
    if (found.length > 0) return 0
    stdout.write(
      'Nobody answers. Check A and B (swapped is the usual reason), baud and parity (--baud, --parity), supply and termination, and that no other program uses the bus.\n',
    )
    return 1
  })
}

function rangeOf(text: string) {
  const [, from, at, count] = /^(input|holding):(0x[0-9a-f]{1,4}|\d{1,5}):(\d{1,3})$/i.exec(text) ?? []
  if (from === undefined || Number(at) > 65_535 || Number(count) < 1 || Number(count) > 125)
    throw new ConfigError('--read', '', `"${text}" is not registers`, 'Write input:0x0000:10 or holding:1000:2 (address as on the wire, at most 125)')
  return { from: from.toLowerCase() as 'input' | 'holding', at: Number(at), count: Number(count) }
}

export interface Units {
  readonly from: number
  readonly to: number
}

function unitsOf(text: string): Units {
  const [, from, to = from] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(text) ?? []
  const units = { from: Number(from ?? 0), to: Number(to ?? 0) }
  if (units.from < 1 || units.to > 247 || units.from > units.to)
    throw new ConfigError('--units', '', `"${text}" is not addresses`, 'Write 1-247, or one of them')
  return units
}

export interface FoundUnit {
  readonly unit: number
  /** What it said: a register, or that it does not have it. */
  readonly words: string
}

interface Told {
  seen(found: FoundUnit): void
  /** Before each question. @param leftMs as long as the questions so far took */
  asking(unit: number, left: number, leftMs: number): void
}

/** Where devices are as they leave the factory, and where makers of chargers put them. */
const usualUnits = [...Array.from({ length: 20 }, (_, at) => at + 1), 33, 100, 101, 102, 103, 104, 105, 106, 200, 201, 247]

/** Asks for registers 0 and 1: whoever answers, even with a refusal, is there. Each silence costs its time (247 addresses, two ways to ask: more than
 *  a minute), so the usual addresses come first, and the others are asked one way; the other way only where nobody was found. */
export async function scanModbus(bus: Modbus, clock: Clock, units: Units, told: Told): Promise<readonly FoundUnit[]> {
  const isUsual = (unit: number) => usualUnits.includes(unit)
  const all = Array.from({ length: units.to - units.from + 1 }, (_, at) => units.from + at)
  const others = all.filter((unit) => !isUsual(unit))
  const both = (some: readonly number[]) =>
    some.flatMap((unit) => [
      { unit, from: 'holding' as const },
      { unit, from: 'input' as const },
    ])
  const first = all.length <= fewUnits ? both(all) : [...both(all.filter(isUsual)), ...others.map((unit) => ({ unit, from: 'holding' as const }))]
  const rest = all.length <= fewUnits ? [] : others.map((unit) => ({ unit, from: 'input' as const }))
  const found = new Map<number, FoundUnit>()
  const begun = clock.monotonic()
  let asked = 0
  let before: number | undefined
  const see = (one: FoundUnit) => {
    if (found.has(one.unit)) return
    found.set(one.unit, one)
    told.seen(one)
  }
  const round = async (questions: readonly Question[]) => {
    for (const [at, question] of questions.entries()) {
      const { unit } = question
      if (found.has(unit)) continue
      const left = questions.length - at
      told.asking(unit, left, asked === 0 ? left * 2 * scanTimeoutMs : (left * (clock.monotonic() - begun)) / asked)
      asked++
      const answer = await answerTo(bus, question)
      // What came may be the late answer of the one asked before: then this one is silent when it is asked again in peace.
      if (answer === 'broken') await pause(clock, peaceMs)
      const again = answer === 'broken' ? await answerTo(bus, question) : answer
      if (again === 'broken')
        see({ unit, words: 'somebody answers, but the answer is broken: two devices on one address, another baud rate or parity, or no termination' })
      else if (again !== undefined) see({ unit, words: again })
      else if (answer === 'broken' && before !== undefined) see({ unit: before, words: `perhaps: something came too late. Ask it alone: --units ${before}` })
      before = unit
    }
  }
  await round(first)
  if (found.size === 0) await round(rest)
  return [...found.values()]
}

interface Question {
  readonly unit: number
  readonly from: 'input' | 'holding'
}

async function answerTo(bus: Modbus, { unit, from }: Question): Promise<string | undefined> {
  try {
    // Two registers: many meters refuse half of a float.
    const registers = await bus.read({ unit, from, at: 0, count: 2, most: 10, step: 2 })
    return `answers: ${from} registers 0 and 1 are ${[...registers.slice(0, 2)].join(' and ')}`
  } catch (error) {
    if (error instanceof ModbusException) return `answers, but not this: ${error.message.replace(/^.*?: /, '')}`
    if (!(error instanceof DeviceError)) throw error
    if (error.problem === 'absent') throw error
    return error.problem === 'crc' ? 'broken' : undefined
  }
}

/** Registers as a person compares them with a manual: each alone, and each pair as the numbers that it could be. */
export function printedRegisters(at: number, registers: Uint16Array): string {
  const view = new DataView(new ArrayBuffer(4))
  const pairWords = (high: number, low: number) => {
    view.setUint16(0, high)
    view.setUint16(2, low)
    return `s32 ${String(view.getInt32(0)).padStart(11)}  f32 ${shown(view.getFloat32(0)).padEnd(13)}`
  }
  const head = 'address  raw     u16    with the next, high word first                 with the next, low word first\n'
  const lines = [...registers].map((value, index) => {
    const hex = (each: number) => `0x${each.toString(16).padStart(4, '0')}`
    const next = registers[index + 1]
    const pairs = next === undefined ? '' : `  ${pairWords(value, next)}  ${pairWords(next, value)}`
    return `${hex(at + index)}   ${hex(value)}  ${String(value).padStart(5)}${pairs}`.trimEnd()
  })
  return `${head}${lines.join('\n')}\n`
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : 'not a number'
}
