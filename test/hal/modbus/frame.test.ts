import { expect, test } from 'vitest'
import { type Ask, checkAsk, crc16, replyOf, requestOf, rtuFrame, rtuReplyAt, tcpFrame, tcpFrameIn } from '../../../hal/bus/modbus-frame.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hex = (from: Uint8Array) => Buffer.from(from).toString('hex')

// Modbus application protocol V1.1b3: the examples of §6.3, §6.4, §6.6 and §6.12, request and reply without address and checksum.
const examples: readonly { readonly name: string; readonly ask: Ask; readonly request: string; readonly reply: string; readonly says: unknown }[] = [
  {
    name: '§6.3 read holding registers',
    ask: { unit: 1, fn: 3, at: 0x6b, count: 3 },
    request: '03 006b 0003',
    reply: '03 06 022b 0000 0064',
    says: { kind: 'words', words: Uint16Array.of(555, 0, 100) },
  },
  {
    name: '§6.4 read input registers',
    ask: { unit: 1, fn: 4, at: 8, count: 1 },
    request: '04 0008 0001',
    reply: '04 02 000a',
    says: { kind: 'words', words: Uint16Array.of(10) },
  },
  {
    name: '§6.6 write single register',
    ask: { unit: 1, fn: 6, at: 1, values: [3] },
    request: '06 0001 0003',
    reply: '06 0001 0003',
    says: { kind: 'written' },
  },
  {
    name: '§6.12 write multiple registers',
    ask: { unit: 1, fn: 16, at: 1, values: [0x000a, 0x0102] },
    request: '10 0001 0002 04 000a 0102',
    reply: '10 0001 0002',
    says: { kind: 'written' },
  },
]

test.each(examples)('$name as in the specification', ({ ask, request, reply, says }) => {
  expect(hex(requestOf(ask))).toBe(hex(bytes(request)))
  expect(replyOf(ask, bytes(reply))).toEqual(says)
  expect(replyOf(ask, Uint8Array.of(ask.fn | 0x80, 2))).toEqual({ kind: 'exception', code: 2 })
})

test.each([
  ['Modbus over serial line V1.02, appendix B: 02 07', '0207', '0207 4112'],
  ['Eastron SDM630: the voltage of L1', '01 04 0000 0002', '01 04 0000 0002 71cb'],
  ['the usual example of function 3', '11 03 006b 0003', '11 03 006b 0003 7687'],
])('CRC of %s', (_, frame, whole) => {
  expect(crc16(bytes(whole))).toBe(0)
  expect(hex(rtuFrame(bytes(frame)[0] ?? 0, bytes(frame).slice(1)))).toBe(hex(bytes(whole)))
})

// Eastron's own example: 230.2 V.
const voltage = '01 04 04 4366 3334 1b38'
const asked: Ask = { unit: 1, fn: 4, at: 0, count: 2 }

test('a frame of a meter is read', () => {
  expect(rtuReplyAt(bytes(voltage), 0, asked)).toEqual({ reply: { kind: 'words', words: Uint16Array.of(0x4366, 0x3334) }, length: 9 })
})

test('what is not the reply is refused: every bit turned round, every piece, another unit, function or length', () => {
  const frame = bytes(voltage)
  for (let bit = 0; bit < 8 * frame.length; bit++) {
    expect(
      rtuReplyAt(
        frame.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
        0,
        asked,
      ),
    ).toBe(undefined)
  }
  for (let length = 0; length < frame.length; length++) expect(rtuReplyAt(frame.slice(0, length), 0, asked)).toBe(undefined)
  expect(rtuReplyAt(frame, 1, asked)).toBe(undefined)
  expect(rtuReplyAt(frame, 0, { ...asked, unit: 2 })).toBe(undefined)
  expect(rtuReplyAt(frame, 0, { ...asked, fn: 3 })).toBe(undefined)
  expect(rtuReplyAt(frame, 0, { ...asked, count: 1 })).toBe(undefined)
  expect(rtuReplyAt(frame, 0, { ...asked, count: 3 })).toBe(undefined)
  expect(replyOf(asked, bytes('04 02 4366 3334'))).toBe(undefined)
})

test('an acknowledgement of another register or value is not taken', () => {
  const six: Ask = { unit: 1, fn: 6, at: 1000, values: [16] }
  expect(replyOf(six, requestOf({ ...six, values: [10] }))).toBe(undefined)
  expect(replyOf(six, requestOf({ ...six, at: 1001 }))).toBe(undefined)
  expect(replyOf({ unit: 1, fn: 16, at: 1, values: [1, 2] }, bytes('10 0002 0002'))).toBe(undefined)
})

test('a TCP frame has the number of its request, and is taken off a stream as soon as it is whole', () => {
  expect(hex(tcpFrame(0x1501, 0xff, bytes('03 0004 0001')))).toBe('15010000' + '0006ff0300040001')
  const reply = bytes('1501 0000 0005 ff 03 02 0005')
  for (let length = 0; length < reply.length; length++) expect(tcpFrameIn(reply.slice(0, length))).toBe(undefined)
  expect(tcpFrameIn(Uint8Array.of(...reply, 0x15))).toEqual({ transaction: 0x1501, unit: 0xff, pdu: bytes('03 02 0005'), length: 11 })
  expect(tcpFrameIn(bytes('1501 0001 0005 ff 03 02 0005'))).toBe('garbage')
  expect(tcpFrameIn(bytes('1501 0000 ffff ff 03 02 0005'))).toBe('garbage')
})

test.each<Ask>([
  { unit: 256, fn: 3, at: 0, count: 1 },
  { unit: 1, fn: 3, at: 0, count: 0 },
  { unit: 1, fn: 3, at: 0, count: 126 },
  { unit: 1, fn: 4, at: 65_535, count: 2 },
  { unit: 1, fn: 6, at: 0, values: [-1] },
  { unit: 1, fn: 16, at: 0, values: Array.from({ length: 124 }, () => 0) },
])('what Modbus cannot say is refused: %j', (ask) => {
  expect(() => checkAsk(ask)).toThrow(RangeError)
})
