/** Uniform in 0..1. Composition roots hand it in; tests hand in a fixed sequence. */
export const chance = (): number => Math.random()
