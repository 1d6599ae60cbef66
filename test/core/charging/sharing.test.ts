import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Claim, type Sharing, sharesOf, sharing } from '../../../src/core/charging/sharing.ts'

const claim = (evse: number, given: Partial<Claim> = {}): Claim => ({
  ...{ evse, since: evse, most: 32, least: 6, resumesAt: 6.5, price: 1, isIdle: false, isOffered: true, wasOffered: true },
  ...given,
})
const shared = (budget: number, ...claims: readonly Claim[]) => Object.fromEntries(sharesOf(budget, claims))

describe('a maximum for all', () => {
  test('is shared equally, and what one cannot use goes to the others', () => {
    expect(shared(30, claim(1), claim(2))).toEqual({ 1: 15, 2: 15 })
    expect(shared(30, claim(1, { most: 8 }), claim(2))).toEqual({ 1: 8, 2: 22 })
    expect(shared(100, claim(1), claim(2, { most: 16 }))).toEqual({ 1: 32, 2: 16 })
    expect(shared(31, claim(1), claim(2), claim(3))).toEqual({ 1: 10.3, 2: 10.3, 3: 10.3 })
  })
  test('gives nobody less than it can charge with: the first keep theirs, the others pause', () => {
    expect(shared(17, claim(1), claim(2), claim(3))).toEqual({ 1: 8.5, 2: 8.5 })
    expect(shared(11.9, claim(2, { since: 0 }), claim(1))).toEqual({ 2: 11.9 })
    expect(shared(5.9, claim(1), claim(2))).toEqual({})
    // One that cannot charge by itself takes no place.
    expect(shared(6, claim(1, { most: 5 }), claim(2))).toEqual({ 2: 6 })
  })
  test('keeps a car that is full what wakes it, unless another needs that', () => {
    expect(shared(30, claim(1, { isIdle: true }), claim(2))).toEqual({ 1: 6, 2: 24 })
    expect(shared(11, claim(1, { isIdle: true }), claim(2))).toEqual({ 2: 11 })
  })
  test('in watts counts each outlet with its phases', () => {
    expect(shared(11_040, claim(1, { price: 690 }), claim(2, { price: 230 }))).toEqual({ 1: 8, 2: 24 })
  })
})

describe('when shares change', () => {
  const step = (desk: Sharing, budget: number, claims: readonly Claim[], now: number) => {
    const { granted, until } = desk.share(budget, claims, () => 1, now)
    return { ...Object.fromEntries([...granted].filter(([, size]) => size > 0)), until }
  }
  test('a reduction is at once, and what it frees is given only when a car that takes its time has followed', () => {
    const desk = sharing(new Map())
    expect(step(desk, 32, [claim(1)], 0)).toEqual({ 1: 32, until: Number.POSITIVE_INFINITY })
    expect(step(desk, 32, [claim(1), claim(2)], 1_000)).toEqual({ 1: 16, until: 8_000 })
    expect(step(desk, 32, [claim(1), claim(2)], 7_999)).toEqual({ 1: 16, until: 8_000 })
    expect(step(desk, 32, [claim(1), claim(2)], 8_000)).toEqual({ 1: 16, 2: 16, until: Number.POSITIVE_INFINITY })
    // A transaction that ends may draw until its contacts have opened.
    expect(step(desk, 32, [claim(2)], 9_000)).toEqual({ 2: 16, until: 16_000 })
    expect(step(desk, 32, [claim(2)], 16_000)).toEqual({ 2: 32, until: Number.POSITIVE_INFINITY })
  })
  test('what is taken away and given back meanwhile needs no wait', () => {
    const desk = sharing(new Map([[1, 16]]))
    step(desk, 32, [claim(1, { most: 10 }), claim(2, { most: 10 })], 0)
    expect(step(desk, 32, [claim(1, { most: 16 }), claim(2, { most: 16 })], 1)).toEqual({ 1: 16, 2: 16, until: Number.POSITIVE_INFINITY })
  })
  test('a pause ends above what it began below', () => {
    const desk = sharing(new Map())
    const claims = [claim(1), claim(2)]
    step(desk, 12, [claim(1, { wasOffered: false }), claim(2, { wasOffered: false })], 0)
    expect(step(desk, 12, claims, 10_000)).toMatchObject({ 1: 6, 2: 6 })
    expect(step(desk, 11.9, claims, 20_000)).toMatchObject({ 1: 6 })
    expect(step(desk, 12.4, claims, 40_000)).toEqual({ 1: 12.4, until: Number.POSITIVE_INFINITY })
    step(desk, 12.5, claims, 50_000)
    expect(step(desk, 12.5, claims, 60_000)).toMatchObject({ 1: 6, 2: 6.5 })
  })
  test('a pause is over when the car is offered something again, not when it is given something', () => {
    const desk = sharing(new Map())
    step(desk, 12, [claim(1, { wasOffered: false }), claim(2, { wasOffered: false })], 0)
    step(desk, 11, [claim(1), claim(2)], 10_000)
    const waiting = claim(2, { isOffered: false, isIdle: true })
    for (const now of [20_000, 30_000, 40_000]) step(desk, 20, [claim(1), waiting], now)
    expect(step(desk, 20, [claim(1), waiting], 50_000)).toMatchObject({ 1: 13.5, 2: 6.5 })
    expect(step(desk, 20, [claim(1), claim(2, { isIdle: true })], 60_000)).toMatchObject({ 2: 6 })
    // Who has had nothing yet begins with the least.
    const fresh = claim(3, { isOffered: false, wasOffered: false })
    expect(step(desk, 12, [claim(1), fresh], 70_000)).toMatchObject({ 1: 6 })
    expect(step(desk, 12, [claim(1), fresh], 80_000)).toMatchObject({ 1: 6, 3: 6 })
  })

  /** What happens at a moment: a new maximum, or something at one outlet. */
  const events = fc.array(
    fc.record({
      after: fc.oneof(fc.nat(3_000), fc.nat(20_000)),
      budget: fc.option(
        fc.nat(700).map((tenths) => tenths / 10),
        { nil: undefined, freq: 2 },
      ),
      evse: fc.integer({ min: 1, max: 4 }),
      most: fc.constantFrom(0, 5.9, 6, 8, 13.7, 16, 32),
      isRunning: fc.boolean(),
      isIdle: fc.boolean(),
    }),
    { minLength: 5, maxLength: 40 },
  )
  const price = (evse: number) => (evse === 4 ? 3 : 1)
  /** The running claims, with what their cars have been offered so far. */
  const claimsOf = (running: ReadonlyMap<number, Claim>, had: Set<number>) => {
    for (const evse of had) if (!running.has(evse)) had.delete(evse)
    return [...running.values()].map((each) => ({ ...each, wasOffered: had.has(each.evse) }))
  }

  test('cars that take 5 s to follow never draw more than the maximum together, but for those 5 s after it fell', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(5_000), { minLength: 4, maxLength: 4 }), (list, reactions) => {
        const desk = sharing(new Map())
        const running = new Map<number, Claim>()
        /** What each car draws from a moment on, at worst: it follows a raise at once, and a reduction after its time. */
        let changes: { evse: number; size: number; at: number }[] = []
        const drawn = (evse: number, now: number) => {
          const mine = changes.filter((each) => each.evse === evse)
          const since = mine.findLastIndex(({ at }) => at + (reactions[evse - 1] ?? 0) <= now)
          return Math.max(0, ...mine.slice(Math.max(0, since)).map(({ size }) => size))
        }
        const had = new Set<number>()
        let [now, budget, fellAt] = [0, 20, Number.NEGATIVE_INFINITY]
        let due = Number.POSITIVE_INFINITY
        const look = () => {
          const { granted, until } = desk.share(budget, claimsOf(running, had), price, now)
          for (const [evse, size] of granted) {
            changes.push({ evse, size, at: now })
            if (size > 0) had.add(evse)
          }
          due = until
          const offered = [...granted].reduce((sum, [evse, size]) => sum + size * price(evse), 0)
          if (offered > budget + 1e-6) throw new Error(`${offered} A are offered of ${budget} A`)
          for (const [evse, size] of granted) {
            if (size > 0 && size < 6) throw new Error(`EVSE ${evse} is offered ${size} A`)
            if (size > (running.get(evse)?.most ?? 0)) throw new Error(`EVSE ${evse} is offered more than it can use`)
          }
        }
        const check = () => {
          const sum = [1, 2, 3, 4].reduce((so, evse) => so + drawn(evse, now) * price(evse), 0)
          if (now - fellAt > 5_000 && sum > budget + 1e-6) throw new Error(`${sum} A are drawn of ${budget} A at ${now}`)
        }
        for (const event of list) {
          for (const until = now + event.after; now < until; now = Math.min(until, now + 500)) {
            if (now >= due) look()
            check()
          }
          if (event.budget !== undefined) {
            if (event.budget < budget) fellAt = now
            budget = event.budget
          }
          // A transaction keeps the place that its start gave it.
          const since = running.get(event.evse)?.since ?? now
          if (event.isRunning) running.set(event.evse, claim(event.evse, { since, most: event.most, isIdle: event.isIdle, price: price(event.evse) }))
          else running.delete(event.evse)
          look()
          check()
          changes = changes.filter(({ at }) => at > now - 60_000)
        }
      }),
      { numRuns: 500 },
    )
  }, 60_000)
  test('it comes to rest: asked again, nothing changes, and nobody pauses who was given current since', () => {
    fc.assert(
      fc.property(events, (list) => {
        const desk = sharing(new Map())
        const running = new Map<number, Claim>()
        const had = new Set<number>()
        let [now, budget] = [0, 20]
        for (const event of list) {
          now += event.after
          budget = event.budget ?? budget
          if (event.isRunning) running.set(event.evse, claim(event.evse, { most: event.most, isIdle: event.isIdle, price: price(event.evse) }))
          else running.delete(event.evse)
          for (const [evse, size] of desk.share(budget, claimsOf(running, had), price, now).granted) if (size > 0) had.add(evse)
        }
        const given = new Set<number>()
        const rounds = Array.from({ length: 40 }, () => {
          now += 1_000
          const { granted, until } = desk.share(budget, claimsOf(running, had), price, now)
          for (const evse of given) if ((granted.get(evse) ?? 0) === 0) throw new Error(`EVSE ${evse} flaps`)
          for (const [evse, size] of granted)
            if (size > 0) {
              given.add(evse)
              had.add(evse)
            }
          return JSON.stringify([[...granted], until])
        })
        if (new Set(rounds.slice(-4)).size !== 1) throw new Error(`it does not rest: ${rounds.join(' | ')}`)
        if (!rounds.at(-1)?.endsWith('null]')) throw new Error('it still waits')
      }),
      { numRuns: 500 },
    )
  }, 60_000)
})
