import { describe, expect, test } from 'vitest'
import type { Claim } from '../../../src/core/charging/sharing.ts'
import { fuseKeeper } from '../../../src/core/site/fuse.ts'

const claim: Claim = { evse: 1, since: 0, most: 32, least: 6, resumesAt: 6.5, price: 1, isIdle: false, isOffered: true, wasOffered: true }
const settings = { staleAfterS: 5, safeA: 6, raiseAfterS: 10 }

/** A keeper of 25 A with one car, asked second by second. */
function kept(before: number, more: Partial<typeof settings> = {}) {
  let told = before
  const keeper = fuseKeeper(25, { ...settings, ...more }, 0, () => new Map([[1, told]]))
  const asked = (second: number, grid: number | undefined, drawn: number, readAt = second, claims: readonly Claim[] = [claim]) => {
    const flow = grid === undefined ? undefined : { at: readAt * 1_000, amps: [grid, grid, grid], watts: 0 }
    const outlets = [{ evse: 1, drawn: [drawn, drawn, drawn], used: [0, 1, 2], rotation: undefined, isLopsided: false }]
    told = keeper.grants({ now: second * 1_000, flow, outlets, claims, priceOf: () => 1 }).get(1) ?? 0
    return told
  }
  return { keeper, asked }
}

describe('the keeper of a fuse', () => {
  test('a program that has just started keeps to what was offered before, until the first reading, or the safe current', () => {
    const { asked, keeper } = kept(9)
    expect(asked(1, undefined, 9)).toBe(9)
    expect(asked(5, undefined, 9)).toBe(9)
    expect(keeper.isStale).toBe(false)
    expect(asked(6, undefined, 9)).toBe(6)
    expect(keeper.isStale).toBe(true)
  })
  test('a silent meter gives nobody more than before: a car that paused for the house stays paused', () => {
    const { asked } = kept(0)
    expect(asked(0, 25, 0)).toBe(0)
    for (const second of [6, 12, 13, 60, 3_600]) expect(asked(second, 25, 0, 0), `at ${second}`).toBe(0)
    expect(asked(3_601, 15, 0)).toBe(0)
    expect(kept(20, { safeA: 0 }).asked(6, undefined, 20)).toBe(0)
    const more = kept(9, { safeA: 16 })
    expect(more.asked(0, 25, 9)).toBe(9)
    for (const second of [6, 13, 60]) expect(more.asked(second, 25, 9, 0)).toBe(9)
  })
  test('a session that begins while the meter is silent has the safe current, when everybody has followed', () => {
    const { asked } = kept(0)
    expect(asked(0, 20, 0, 0, [])).toBe(0)
    expect(asked(6, 20, 0, 0, [])).toBe(0)
    const late = [{ ...claim, since: 8_000 }]
    expect(asked(8, 20, 0, 0, late)).toBe(0)
    expect(asked(12, 20, 0, 0, late)).toBe(0)
    expect(asked(13, 20, 0, 0, late)).toBe(6)
  })
  test('a reading that lacks a phase changes nothing, and many of them are silence from the last whole one on', () => {
    const { asked, keeper } = kept(20)
    expect(asked(60, 15, 20)).toBe(20)
    expect(asked(61, undefined, 20)).toBe(20)
    expect(asked(62, 26, 20)).toBe(19)
    expect(asked(67, undefined, 20)).toBe(19)
    expect(keeper.isStale).toBe(false)
    expect(asked(68, undefined, 20)).toBe(6)
    // It was there when a whole reading came last: no new session.
    expect(kept(0).asked(60, undefined, 0)).toBe(0)
  })
  test('a fuse that stays over its limit for 10 s although the car was told is relieved of it for a minute', () => {
    const { asked, keeper } = kept(20)
    expect(asked(0, 25, 20)).toBe(20)
    // It does not follow, whatever it is told, and no meter of its own tells.
    for (let second = 1; second < 11; second++) expect(asked(second, 30, 20)).toBe(15)
    expect(asked(11, 30, 20)).toBe(0)
    expect(keeper.isRelieved).toBe(true)
    expect(asked(20, 10, 0)).toBe(0)
    expect(asked(70, 10, 0)).toBe(0)
    expect(asked(71, 10, 0)).toBe(0)
    expect(keeper.isRelieved).toBe(false)
    expect(asked(80, 10, 0)).toBe(0)
    expect(asked(81, 10, 0)).toBe(15)
  })
  test('a house that is over the limit by itself is no reason', () => {
    const { asked, keeper } = kept(0)
    for (let second = 0; second < 30; second++) expect(asked(second, 40, 0)).toBe(0)
    expect(keeper.isRelieved).toBe(false)
    expect(asked(30, 40, 0, 30, [])).toBe(0)
  })
})
