import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberAt, scaled, textOf, widths } from '../../../hal/meters/decode.ts'
import { type Kind, type Order, wordsOf } from './image.ts'

const orders = { high: 'high-first', low: 'low-first' } as const
const decoded = (kind: Kind, words: readonly number[], order: Order) => numberAt(Uint16Array.from(words), 0, kind, orders[order])

/** Everything but the extremes of each type, which mean "not available". */
const values: Readonly<Record<Kind, fc.Arbitrary<number | bigint>>> = {
  u16: fc.integer({ min: 0, max: 0xfffe }),
  s16: fc.integer({ min: -0x7fff, max: 0x7ffe }),
  u32: fc.integer({ min: 0, max: 0xffff_fffe }),
  s32: fc.integer({ min: -0x7fff_ffff, max: 0x7fff_fffe }),
  u64: fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) }),
  s64: fc.bigInt({ min: -BigInt(Number.MAX_SAFE_INTEGER), max: BigInt(Number.MAX_SAFE_INTEGER) }),
  f32: fc.float({ noNaN: true, noDefaultInfinity: true }).filter((each) => each === 0 || Math.abs(each) >= 2 ** -126),
}

test.each(Object.keys(values) as Kind[])('%s is read as it was written, whichever word comes first and wherever it stands', (kind) => {
  fc.assert(
    fc.property(values[kind], fc.constantFrom<Order>('high', 'low'), fc.integer({ min: 0, max: 3 }), (value, order, before) => {
      const words = [...Array<number>(before).fill(0xabcd), ...wordsOf(kind, value, order)]
      const read = numberAt(Uint16Array.from(words), before, kind, orders[order]) ?? Number.NaN
      // -0 and 0 are one number.
      expect(read + 0).toBe(Number(value) + 0)
    }),
  )
})

test('a number with its words swapped is another number, or none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fff_0000 }), (value) => {
      fc.pre(value >>> 16 !== (value & 0xffff))
      expect(decoded('u32', wordsOf('u32', value, 'high'), 'low')).not.toBe(value)
    }),
  )
  // 230.2 V the wrong way round is a denormal: no quantity.
  expect(decoded('f32', [0x0034, 0x4366].reverse(), 'high')).toBeCloseTo(230, 0)
  expect(decoded('f32', [0x0034, 0x4366], 'high')).toBe(undefined)
})

test.each<[Kind, readonly number[]]>([
  ['u16', [0xffff]],
  ['s16', [0x7fff]],
  ['s16', [0x8000]],
  ['u32', [0xffff, 0xffff]],
  ['s32', [0x7fff, 0xffff]],
  ['s32', [0x8000, 0]],
  ['u64', [0xffff, 0xffff, 0xffff, 0xffff]],
  ['s64', [0x7fff, 0xffff, 0xffff, 0xffff]],
  ['s64', [0x8000, 0, 0, 0]],
  ['f32', [0x7fc0, 0]],
  ['f32', [0xffff, 0xffff]],
  ['f32', [0x7f80, 0]],
  ['f32', [0xff80, 0]],
  ['f32', [0x0000, 0x0001]],
])('%s %j is not available', (kind, words) => {
  expect(decoded(kind, words, 'high')).toBe(undefined)
  expect(decoded(kind, [...words].reverse(), 'low')).toBe(undefined)
})

test('what a reply does not reach is not available', () => {
  for (const kind of Object.keys(widths) as Kind[]) {
    expect(numberAt(new Uint16Array(widths[kind]), 1, kind, 'high-first')).toBe(undefined)
    expect(numberAt(new Uint16Array(widths[kind]), -1, kind, 'high-first')).toBe(undefined)
  }
})

test('tenths come out as they are printed', () => {
  expect(scaled(2301, 0.1)).toBe(230.1)
  expect(scaled(16_123, 0.001)).toBe(16.123)
  expect(scaled(4_999, 0.01)).toBe(49.99)
  expect(scaled(7, 0.7)).toBeCloseTo(4.9)
  expect(scaled(12.5, 1000)).toBe(12_500)
})

test('text ends where its printable characters end', () => {
  expect(textOf(Uint16Array.of(0x4259, 0x3132, 0x3300, 0))).toBe('BY123')
  expect(textOf(Uint16Array.of(0, 0xffff))).toBe(undefined)
})
