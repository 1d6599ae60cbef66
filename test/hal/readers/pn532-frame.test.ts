import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Pn532Frame, pn532Frame, pn532Parser, uidsOf } from '../../../hal/readers/pn532-frame.ts'
import { chipFrame } from './pn532-model.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const answer = (code: number, ...data: readonly number[]): Pn532Frame => ({ kind: 'answer', code, data: Uint8Array.from(data) })

function parsed(pieces: readonly Uint8Array[]): readonly Pn532Frame[] {
  const frames: Pn532Frame[] = []
  const parse = pn532Parser((frame) => frames.push(frame))
  for (const each of pieces) parse(each)
  return frames
}

// UM0701-02: GetFirmwareVersion, SAMConfiguration, InListPassiveTarget.
test.each([
  [[0x02], '0000ff 02 fe d4 02 2a 00'],
  [[0x14, 0x01, 0x00, 0x01], '0000ff 05 fb d4 14 01 00 01 16 00'],
  [[0x4a, 0x01, 0x00], '0000ff 04 fc d4 4a 01 00 e1 00'],
])('the command %j is framed as the manual has it', (command, frame) => {
  expect(Buffer.from(pn532Frame(command)).toString('hex')).toBe(Buffer.from(hex(frame)).toString('hex'))
})

const version = hex('0000ff 06 fa d5 03 32 01 06 07 e8 00')
const ack = hex('0000ff 00 ff 00')
const nack = hex('0000ff ff 00 00')
const error = hex('0000ff 01 ff 7f 81 00')

test('acknowledgements, refusals, errors and answers', () => {
  expect(parsed([ack, nack, error, version])).toEqual([{ kind: 'ack' }, { kind: 'nack' }, { kind: 'error' }, answer(0x03, 0x32, 0x01, 0x06, 0x07)])
})

test('several frames in one read, and one frame split at every byte', () => {
  const stream = Uint8Array.of(...ack, ...version, ...error)
  const whole = parsed([stream])
  expect(whole.length).toBe(3)
  for (let cut = 0; cut <= stream.length; cut++) expect(parsed([stream.slice(0, cut), stream.slice(cut)])).toEqual(whole)
  expect(parsed([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
})

test.each([
  ['a wrong length checksum', '0000ff 06 fb d5 03 32 01 06 07 e8 00'],
  ['a wrong data checksum', '0000ff 06 fa d5 03 32 01 06 07 e9 00'],
  ['no data', '0000ff 00 00'],
  ['our own command', '0000ff 02 fe d4 02 2a 00'],
  ['a torn beginning', '06 fa d5 03 32 01'],
  ['an extended frame', '0000ff ff ff 0006 fa d5 03 32 01 06 07 e8 00'],
  ['nothing but zeros and ff', '00 00 00 00 ff ff ff 00 00'],
])('a frame with %s is passed over, and the next one is not', (_, text) => {
  expect(parsed([hex(text), version])).toEqual([answer(0x03, 0x32, 0x01, 0x06, 0x07)])
})

test('frames are the same however the bytes are cut, and whatever stands between them', () => {
  const body = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 60 })
  // Noise that cannot be the beginning of a frame.
  const noise = fc.array(fc.integer({ min: 1, max: 254 }), { maxLength: 20 })
  fc.assert(
    fc.property(fc.array(body, { maxLength: 5 }), noise, fc.array(fc.nat(), { maxLength: 30 }), (bodies, between, cuts) => {
      const stream = Uint8Array.from(bodies.flatMap((each) => [...between, ...chipFrame([0xd5, ...each])]))
      const at = cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b)
      const pieces = [0, ...at].map((from, index) => stream.slice(from, at[index]))
      expect(parsed(pieces)).toEqual(bodies.map(([code = 0, ...data]) => answer(code, ...data)))
    }),
  )
})

test('noise of any kind is taken without an error, and what follows a pause of zeros is read again', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (pieces) => {
      // The longest frame that noise may have announced is 260 bytes.
      expect(parsed([...pieces, new Uint8Array(300), version]).at(-1)).toEqual(answer(0x03, 0x32, 0x01, 0x06, 0x07))
    }),
  )
})

test.each([
  ['none', '00', []],
  ['a MIFARE Classic, 4 bytes', '01 01 0004 08 04 04a2b3c4', ['04a2b3c4']],
  ['an NTAG, 7 bytes', '01 01 0044 00 07 04a2b3c4d5e680', ['04a2b3c4d5e680']],
  ['10 bytes with an ATS', '01 01 0044 20 0a 04a2b3c4d5e6800102ff 05 78 80 70 02', ['04a2b3c4d5e6800102ff']],
  ['two cards, the first with an ATS', '02 01 0344 20 07 04a2b3c4d5e680 05 78 80 70 02 02 0004 08 04 01020304', ['04a2b3c4d5e680', '01020304']],
  ['a torn list', '01 01 0004 08 04 04a2', []],
  ['a UID of a length that does not exist', '01 01 0004 08 05 0102030405', []],
])('targets: %s', (_, data, uids) => {
  expect(uidsOf(hex(data)).map((each) => Buffer.from(each).toString('hex'))).toEqual(uids)
})
