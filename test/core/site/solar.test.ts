import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SiteMode } from '../../../src/core/site/settings.ts'
import { type SolarClaim, solarDesk } from '../../../src/core/site/solar.ts'
import { usualSolar } from '../../stories/site-world.ts'

/** A car of three phases: 690 W for 1 A. */
const claim = (evse: number, more: Partial<SolarClaim> = {}): SolarClaim => ({
  ...{ evse, since: evse, most: 16, least: 6, resumesAt: 6.5, price: 690, isIdle: false, isOffered: false, wasOffered: false, session: `s${evse}` },
  ...more,
})
const settings = { ...usualSolar, reserveW: 0 }

/** A desk that is asked each second. */
function asked(more: Partial<typeof settings> & { readonly startW?: number; readonly stopW?: number } = {}) {
  const desk = solarDesk({ ...settings, ...more })
  let now = 0
  return (surplus: number, lastsS: number, claims: readonly SolarClaim[] = [claim(1)], mode: SiteMode = 'solar') => {
    let granted: readonly (number | undefined)[] = []
    for (let second = 0; second < lastsS; second++, now += 1_000) granted = claims.map(({ evse }) => desk.share(surplus, claims, mode, now).get(evse))
    return granted
  }
}

describe('one car follows the sun', () => {
  test.each([
    ['what 6.5 A take begins, after a minute', {}, 4_500, 61, 6.5],
    ['not before', {}, 4_500, 60, 0],
    ['less does not', {}, 4_400, 600, 0],
    ['startW says how much is enough, and 6 A are taken of less', { startW: 2_000 }, 2_100, 61, 6],
    ['what stays exported is not given away', { reserveW: 690 }, 5_520, 61, 7],
    ['no more than it can take', {}, 30_000, 61, 16],
  ] as const)('%s', (_words, more, surplus, lasts, amps) => expect(asked(more)(surplus, lasts)).toEqual([amps]))

  test('too little for 3 minutes ends it, after 5 minutes at least, and a pause lasts 5 minutes', () => {
    const at = asked()
    expect(at(6_900, 61)).toEqual([10])
    expect(at(2_000, 299)).toEqual([6])
    expect(at(2_000, 1)).toEqual([0])
    expect(at(6_900, 299)).toEqual([0])
    expect(at(6_900, 2)).toEqual([10])
    expect(at(6_900, 400)).toEqual([10])
    expect(at(2_000, 180)).toEqual([6])
    expect(at(2_000, 1)).toEqual([0])
  })
  test('stopW says what is too little', () => {
    const at = asked({ startW: 4_000, stopW: 1_000 })
    at(5_000, 400)
    expect(at(1_100, 1_000)).toEqual([6])
    expect(at(900, 181)).toEqual([0])
  })
  test('another session begins anew', () => {
    const at = asked()
    at(6_900, 100)
    expect(at(6_900, 60, [claim(1, { session: 'next' })])).toEqual([0])
    expect(at(6_900, 1, [claim(1, { session: 'next' })])).toEqual([10])
  })
  test('what charges already goes on', () => expect(asked()(6_900, 1, [claim(1, { isOffered: true, wasOffered: true })])).toEqual([10]))
  test('small steps are not told', () => {
    const at = asked()
    at(6_900, 100)
    expect(at(7_100, 10)).toEqual([10])
    expect(at(7_300, 10)).toEqual([10.5])
  })
  test('min+solar: 6 A whatever the sun does', () => {
    expect(asked()(0, 1, [claim(1)], 'min+solar')).toEqual([6])
    expect(asked()(6_900, 1, [claim(1)], 'min+solar')).toEqual([10])
  })
  test('a car that can take less than 6 A by another limit takes nothing', () => expect(asked()(9_000, 100, [claim(1, { most: 5 })])).toEqual([0]))
})

test('two cars share it; where it is enough for one, the first has it', () => {
  const both = [claim(1), claim(2)]
  expect(asked()(13_800, 100, both)).toEqual([10, 10])
  expect(asked()(6_900, 100, both)).toEqual([10, 0])
})

test('whatever the sun does, no car is switched before its time', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -2_000, max: 12_000 }), fc.integer({ min: 1, max: 400 })), { minLength: 1, maxLength: 20 }), (course) => {
      const desk = solarDesk(settings)
      let now = 0
      let was = false
      let switchedAt = Number.NEGATIVE_INFINITY
      for (const [surplus, lasts] of course)
        for (let second = 0; second < lasts; second += 5, now += 5_000) {
          const amps = desk.share(surplus, [claim(1)], 'solar', now).get(1) ?? 0
          expect(amps === 0 || amps >= 6).toBe(true)
          if (amps > 0 === was) continue
          expect(now - switchedAt).toBeGreaterThanOrEqual(300_000)
          was = amps > 0
          switchedAt = now
        }
    }),
    { numRuns: 200, seed: 3 },
  )
})
