import { mulberry32 } from '../bench/fleet/seeded.ts'

/** Chance that can be repeated: the same seed, the same sequence. */
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
  const next = mulberry32(seed)
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
