import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openRdm6300, rdm6300Parser } from '../../../hal/readers/rdm6300.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryLine } from '../modbus/lines.ts'
import { wiredWorld } from '../wired-world.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
/** The example of the module's data sheet: card 62E3086CED, checksum 08. */
const framed = ascii('\x0262E3086CED08\x03')
const bare = ascii('62E3086CED08')

function parsed(pieces: readonly Uint8Array[], gapMs = 0): readonly string[] {
  const uids: string[] = []
  let now = 1_000
  const parse = rdm6300Parser(
    () => now,
    (uid) => uids.push(Buffer.from(uid).toString('hex')),
  )
  for (const each of pieces) {
    parse(each)
    now += gapMs
  }
  return uids
}

test('a frame of the data sheet and the twelve digits of an EM-18 are the same card', () => {
  expect(parsed([framed])).toEqual(['62e3086ced'])
  expect(parsed([bare])).toEqual(['62e3086ced'])
  expect(parsed([ascii('62E3086CED08\r\n')])).toEqual(['62e3086ced'])
})

test.each([
  ['a wrong checksum', '\x0262E3086CED09\x03'],
  ['a digit too few', '\x0262E3086CED0\x03'],
  ['a digit too many', '\x0262E3086CED081\x03'],
  ['something that is no digit', '\x0262E3-86CED08\x03'],
  ['no end', '\x0262E3086CED08'],
])('a frame with %s is no card, and the next one is', (_, text) => {
  expect(parsed([ascii(text), framed])).toEqual(['62e3086ced'])
})

test('digits that were torn off before a silence do not count for the next card', () => {
  expect(parsed([ascii('62E3'), bare], 200)).toEqual(['62e3086ced'])
})

test('cards are the same however the bytes are cut', () => {
  const card = fc.uint8Array({ minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(card, { maxLength: 4 }), fc.boolean(), fc.array(fc.nat(), { maxLength: 20 }), (cards, isFramed, cuts) => {
      const text = cards.map((each) => {
        const digits = Buffer.from([...each, each.reduce((sum, byte) => sum ^ byte, 0)]).toString('hex')
        return isFramed ? `\x02${digits}\x03` : digits
      })
      const stream = ascii(text.join(''))
      const at = cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b)
      expect(parsed([0, ...at].map((from, index) => stream.slice(from, at[index])))).toEqual(cards.map((each) => Buffer.from(each).toString('hex')))
    }),
  )
})

test('a card that is held to the reader is presented once', async () => {
  const clock = simulatedClock()
  const { line, wire } = memoryLine()
  const { wiring } = wiredWorld({ clock, serial: { cards: line } })
  const reader = await openRdm6300({ kind: 'rdm6300', bus: 'cards', evse: 1 }, wiring)
  const tokens: string[] = []
  reader.presented.on(({ id }) => tokens.push(id))
  for (let turn = 0; turn < 30; turn++) {
    wire.send(framed)
    await clock.advance(65)
  }
  expect(tokens).toEqual(['62E3086CED'])
  expect(reader.evse).toBe(1)
  reader.close()
  await clock.advance(5_000)
  wire.send(framed)
  expect(tokens.length).toBe(1)
})
