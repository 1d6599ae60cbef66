import fc from 'fast-check'
import { expect, test } from 'vitest'
import { presenting, tokenOf } from '../../../hal/readers/tag.ts'
import type { TagFormat } from '../../../hal/spec/wires.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

const uid4 = Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4)
const uid7 = Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0x80)
const uid10 = Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0x80, 1, 2, 0xff)

test.each<[TagFormat, Uint8Array, string]>([
  [{}, uid4, '04A2B3C4'],
  [{}, uid7, '04A2B3C4D5E680'],
  [{}, uid10, '04A2B3C4D5E6800102FF'],
  [{ format: 'hex', case: 'upper', byteOrder: 'msb' }, uid4, '04A2B3C4'],
  [{ case: 'lower' }, uid4, '04a2b3c4'],
  [{ byteOrder: 'lsb' }, uid4, 'C4B3A204'],
  [{ format: 'dec' }, uid4, '77771716'],
  [{ format: 'dec', byteOrder: 'lsb' }, uid4, '3300106756'],
  [{ format: 'dec', padTo: 10 }, uid4, '0077771716'],
  [{ format: 'dec' }, uid10, '21890792185033719350015'],
  [{ padTo: 14 }, uid4, '00000004A2B3C4'],
  [{ padTo: 4 }, uid4, '04A2B3C4'],
  [{ allowRandomUid: true }, Uint8Array.of(0x08, 1, 2, 3), '08010203'],
  [{}, Uint8Array.of(0x08, 1, 2, 3, 4, 5, 6), '08010203040506'],
])('%j makes of a UID what the file asks for', (format, uid, id) => {
  expect(tokenOf(uid, format)).toEqual({ id })
})

test('no UID, a random one and one that is too long for any OCPP are no token', () => {
  expect(tokenOf(new Uint8Array(), {})).toBeUndefined()
  expect(tokenOf(Uint8Array.of(0x08, 1, 2, 3), {})).toBeUndefined()
  expect(tokenOf(Uint8Array.of(0x08, 1, 2, 3), { byteOrder: 'lsb' })).toBeUndefined()
  expect(tokenOf(new Uint8Array(19), {})).toBeUndefined()
})

test('hex of any card fits in the 20 characters of OCPP 1.6, and tells cards apart', () => {
  const uids = fc.constantFrom(4, 7, 10).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  fc.assert(
    fc.property(uids, uids, fc.constantFrom<'msb' | 'lsb'>('msb', 'lsb'), (one, other, byteOrder) => {
      const format = { byteOrder, allowRandomUid: true }
      const [a, b] = [tokenOf(one, format)?.id ?? '', tokenOf(other, format)?.id ?? '']
      expect(a.length).toBeLessThanOrEqual(20)
      expect(a === b).toBe(Buffer.compare(one, other) === 0)
    }),
  )
})

function reader(format: TagFormat, isPolled = false) {
  const clock = simulatedClock()
  const tokens: string[] = []
  return { clock, tokens, ...presenting(format, clock, ({ id }) => tokens.push(id), isPolled) }
}

test('a card that lies on the reader is presented once, and again after it was away for the debounce', async () => {
  const r = reader({})
  for (let turn = 0; turn < 40; turn++) {
    r.seen(uid4)
    await r.clock.advance(250)
  }
  expect(r.tokens).toEqual(['04A2B3C4'])
  await r.clock.advance(1_700)
  r.seen(uid4)
  expect(r.tokens.length).toBe(1)
  await r.clock.advance(2_000)
  r.seen(uid4)
  expect(r.tokens.length).toBe(2)
})

test('another card is presented at once, and the first is still the same presentation', async () => {
  const r = reader({ debounceMs: 1_000 })
  r.seen(uid4)
  await r.clock.advance(100)
  r.seen(uid7)
  await r.clock.advance(100)
  r.seen(uid4)
  expect(r.tokens).toEqual(['04A2B3C4', '04A2B3C4D5E680'])
})

test('a polled card is there until three polls in a row have missed it', async () => {
  const r = reader({ debounceMs: 500 }, true)
  const poll = async (isThere: boolean) => {
    if (isThere) r.seen(uid4)
    else r.missed()
    await r.clock.advance(250)
  }
  for (const isThere of [true, false, false, true, false, false, true]) await poll(isThere)
  expect(r.tokens.length).toBe(1)
  for (const isThere of [false, false, false, true]) await poll(isThere)
  expect(r.tokens.length).toBe(2)
})
