import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plausibleSinceMs } from '../../src/base/clock.ts'
import { type BootSpan, layOut } from '../../src/core/boots.ts'

const start = Date.UTC(2026, 0, 1)

/** Boots as they really were: how long each lasted, how long the power was off before it, and whether it knew the time. */
const history = fc.array(fc.record({ offMs: fc.nat(500_000_000), lastMs: fc.nat(500_000_000), isKnown: fc.boolean() }), { minLength: 1, maxLength: 12 })

test('whatever boots knew the time: in order, none before a known fact, none later than the next boot that knows it, and late by no more than the power was off', () => {
  fc.assert(
    fc.property(history, (boots) => {
      let at = start
      const real = boots.map(({ offMs, lastMs }) => {
        const origin = at + offMs
        at = origin + lastMs
        return origin
      })
      const spans = boots.map(({ lastMs, isKnown }, n): BootSpan => ({ boot: `${n}`, lastMs, originMs: isKnown ? real[n] : undefined, isSure: isKnown }))
      const laid = [...layOut(spans).values()]
      for (const [n, { lastMs, isKnown }] of boots.entries()) {
        const origin = laid[n] ?? Number.NaN
        if (isKnown) expect(origin).toBe(real[n])
        expect(origin).toBeGreaterThanOrEqual(plausibleSinceMs)
        if (n + 1 < boots.length) expect(origin + lastMs).toBeLessThanOrEqual(laid[n + 1] ?? 0)
        if (boots.slice(n).some((each) => each.isKnown)) {
          const next = boots.findIndex((each, where) => where >= n && each.isKnown)
          const off = boots.slice(n + 1, next + 1).reduce((sum, { offMs }) => sum + offMs, 0)
          expect(origin - (real[n] ?? 0)).toBeGreaterThanOrEqual(0)
          expect(origin - (real[n] ?? 0)).toBeLessThanOrEqual(off)
        }
      }
    }),
  )
})
