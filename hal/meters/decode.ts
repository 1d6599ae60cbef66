import type { MeterTable, NumberType } from '../spec/meter-table.ts'

/** Registers a number takes. */
export const widths = { u16: 1, s16: 1, u32: 2, s32: 2, f32: 2, u64: 4, s64: 4 } as const satisfies Record<NumberType, number>

/** The smallest normal number of 32 bits. No meter means anything smaller but zero: it is what numbers look like whose words are swapped. */
const smallestFloat = 2 ** -126

/** Meters say "not available" with the largest number of a type (ABB, Carlo Gavazzi) or the smallest (Schneider). No quantity reaches them. */
const readers: Readonly<Record<NumberType, (view: DataView) => number | undefined>> = {
  u16: (view) => unless(view.getUint16(0), [0xffff]),
  s16: (view) => unless(view.getInt16(0), [0x7fff, -0x8000]),
  u32: (view) => unless(view.getUint32(0), [0xffff_ffff]),
  s32: (view) => unless(view.getInt32(0), [0x7fff_ffff, -0x8000_0000]),
  u64: (view) => numberOf(unless(view.getBigUint64(0), [0xffff_ffff_ffff_ffffn])),
  s64: (view) => numberOf(unless(view.getBigInt64(0), [0x7fff_ffff_ffff_ffffn, -0x8000_0000_0000_0000n])),
  f32(view) {
    const value = view.getFloat32(0)
    return Number.isFinite(value) && (value === 0 || Math.abs(value) >= smallestFloat) ? value : undefined
  },
}

function unless<const N extends number | bigint>(value: N, extremes: readonly N[]): N | undefined {
  return extremes.includes(value) ? undefined : value
}

function numberOf(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}

/** The raw number whose first register is `registers[at]`; undefined where it is "not available", not a number, or not there. */
export function numberAt(registers: Uint16Array, at: number, type: NumberType, order: MeterTable['wordOrder']): number | undefined {
  const width = widths[type]
  if (at < 0 || at + width > registers.length) return undefined
  const view = new DataView(new ArrayBuffer(8))
  for (let word = 0; word < width; word++) view.setUint16(2 * (order === 'high-first' ? word : width - 1 - word), registers[at + word] ?? 0)
  return readers[type](view)
}

/** A decimal scale is divided by, which rounds right: 2301 x 0.1 would be 230.10000000000002. */
export function scaled(raw: number, scale: number): number {
  const divisor = Math.round(1 / scale)
  return scale < 1 && 1 / divisor === scale ? raw / divisor : raw * scale
}

/** ASCII, two characters to a register, the first in the high byte; undefined when nothing printable is there. */
export function textOf(registers: Uint16Array): string | undefined {
  const text = Array.from(registers, (each) => String.fromCharCode(each >> 8, each & 0xff)).join('')
  return text.replace(/[^\x21-\x7e]/g, '') || undefined
}
