import { expect, test } from 'vitest'
import { openMfrc522 } from '../../../hal/readers/mfrc522.ts'
import { crcA } from '../../../hal/readers/picc.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { wiredWorld } from '../wired-world.ts'
import { type CardModel, crcOf, type Mfrc522Fault, mfrc522Model } from './mfrc522-model.ts'

const card4: CardModel = { uid: Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4) }
const card7: CardModel = { uid: Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0x80) }
const card10: CardModel = { uid: Uint8Array.of(0x04, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0x80, 0x01, 0x02, 0xff) }

async function reader() {
  const clock = simulatedClock()
  const chip = mfrc522Model(clock)
  const world = wiredWorld({ clock, i2c: { i2c: chip.bus } })
  const opened = await openMfrc522({ kind: 'mfrc522', bus: 'i2c' }, world.wiring)
  const tokens: string[] = []
  opened.presented.on(({ id }) => tokens.push(id))
  return { ...world, clock, chip, tokens, opened }
}

test('CRC_A is that of the standard', () => {
  // ISO/IEC 14443-3 Annex B: 00 00 gives A0 1E, 12 34 gives 26 CF.
  expect(crcA([0x00, 0x00])).toEqual([0xa0, 0x1e])
  expect(crcA([0x12, 0x34])).toEqual([0x26, 0xcf])
  expect(crcOf([0x12, 0x34])).toEqual([0x26, 0xcf])
})

test.each([
  [card4, '04A2B3C4'],
  [card7, '04A2B3C4D5E680'],
  [card10, '04A2B3C4D5E6800102FF'],
])('a card is read through its cascade levels and halted: %#', async (card, id) => {
  const r = await reader()
  r.chip.present(card)
  await r.clock.advance(1_000)
  expect(r.tokens).toEqual([id])
  expect(r.chip.sent).toContainEqual([0x50, 0x00, 0x57, 0xcd])
})

test('a card that lies there is presented once, though it was halted; and again when it comes back', async () => {
  const r = await reader()
  r.chip.present(card4)
  await r.clock.advance(10_000)
  expect(r.tokens.length).toBe(1)
  // It was seen all the time: slipped off and put back it is the same presentation.
  r.chip.present()
  await r.clock.advance(500)
  r.chip.present(card4)
  await r.clock.advance(1_000)
  expect(r.tokens.length).toBe(1)
  r.chip.present()
  await r.clock.advance(3_000)
  r.chip.present(card4)
  await r.clock.advance(1_000)
  expect(r.tokens.length).toBe(2)
})

test.each([
  ['a wrong check byte', [{ ...card4, hasBadBcc: true }]],
  ['a wrong CRC', [{ ...card4, hasBadCrc: true }]],
  ['another card on top', [card4, card7]],
])('a card with %s is no card, and no fault of the reader', async (_, cards) => {
  const r = await reader()
  r.chip.present(...cards)
  await r.clock.advance(5_000)
  expect(r.tokens).toEqual([])
  expect(r.healths).toEqual([])
})

test.each<[Mfrc522Fault]>([['absent'], ['stuck'], ['no chip'], ['hangs'], ['bus hangs']])(
  '%s: it says so once, tries on, and reads again when that ends',
  async (fault) => {
    const r = await reader()
    await r.clock.advance(1_000)
    r.chip.fail(fault)
    // What is only seen while it is set up.
    if (fault === 'no chip') r.chip.reset()
    await r.clock.advance(30_000)
    expect(r.healths.filter(([, problem]) => problem !== undefined).length).toBeGreaterThan(0)
    expect(r.healths.length).toBeLessThan(3)
    r.chip.fail(undefined)
    r.chip.present(card4)
    await r.clock.advance(5_000)
    expect(r.healths.at(-1)?.[1]).toBeUndefined()
    expect(r.tokens).toEqual(['04A2B3C4'])
  },
)

test('one that lost its settings is set up again', async () => {
  const r = await reader()
  await r.clock.advance(1_000)
  r.chip.reset()
  await r.clock.advance(1_000)
  r.chip.present(card4)
  await r.clock.advance(1_000)
  expect(r.tokens).toEqual(['04A2B3C4'])
})
