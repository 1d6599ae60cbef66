import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type RapiLine, rapi, rapiBytes, rapiParser } from '../../../hal/evse/rapi.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryLine } from '../modbus/lines.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (words: string) => new TextEncoder().encode(words)

function parsed(...pieces: readonly Uint8Array[]): readonly RapiLine[] {
  const lines: RapiLine[] = []
  const parse = rapiParser((line) => lines.push(line))
  for (const each of pieces) parse(each)
  return lines
}

// The examples of the firmware's own documentation.
test.each([
  ['GS', '$GS^30\r'],
  ['GP', '$GP^33\r'],
  ['GF', '$GF^25\r'],
  ['GE', '$GE^26\r'],
  ['F0 1', '$F0 1^43\r'],
  ['ST 0 0 0 0', '$ST 0 0 0 0^23\r'],
])('%s is sent with the checksum of its documentation', (words, line) => {
  expect(text(rapiBytes(words))).toBe(line)
})

test('an answer, a refusal and a notification are told apart', () => {
  const all = [rapiBytes('OK 01 0 01 0200', 0x1f), rapiBytes('NK 6', 2), rapiBytes('AT 03 03 16 0140')]
  expect(parsed(...all)).toEqual([
    { word: 'OK', values: ['01', '0', '01', '0200'], sequence: 0x1f },
    { word: 'NK', values: ['6'], sequence: 2 },
    { word: 'AT', values: ['03', '03', '16', '0140'], sequence: undefined },
  ])
})

test.each([
  ['a wrong checksum', '$OK 01^00\r'],
  ['none', '$OK 01\r'],
  ['no beginning', 'OK 01^2A\r'],
  ['no end', '$OK 01^2A'],
])('a line with %s is passed over, and the next one is not', (_, line) => {
  expect(parsed(bytes(`${line}`), rapiBytes('OK', 7)).map((each) => each.sequence)).toEqual([7])
})

test('lines are the same however the bytes are cut, and whatever stands between them', () => {
  const word = fc.constantFrom('OK', 'NK', 'AT', 'AB')
  const values = fc.array(fc.stringMatching(/^[0-9a-f]{1,4}$/), { maxLength: 5 })
  const lines = fc.array(fc.tuple(word, values, fc.integer({ min: 1, max: 255 })), { maxLength: 6 })
  const noise = fc.array(
    fc.integer({ min: 0, max: 255 }).filter((byte) => byte !== 0x24),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(lines, noise, fc.array(fc.nat(), { maxLength: 20 }), (sent, between, cuts) => {
      const stream = Uint8Array.from(sent.flatMap(([w, v, id]) => [...between, ...rapiBytes([w, ...v].join(' '), id)]))
      const at = cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b)
      const pieces = [0, ...at].map((from, index) => stream.slice(from, at[index]))
      expect(parsed(...pieces)).toEqual(sent.map(([w, v, sequence]) => ({ word: w, values: v, sequence })))
    }),
  )
})

test('an answer that comes too late is not taken for the next one', async () => {
  const clock = simulatedClock()
  const { line, wire } = memoryLine()
  const link = rapi(line, clock)
  const first = link.ask('GS').catch((error) => error)
  await clock.advance(1_000)
  expect(await first).toBeInstanceOf(DeviceError)
  const second = link.ask('GE')
  wire.send(rapiBytes('OK 01 0 01 0200', 1))
  wire.send(rapiBytes('OK 16 0000', 2))
  expect(await second).toEqual({ isOk: true, values: ['16', '0000'] })
})

test('sequence ids run from 01 to FF: 00 is not valid', async () => {
  const clock = simulatedClock()
  const { line, wire } = memoryLine()
  const link = rapi(line, clock)
  const ids: string[] = []
  wire.received.on((sent) => {
    const id = /:(..)\^/.exec(text(sent))?.[1] ?? ''
    ids.push(id)
    wire.send(rapiBytes('OK', Number.parseInt(id, 16)))
  })
  for (let turn = 0; turn < 300; turn++) await link.ask('GS')
  expect(new Set(ids).size).toBe(255)
  expect(ids).not.toContain('00')
})
