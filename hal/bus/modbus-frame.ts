/** The bytes of Modbus: functions 3, 4, 6 and 16, framed for serial lines (address and CRC) and for TCP (MBAP header). Pure functions.
 *  Modbus application protocol V1.1b3 §6; Modbus over serial line V1.02 §2.5; Modbus messaging on TCP/IP V1.0b §3.1. */

export interface ReadAsk {
  readonly unit: number
  readonly fn: 3 | 4
  readonly at: number
  readonly count: number
}
export interface WriteAsk {
  readonly unit: number
  readonly fn: 6 | 16
  readonly at: number
  /** Exactly one for function 6. */
  readonly values: readonly number[]
}
/** A request as it goes over the wire. */
export type Ask = ReadAsk | WriteAsk

export type Reply =
  | { readonly kind: 'words'; readonly words: Uint16Array }
  | { readonly kind: 'written' }
  | { readonly kind: 'exception'; readonly code: number }

export const isRead = (ask: Ask): ask is ReadAsk => ask.fn === 3 || ask.fn === 4

/** @throws RangeError for what Modbus cannot say */
export function checkAsk(ask: Ask): void {
  const count = isRead(ask) ? ask.count : ask.values.length
  const most = isRead(ask) ? 125 : 123
  if (!isWhole(ask.unit, 0, 255)) throw new RangeError(`Modbus unit ${ask.unit}: 0 to 255`)
  if (!isWhole(count, 1, most)) throw new RangeError(`${count} registers in one request: 1 to ${most}`)
  if (!isWhole(ask.at, 0, 0x10000 - count)) throw new RangeError(`${count} registers from ${ask.at} on: the last one is 65535`)
  if (!isRead(ask) && !ask.values.every((each) => isWhole(each, 0, 0xffff))) throw new RangeError(`registers hold 0 to 65535, not ${ask.values.join(', ')}`)
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

/** Function and data, without address and checksum. */
export function requestOf(ask: Ask): Uint8Array {
  const head = [ask.fn, ...wordBytes(ask.at)]
  if (isRead(ask)) return Uint8Array.of(...head, ...wordBytes(ask.count))
  if (ask.fn === 6) return Uint8Array.of(...head, ...ask.values.flatMap(wordBytes))
  return Uint8Array.of(...head, ...wordBytes(ask.values.length), 2 * ask.values.length, ...ask.values.flatMap(wordBytes))
}

const wordBytes = (word: number): readonly number[] => [word >> 8, word & 0xff]

/** Bytes of the reply to `ask` on a serial line, an exception aside: odd for reads, 8 for writes. */
export function replyLength(ask: Ask): number {
  return isRead(ask) ? 5 + 2 * ask.count : 8
}

/** What function and data of a reply say; undefined: they are not the reply to `ask`. */
export function replyOf(ask: Ask, pdu: Uint8Array): Reply | undefined {
  const [fn, second = 0] = pdu
  if (fn === (ask.fn | 0x80)) return pdu.length === 2 ? { kind: 'exception', code: second } : undefined
  if (fn !== ask.fn || pdu.length !== replyLength(ask) - 3) return undefined
  if (isRead(ask)) return second === 2 * ask.count ? { kind: 'words', words: wordsIn(pdu.subarray(2)) } : undefined
  // The reply to a write repeats address and value, or address and count.
  return requestOf(ask)
    .subarray(0, 5)
    .every((byte, at) => byte === pdu[at])
    ? { kind: 'written' }
    : undefined
}

function wordsIn(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint16Array.from({ length: bytes.length / 2 }, (_, at) => view.getUint16(2 * at))
}

/** CRC-16 of Modbus: reflected polynomial A001, begins at FFFF; sent low byte first. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

/** Address, function, data and CRC. */
export function rtuFrame(unit: number, pdu: Uint8Array): Uint8Array {
  const crc = crc16(Uint8Array.of(unit, ...pdu))
  return Uint8Array.of(unit, ...pdu, crc & 0xff, crc >> 8)
}

/** The reply to `ask` that begins at `from`, and its length in bytes; undefined when there is none, or not all of it yet. */
export function rtuReplyAt(bytes: Uint8Array, from: number, ask: Ask): { readonly reply: Reply; readonly length: number } | undefined {
  if (bytes[from] !== ask.unit) return undefined
  const length = bytes[from + 1] === (ask.fn | 0x80) ? 5 : replyLength(ask)
  const frame = bytes.subarray(from, from + length)
  const reply = frame.length === length ? replyOf(ask, frame.subarray(1, -2)) : undefined
  // Over a frame and its own CRC the CRC is 0.
  return reply !== undefined && crc16(frame) === 0 ? { reply, length } : undefined
}

/** Header of seven bytes (transaction, protocol 0, length, unit), function and data. */
export function tcpFrame(transaction: number, unit: number, pdu: Uint8Array): Uint8Array {
  return Uint8Array.of(...wordBytes(transaction), 0, 0, ...wordBytes(pdu.length + 1), unit, ...pdu)
}

export interface TcpFrame {
  readonly transaction: number
  readonly unit: number
  readonly pdu: Uint8Array
  /** Bytes of the whole frame. */
  readonly length: number
}

/** The frame that `bytes` begin with; undefined: not all of it is there yet; 'garbage': this is no Modbus, and where the next frame begins nobody knows. */
export function tcpFrameIn(bytes: Uint8Array): TcpFrame | 'garbage' | undefined {
  if (bytes.length < 7) return undefined
  const [transaction = 0, protocol, rest = 0] = wordsIn(bytes.subarray(0, 6))
  if (protocol !== 0 || rest < 3 || rest > 254) return 'garbage'
  const length = 6 + rest
  return bytes.length < length ? undefined : { transaction, unit: bytes[6] ?? 0, pdu: bytes.slice(7, length), length }
}
