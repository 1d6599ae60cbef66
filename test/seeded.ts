/** Chance that can be repeated: the same seed, the same sequence (mulberry32). */
export interface Seeded {
  /** Uniform in 0..1. */
  next(): number
  /** Uniform between two bounds. */
  between(least: number, most: number): number
  /** True in `share` of the cases. */
  happens(share: number): boolean
  pick<T>(choices: readonly T[]): T
}

export function seeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (least, most) => least + (most - least) * next(),
    happens: (share) => next() < share,
    pick(choices) {
      if (choices.length === 0) throw new RangeError('nothing to pick from')
      return choices[Math.floor(next() * choices.length)] as (typeof choices)[number]
    },
  }
}
