/** Chance that comes out the same each time for the same seed: uniform in 0..1. Each name has a sequence of its own, so that one station
 *  more changes nothing for the others. Mulberry32 over an FNV-1a hash: no cryptography. */
export function seeded(seed: number, name: string | number = ''): () => number {
  let state = 0x81_1c_9d_c5
  for (const character of `${seed}/${name}`) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93)
  return mulberry32(state)
}

/** Uniform in 0..1. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Between two bounds. */
export const between = (chance: () => number, [least, most]: readonly number[]): number => (least ?? 0) + chance() * ((most ?? 0) - (least ?? 0))

/** One of several, each as often as its share says; the shares need not add up to 1. @throws RangeError when there is none */
export function drawn<T extends { readonly share?: number }>(chance: () => number, items: readonly T[]): T {
  const whole = items.reduce((sum, { share = 1 }) => sum + share, 0)
  let rest = chance() * whole
  for (const item of items) {
    rest -= item.share ?? 1
    if (rest < 0) return item
  }
  const last = items.at(-1)
  if (last === undefined) throw new RangeError('nothing to draw from')
  return last
}
