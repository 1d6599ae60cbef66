import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Claim } from '../../../src/core/charging/sharing.ts'
import { railSharing, railsOf, steadied, type Wired } from '../../../src/core/site/rails.ts'

const wired = (evse: number, drawn: readonly number[], more: Partial<Wired> = {}): Wired => ({
  ...{ evse, drawn, used: drawn.map((_, line) => line), rotation: undefined, isLopsided: false },
  ...more,
})
const claim = (evse: number, more: Partial<Claim> = {}): Claim => ({
  ...{ evse, since: evse, most: 32, least: 6, resumesAt: 6.5, price: 1, isIdle: false, isOffered: true, wasOffered: true },
  ...more,
})
const one = () => 1

describe('what a fuse leaves to the cars', () => {
  test('fuse - (grid - cars), phase by phase', () => {
    const rails = railsOf(25, { amps: [20, 18, -3] }, [wired(1, [10, 10, 10], { rotation: 'RST' })])
    expect(rails.map(({ name, amps }) => [name, amps])).toEqual([
      ['L1', 15],
      ['L2', 17],
      ['L3', 38],
    ])
  })
  test('a rotation says which phase a conductor lies on', () => {
    const rails = railsOf(25, { amps: [20, 18, 3] }, [wired(1, [10, 0, 0], { rotation: 'STR', used: [0] })])
    expect(rails.map(({ amps, evses }) => [amps, evses])).toEqual([
      [5, []],
      [17, [1]],
      [22, []],
    ])
  })
  test('a car that takes the same of three phases needs no rotation', () => {
    expect(railsOf(25, { amps: [20, 18, 3] }, [wired(1, [8, 8, 8])]).map(({ name }) => name)).toEqual(['L1', 'L2', 'L3'])
  })
  test.each([
    ['one phase', wired(1, [10])],
    ['a lopsided car', wired(1, [10, 0, 0], { isLopsided: true })],
  ])('%s without a rotation: the phase that carries most counts', (_words, outlet) => {
    const [rail, ...others] = railsOf(25, { amps: [20, 27, 3] }, [outlet])
    expect(others).toEqual([])
    expect(rail).toMatchObject({ name: 'worst', amps: 8, evses: [1], over: { amps: 2 } })
  })
  test('a house with one phase', () => {
    expect(railsOf(40, { amps: [30] }, [wired(1, [10]), wired(2, [5])])).toMatchObject([{ name: 'L1', amps: 25, evses: [1, 2] }])
  })
  test('never less than nothing', () => expect(railsOf(25, { amps: [60, 60, 60] }, [wired(1, [1, 1, 1])]).map(({ amps }) => amps)).toEqual([0, 0, 0]))
})

test('less is believed at once, more when it has lasted, and is worth a change', () => {
  const believe = steadied(10_000)
  const course: readonly (readonly [number, number, number])[] = [
    [0, 10, 10],
    [1_000, 8, 8],
    [2_000, 15, 8],
    [10_000, 14, 8],
    [11_900, 16, 8],
    [12_000, 16, 14],
    [14_000, 14.5, 14],
    [30_000, 14.9, 14],
    [31_000, 3, 3],
  ]
  for (const [at, amps, believed] of course) expect(believe(amps, at), `at ${at}`).toBe(believed)
})

test('a rail that begins, after a silence or by another way of counting, gives no more than there was until it has lasted', () => {
  const sharing = railSharing(10_000, () => new Map([[1, 8]]))
  const at = (now: number, amps: number) => sharing.share([{ name: 'L1', amps, evses: [1] }], [claim(1)], one, now).get(1)
  expect([at(0, 20), at(9_900, 20), at(10_000, 20)]).toEqual([8, 8, 20])
  const less = railSharing(10_000, () => new Map([[1, 20]]))
  expect(less.share([{ name: 'L1', amps: 7, evses: [1] }], [claim(1)], one, 0).get(1)).toBe(7)
})

describe('sharing on several phases', () => {
  test('what a car cannot use on one phase is left to the others on the rest', () => {
    const sharing = railSharing(0, () => new Map())
    const rails = [
      { name: 'L1', amps: 8, evses: [1] },
      { name: 'L2', amps: 30, evses: [1, 2] },
    ] as const
    const granted = sharing.share(rails, [claim(1, { wasOffered: false }), claim(2, { wasOffered: false })], one, 0)
    expect([...granted]).toEqual([
      [1, 8],
      [2, 22],
    ])
  })
  test('of a car on several phases the least counts, and nothing is given before it is surely drawn no more', () => {
    const sharing = railSharing(0, () => new Map())
    const share = (claims: readonly Claim[], now: number) =>
      sharing.share(
        [
          { name: 'L1', amps: 20, evses: [1, 2] },
          { name: 'L2', amps: 30, evses: [1] },
        ],
        claims,
        one,
        now,
      )
    expect(share([claim(2)], 0).get(2)).toBe(20)
    expect([...share([claim(1, { wasOffered: false }), claim(2)], 1_000)]).toEqual([
      [1, 0],
      [2, 10],
    ])
    expect([...share([claim(1, { wasOffered: false }), claim(2)], 7_900)]).toEqual([
      [1, 0],
      [2, 10],
    ])
    expect([...share([claim(1, { wasOffered: false }), claim(2)], 8_000)]).toEqual([
      [1, 10],
      [2, 10],
    ])
  })
  test('where a phase carries too much and nobody knows whose it is, each car gives back all of it, once', () => {
    const sharing = railSharing(
      0,
      () =>
        new Map([
          [1, 14],
          [2, 14],
        ]),
    )
    const outlets = [wired(1, [14]), wired(2, [14])]
    const share = (grid: readonly number[], cars: readonly Wired[], now: number) => [
      ...sharing.share(railsOf(25, { amps: grid }, cars), [claim(1), claim(2)], one, now).values(),
    ]
    expect(share([25, 20, 0], outlets, 0)).toEqual([14, 14])
    expect(share([30, 20, 0], outlets, 1_000)).toEqual([9, 9])
    // One has followed already, the other not yet.
    expect(share([30, 15, 0], [wired(1, [14]), wired(2, [9])], 4_000)).toEqual([9, 9])
    expect(share([33, 15, 0], [wired(1, [14]), wired(2, [9])], 5_000)).toEqual([6, 6])
    // On another phase, and meanwhile.
    expect(share([20, 33.5, 0], [wired(1, [9]), wired(2, [9])], 6_000)).toEqual([0, 0])
  })
  test('at every moment and for cars of any reaction up to 5 s no phase is given more than it has', () => {
    const rotations = ['RST', 'RTS', 'TRS'] as const
    const step = fc.record({
      house: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 }),
      wants: fc.array(fc.integer({ min: 0, max: 32 }), { minLength: 3, maxLength: 3 }),
      lasts: fc.integer({ min: 1, max: 20 }),
    })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 }),
        (steps, reactions) => {
          const fuse = 32
          const sharing = railSharing(10_000, () => new Map())
          /** What each car was told, second by second; it draws what it was told `reaction` s ago. */
          const told: number[][] = [[], [], []]
          let since = 0
          let now = 0
          for (const { house, wants, lasts } of steps) {
            since = now
            for (let second = 0; second < lasts; second++, now++) {
              const drawn = told.map((all, at) => Math.min(all.at(-1 - (reactions[at] ?? 0)) ?? 0, (wants[at] ?? 0) < 6 ? 0 : (wants[at] ?? 0)))
              const grid = house.map((amps, phase) => amps + drawn.reduce((sum, each, at) => sum + (phaseOf(at) === phase ? each : 0), 0))
              if (now - since > 6) for (const amps of grid) expect(amps).toBeLessThanOrEqual(fuse + 1e-6)
              const outlets = drawn.map((amps, at) => wired(at + 1, [amps, 0, 0], { rotation: rotations[at], used: [0] }))
              const claims = wants.flatMap((most, at) => (most < 6 ? [] : [claim(at + 1, { most, isOffered: (told[at]?.at(-1) ?? 0) > 0 })]))
              const granted = sharing.share(railsOf(fuse, { amps: grid }, outlets), claims, one, now * 1_000)
              for (const [at, all] of told.entries()) all.push(granted.get(at + 1) ?? 0)
            }
          }
          /** The first two cars share a phase. */
          function phaseOf(at: number): number {
            return 'RST'.indexOf((rotations[at] ?? 'RST')[0] ?? 'R')
          }
        },
      ),
      { numRuns: 300, seed: 5 },
    )
  })
})
