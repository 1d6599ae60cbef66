import type { Modbus, ReadRequest } from '../../../hal/bus/modbus.ts'
import { ModbusException } from '../../../hal/bus/modbus.ts'
import { modbusRtu, type RtuSettings } from '../../../hal/bus/modbus-rtu.ts'
import type { ByteLine } from '../../../hal/bus/serial.ts'
import { serialNumberLength } from '../../../hal/meters/table.ts'
import type { MeterTable } from '../../../hal/spec/meter-table.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import type { Seeded } from '../../seeded.ts'
import type { Wire } from './lines.ts'
import { type Fault, type Heard, modbusSlave, type Unit } from './slave.ts'

/** Reads meters over a bus on which everything goes wrong, and looks at each register that comes back. */

export interface Outcome {
  readonly injected: Map<Fault['kind'], number>
  good: number
  failed: number
  /** Readings with another register's value, an exception that was meant for others, a rude master: in words. */
  readonly wrong: string[]
}

export interface Campaign {
  readonly clock: Clock
  readonly line: ByteLine
  readonly wire: Wire
  readonly settings: RtuSettings
  /** Unit 1, 2, ... */
  readonly tables: readonly MeterTable[]
  readonly chance: Seeded
  readonly faults: number
  readonly echoes?: boolean
  readonly pollMs: number
  /** The longest delay of a reply, ms. */
  readonly lateMs: number
  /** Time passes by itself, so the master's manners can't be timed to the ms. */
  readonly isRealTime?: boolean
}

/** A value that only this register has. */
export function valueAt(unit: number, from: 'holding' | 'input', at: number): number {
  return (at * 40_503 + unit * 7_919 + (from === 'input' ? 0 : 0x5555)) & 0xffff
}

const nanWord = (at: number) => (at % 2 === 0 ? 0x7fc0 : 0)

/** Runs until so many faults were injected, then until each register has been read well again. */
export async function runCampaign(campaign: Campaign): Promise<Outcome> {
  const { clock, line, wire, tables, isRealTime = false } = campaign
  const outcome: Outcome = { injected: new Map(), good: 0, failed: 0, wrong: [] }
  const trouble = troubleOf(campaign, outcome)
  const units = new Map<number, Unit>(tables.map((table, at) => [at + 1, unitOf(table, at + 1)]))
  const echoes = campaign.echoes ?? false
  modbusSlave(wire, { clock, units, echoes: () => echoes, ...trouble })
  const master = modbusRtu('bus', line, campaign.settings, { clock, log: silentLog })
  const requests = tables.map((table, at) => requestsFor(table, at + 1))
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after('pause', ms, resolve))
  await Promise.all(
    requests.map(async (mine) => {
      while (!trouble.isOver()) {
        for (const request of mine) await readOnce(master, request, outcome, trouble)
        await pause(campaign.pollMs)
      }
    }),
  )
  await pause(campaign.lateMs + 1_000)
  for (const request of requests.flat()) {
    if (!(await readOnce(master, request, outcome, trouble)) && !(isRealTime && (await readOnce(master, request, outcome, trouble))))
      outcome.wrong.push(`after the last fault there is no reading of ${wordsOf(request)}`)
  }
  master.close()
  return outcome
}

function unitOf({ mostRegisters, evenOnly = false }: MeterTable, unit: number): Unit {
  return { mostRegisters, isEvenOnly: evenOnly, read: (from, at) => valueAt(unit, from, at) }
}

/** What the driver of this meter asks for in a poll. */
function requestsFor({ blocks, read, serialNumber, evenOnly = false, gapMs }: MeterTable, unit: number): readonly ReadRequest[] {
  const step = evenOnly ? 2 : 1
  const readings = blocks.map(([at, count, most]) => ({ unit, from: read, at, count, most, step, gapMs }))
  if (serialNumber === undefined) return readings
  return [...readings, { unit, from: serialNumber.read ?? read, at: serialNumber.at, count: serialNumberLength(serialNumber), step, gapMs }]
}

/** True when the registers came, and were those asked for. */
async function readOnce(master: Modbus, request: ReadRequest, outcome: Outcome, trouble: Trouble): Promise<boolean> {
  try {
    const words = await master.read(request)
    outcome.good++
    const problem = wordsProblem([...words], request)
    if (problem !== undefined) outcome.wrong.push(`${wordsOf(request)}: ${problem}`)
    return problem === undefined
  } catch (error) {
    outcome.failed++
    if (error instanceof ModbusException && !trouble.wasRefused(request, error.code))
      outcome.wrong.push(`${wordsOf(request)}: ${error.message} was meant for another`)
    if (!(error instanceof DeviceError) && !(error instanceof ModbusException)) throw error
    return false
  }
}

/** The meter's own registers, as they are, or as its own faults make them. */
function wordsProblem(words: readonly number[], { unit, from, at, count }: ReadRequest): string | undefined {
  if (words.length !== count) return `${words.length} registers in place of ${count}`
  const own = (offset: number) => valueAt(unit, from, at + offset)
  if (words.every((word, offset) => word === own(offset))) return undefined
  if (words.every((word, offset) => word === nanWord(offset))) return undefined
  if (words.every((word, offset) => word === own(offset ^ 1) || (offset === count - 1 && word === own(offset)))) return undefined
  const first = words.findIndex((word, offset) => word !== own(offset))
  return `register ${at + first} says ${words[first]}, it holds ${own(first)}`
}

const wordsOf = ({ unit, from, at, count }: ReadRequest) => `unit ${unit}, ${count} ${from} registers from ${at} on`

interface Trouble {
  fault(heard: Heard): Fault | undefined
  onHeard(heard: Heard): void
  onSent(bytes: Uint8Array): void
  isOver(): boolean
  wasRefused(request: ReadRequest, code: number): boolean
}

function troubleOf({ chance, faults, clock, settings, lateMs, isRealTime = false }: Campaign, outcome: Outcome): Trouble {
  let injected = 0
  const refusals: { readonly key: string; readonly at: number }[] = []
  const keyOf = (unit: number, fn: number, at: number, code: number) => `${unit} ${fn} ${at} ${code}`
  let last: Heard | undefined
  let lastByteMs = Number.NEGATIVE_INFINITY
  const { gapMs = 100 } = settings
  const manners = (heard: Heard) => {
    if (last === undefined) return
    const isSamePlace = last.unit === heard.unit && last.fn === heard.fn && last.from === heard.from
    if (!isSamePlace && last.replyLength === heard.replyLength && heard.count > 1)
      outcome.wrong.push(`two requests in a row have replies of ${heard.replyLength} bytes`)
    const quiet = heard.at - lastByteMs
    if (!isRealTime && quiet < gapMs - 1e-6 && heard.at - last.at < 1_000) outcome.wrong.push(`a request ${quiet} ms after the last byte, ${gapMs} are due`)
  }
  return {
    isOver: () => injected >= faults,
    onHeard: manners,
    onSent() {
      lastByteMs = clock.monotonic()
    },
    wasRefused: ({ unit, from, at }, code) => {
      const key = keyOf(unit, from === 'input' ? 4 : 3, at, code)
      return refusals.some((each) => each.key === key && each.at > clock.monotonic() - 15_000)
    },
    fault(heard) {
      last = heard
      const fault = injected < faults && chance.happens(0.6) ? anyFault(chance, heard, lateMs) : undefined
      if (fault === undefined) return undefined
      injected++
      outcome.injected.set(fault.kind, (outcome.injected.get(fault.kind) ?? 0) + 1)
      if (fault.kind === 'exception') refusals.push({ key: keyOf(heard.unit, heard.fn, heard.from, fault.code), at: heard.at })
      return fault
    },
  }
}

/** Any fault, of any size. */
export function anyFault(chance: Seeded, heard: Heard, lateMs: number): Fault {
  const whole = (least: number, most: number) => Math.floor(chance.between(least, most + 1))
  const junk = () => Uint8Array.from({ length: whole(0, 12) }, () => whole(0, 255))
  const bits = 8 * heard.replyLength
  return chance.pick<() => Fault>([
    () => ({ kind: 'late', byMs: whole(0, lateMs) }),
    () => ({ kind: 'late', byMs: whole(0, lateMs) }),
    () => ({ kind: 'late', byMs: whole(0, Math.min(lateMs, 1_500)) }),
    () => ({ kind: 'torn', first: whole(1, heard.replyLength - 1), restByMs: chance.happens(0.7) ? whole(0, lateMs) : undefined }),
    () => ({ kind: 'silence' }),
    () => ({ kind: 'wrong unit', unit: (heard.unit % 4) + 1 }),
    () => ({ kind: 'wrong function', fn: heard.fn === 3 ? 4 : 3 }),
    () => ({ kind: 'exception', code: chance.pick([1, 2, 3, 4, 5, 6, 10]) }),
    () => ({ kind: 'bit errors', bits: Array.from({ length: whole(1, 3) }, () => whole(0, bits - 1)).filter((each, at, all) => all.indexOf(each) === at) }),
    () => ({ kind: 'wrong length', by: chance.pick([-2, -1, 1, 2]) }),
    () => ({ kind: 'noise', before: junk(), after: junk() }),
    // So that it comes within the next request, at the latest.
    () => ({ kind: 'twice', byMs: whole(0, 130) }),
    () => ({ kind: 'nan' }),
    () => ({ kind: 'swapped words' }),
  ])()
}
