import type { Clock } from '../../../src/base/clock.ts'
import type { Wire } from './lines.ts'

/** Modbus slaves on one bus, with what goes wrong on wires. Its codec is its own, so that a mistake of ours is not made twice. */

/** The registers of one unit. */
export interface Unit {
  /** Undefined: exception 2. */
  read(from: 'holding' | 'input', at: number): number | undefined
  /** Returns false for exception 2. A unit without it knows neither function 6 nor 16. */
  write?(at: number, value: number): boolean
  /** More in one request: exception 3. 125 when left out. */
  readonly mostRegisters?: number
  /** Odd addresses and counts: exception 3. */
  readonly isEvenOnly?: boolean
}

/** A request as the slave understood it. */
export interface Heard {
  readonly at: number
  readonly unit: number
  readonly fn: number
  readonly from: number
  readonly count: number
  /** Bytes of the reply that is asked for, on a serial line. */
  readonly replyLength: number
}

export type Fault =
  | { readonly kind: 'silence' }
  | { readonly kind: 'late'; readonly byMs: number }
  /** The first bytes at once, the others later or never. */
  | { readonly kind: 'torn'; readonly first: number; readonly restByMs: number | undefined }
  | { readonly kind: 'wrong unit'; readonly unit: number }
  | { readonly kind: 'wrong function'; readonly fn: number }
  | { readonly kind: 'exception'; readonly code: number }
  /** Which bits of the frame are turned round. */
  | { readonly kind: 'bit errors'; readonly bits: readonly number[] }
  /** Well framed, but of more or fewer registers than were asked for. */
  | { readonly kind: 'wrong length'; readonly by: number }
  | { readonly kind: 'noise'; readonly before: Uint8Array; readonly after: Uint8Array }
  | { readonly kind: 'twice'; readonly byMs: number }
  /** The meter itself has no values: f32 NaN. */
  | { readonly kind: 'nan' }
  /** The meter turns the words of each pair round. */
  | { readonly kind: 'swapped words' }

export interface SlaveOptions {
  readonly clock: Clock
  readonly units: ReadonlyMap<number, Unit>
  readonly framing?: 'rtu' | 'tcp'
  /** What is wrong with the reply to this request. */
  readonly fault?: (heard: Heard) => Fault | undefined
  /** The adapter of the master hears the request itself. */
  readonly echoes?: () => boolean
  /** From request to reply, ms. */
  readonly replyMs?: number
  /** Each request to a unit of the bus, and each piece that is sent. */
  readonly onHeard?: (heard: Heard) => void
  readonly onSent?: (bytes: Uint8Array) => void
}

interface Request {
  readonly unit: number
  /** Function and data. */
  readonly pdu: Uint8Array
  readonly transaction: number
}

export function modbusSlave(wire: Wire, options: SlaveOptions): { close(): void } {
  const { clock, units, framing = 'rtu', replyMs = 15 } = options
  let buffer: Uint8Array = new Uint8Array()
  const send = (bytes: Uint8Array, afterMs: number) => {
    clock.after('slave', afterMs, () => {
      if (isClosed || bytes.length === 0) return
      options.onSent?.(bytes)
      wire.send(bytes)
    })
  }
  const answer = ({ unit, pdu, transaction }: Request) => {
    const device = units.get(unit)
    if (device === undefined) return
    const heard = heardOf(unit, pdu, clock.monotonic())
    options.onHeard?.(heard)
    const frame = (body: Uint8Array, as = unit) => (framing === 'rtu' ? rtuFrameOf(as, body) : tcpFrameOf(transaction, as, body))
    for (const [bytes, afterMs] of piecesOf(options.fault?.(heard), replyTo(device, pdu), frame)) send(bytes, replyMs + afterMs)
  }
  let isClosed = false
  const off = wire.received.on((bytes) => {
    if (options.echoes?.()) wire.send(bytes)
    buffer = Uint8Array.of(...buffer, ...bytes)
    for (let taken = takeRequest(buffer, framing); taken !== undefined; taken = takeRequest(buffer, framing)) {
      buffer = buffer.slice(taken.length)
      if (taken.request !== undefined) answer(taken.request)
    }
  })
  return {
    close() {
      isClosed = true
      off()
    },
  }
}

type Framer = (body: Uint8Array, as?: number) => Uint8Array
/** Bytes, and how many ms after a good reply would go. */
type Piece = readonly [bytes: Uint8Array, afterMs: number]

/** What goes out in place of the good reply `body`. */
function piecesOf(fault: Fault | undefined, body: Uint8Array, frame: Framer): readonly Piece[] {
  const whole = frame(body)
  if (fault === undefined) return [[whole, 0]]
  switch (fault.kind) {
    case 'silence':
      return []
    case 'late':
      return [[whole, fault.byMs]]
    case 'torn':
      return [[whole.slice(0, fault.first), 0], ...(fault.restByMs === undefined ? [] : [[whole.slice(fault.first), fault.restByMs] as const])]
    case 'noise':
      return [[Uint8Array.of(...fault.before, ...whole, ...fault.after), 0]]
    case 'twice':
      return [
        [whole, 0],
        [whole, fault.byMs],
      ]
    default:
      return [[spoilt(fault, body, frame), 0]]
  }
}

type Spoiling = Exclude<Fault, { kind: 'silence' | 'late' | 'torn' | 'noise' | 'twice' }>

function spoilt(fault: Spoiling, body: Uint8Array, frame: Framer): Uint8Array {
  switch (fault.kind) {
    case 'wrong unit':
      return frame(body, fault.unit)
    case 'wrong function':
      return frame(Uint8Array.of(fault.fn, ...body.slice(1)))
    case 'exception':
      return frame(exception(body[0] ?? 0, fault.code))
    case 'bit errors':
      return frame(body).map((byte, at) => fault.bits.reduce((sum, bit) => (bit >> 3 === at ? sum ^ (1 << (bit & 7)) : sum), byte))
    case 'wrong length':
      return frame(ofOtherLength(body, fault.by))
    case 'nan':
      return frame(onWords(body, (words) => words.map((_, at) => (at % 2 === 0 ? 0x7fc0 : 0))))
    case 'swapped words':
      return frame(onWords(body, (words) => words.map((each, at) => words[at ^ 1] ?? each)))
  }
}

const isReading = (body: Uint8Array) => body[0] === 3 || body[0] === 4

/** Changes the registers that a reply carries. */
function onWords(body: Uint8Array, change: (words: readonly number[]) => readonly number[]): Uint8Array {
  if (!isReading(body)) return body
  const words = Array.from({ length: (body.length - 2) / 2 }, (_, at) => word(body, 2 + 2 * at))
  const changed = change(words)
  return Uint8Array.of(body[0] ?? 0, 2 * changed.length, ...changed.flatMap(bytesOf))
}

function ofOtherLength(body: Uint8Array, by: number): Uint8Array {
  return onWords(body, (words) => (by < 0 ? words.slice(0, Math.max(1, words.length + by)) : [...words, ...words.slice(0, by)].slice(0, 125)))
}

function heardOf(unit: number, pdu: Uint8Array, at: number): Heard {
  const [fn = 0] = pdu
  const count = fn === 6 ? 1 : word(pdu, 3)
  return { at, unit, fn, from: word(pdu, 1), count, replyLength: fn === 6 || fn === 16 ? 8 : 5 + 2 * count }
}

/** Function and data of the reply of a unit that works. */
function replyTo(device: Unit, pdu: Uint8Array): Uint8Array {
  const [fn = 0] = pdu
  const [first, second] = [word(pdu, 1), word(pdu, 3)]
  if (fn === 3 || fn === 4) {
    const isWrong = device.isEvenOnly === true && (first % 2 !== 0 || second % 2 !== 0)
    if (isWrong || second < 1 || second > (device.mostRegisters ?? 125)) return exception(fn, 3)
    const words = Array.from({ length: second }, (_, at) => device.read(fn === 3 ? 'holding' : 'input', first + at))
    return words.every((each) => each !== undefined) ? Uint8Array.of(fn, 2 * second, ...words.flatMap(bytesOf)) : exception(fn, 2)
  }
  if (device.write === undefined || (fn !== 6 && fn !== 16)) return exception(fn, 1)
  const values = fn === 6 ? [second] : Array.from({ length: second }, (_, at) => word(pdu, 6 + 2 * at))
  const isTaken = values.map((value, at) => device.write?.(first + at, value) === true)
  return isTaken.every(Boolean) ? pdu.slice(0, 5) : exception(fn, 2)
}

const exception = (fn: number, code: number) => Uint8Array.of(fn | 0x80, code)
const word = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const bytesOf = (value: number): readonly number[] => [(value >> 8) & 0xff, value & 0xff]

/** The first request in a buffer, or a byte to be thrown away; undefined: more must come. */
function takeRequest(buffer: Uint8Array, framing: 'rtu' | 'tcp'): { readonly length: number; readonly request: Request | undefined } | undefined {
  if (framing === 'tcp') {
    const length = 6 + word(buffer, 4)
    if (buffer.length < 8 || buffer.length < length) return undefined
    return { length, request: { unit: buffer[6] ?? 0, pdu: buffer.slice(7, length), transaction: word(buffer, 0) } }
  }
  if (buffer.length < 2) return undefined
  const length = { 3: 8, 4: 8, 6: 8, 16: buffer.length < 7 ? 9 : 9 + (buffer[6] ?? 0) }[buffer[1] ?? 0]
  if (length === undefined) return { length: 1, request: undefined }
  if (buffer.length < length) return undefined
  const frame = buffer.slice(0, length)
  if (crcOf(frame.slice(0, -2)) !== ((frame[length - 1] ?? 0) << 8) + (frame[length - 2] ?? 0)) return { length: 1, request: undefined }
  return { length, request: { unit: frame[0] ?? 0, pdu: frame.slice(1, -2), transaction: 0 } }
}

export function rtuFrameOf(unit: number, body: Uint8Array): Uint8Array {
  const crc = crcOf(Uint8Array.of(unit, ...body))
  return Uint8Array.of(unit, ...body, crc & 0xff, crc >> 8)
}

function tcpFrameOf(transaction: number, unit: number, body: Uint8Array): Uint8Array {
  return Uint8Array.of(...bytesOf(transaction), 0, 0, ...bytesOf(body.length + 1), unit, ...body)
}

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0xa001)
  return crc
})

function crcOf(bytes: Uint8Array): number {
  return bytes.reduce((crc, byte) => (crc >> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0), 0xffff)
}
