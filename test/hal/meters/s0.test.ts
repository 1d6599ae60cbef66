import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Edge } from '../../../hal/bus/gpio.ts'
import { openS0, pulses } from '../../../hal/meters/s0.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { signal } from '../../../src/base/signal.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { fakeWiring } from '../fakes.ts'

const heard = (debounce: number, edges: readonly (readonly [at: number, isActive: boolean])[]) => {
  const found = pulses(debounce)
  return edges.map(([at, isActive]) => found.heard({ at, isActive })).filter((at) => at !== undefined)
}

describe('pulses', () => {
  test('one for each time the contact closes, from when it closed', () => {
    const edges = [
      [100, true],
      [130, false],
      [500, true],
      [530, false],
    ] as const
    expect(heard(5, edges)).toEqual([100, 500])
  })
  test('bounces on the way in and on the way out are none', () => {
    const edges = [
      [0, true],
      [1, false],
      [2, true],
      [32, false],
      [33, true],
      [34, false],
      [200, true],
      [230, false],
    ] as const
    expect(heard(5, edges)).toEqual([2, 200])
  })
  test('what is shorter than the debounce is noise', () => {
    expect(
      heard(5, [
        [0, true],
        [4.9, false],
        [100, true],
        [104, false],
      ]),
    ).toEqual([])
    expect(
      heard(5, [
        [0, true],
        [5, false],
      ]),
    ).toEqual([0])
  })
  test('a contact that is closed at first counts when it closes again', () => {
    expect(
      heard(5, [
        [0, false],
        [100, true],
        [130, false],
      ]),
    ).toEqual([100])
  })
  test('any number of pulses with any bounces is counted right', () => {
    const bounce = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fc.tuple(bounce, bounce), { maxLength: 30 }), (each) => {
        let at = 0
        const edges: [number, boolean][] = []
        const settle = (to: boolean, gaps: readonly number[]) => {
          edges.push([at, to])
          for (const gap of gaps) {
            edges.push([at + gap, !to], [at + gap + 1, to])
            at += gap + 1
          }
        }
        for (const [rise, fall] of each) {
          settle(true, rise)
          at += 30
          settle(false, fall)
          at += 60
        }
        expect(heard(5, edges)).toHaveLength(each.length)
      }),
    )
  })
})

async function meter(startWh = 1_000, pulsesPerKwh = 1_000) {
  const clock = simulatedClock()
  const edges = signal<Edge>()
  let isClosed = false
  const saved: [number, number][] = []
  const close = () => {
    isClosed = true
  }
  const wiring = { ...fakeWiring(clock), group: async () => ({ edges, close }) }
  const register = { load: () => startWh, save: (wh: number) => void saved.push([clock.monotonic(), wh]) }
  const s0 = await openS0({ kind: 's0', input: { header: 17, activeLow: true, pull: 'up' }, pulsesPerKwh }, wiring, register)
  /** A pulse of 30 ms. */
  const pulse = async () => {
    edges.emit({ isActive: true, at: clock.monotonic(), line: 0 })
    await clock.advance(30)
    edges.emit({ isActive: false, at: clock.monotonic(), line: 0 })
  }
  return { clock, s0, saved, pulse, isClosed: () => isClosed }
}

describe('the meter', () => {
  test('counts on from its register and knows no power before two pulses', async () => {
    const { clock, s0, pulse } = await meter(1_000, 800)
    expect(s0.newest).toEqual({ at: 0, importWh: 1_000, phases: [] })
    await pulse()
    expect(s0.newest).toEqual({ at: 30, importWh: 1_001.25, phases: [] })
    await clock.advance(970)
    await pulse()
    // 1.25 Wh in 1 s.
    expect(s0.newest).toEqual({ at: 1_030, importWh: 1_002.5, powerW: 4_500, phases: [] })
  })

  test('power falls while the next pulse is late, and is 0 after twice the interval', async () => {
    const { clock, s0, pulse } = await meter()
    await pulse()
    await clock.advance(970)
    await pulse()
    await clock.advance(970)
    expect(s0.newest?.powerW).toBe(3_600)
    await clock.advance(500)
    expect(s0.newest?.powerW).toBe(2_400)
    await clock.advance(500)
    expect(s0.newest?.powerW).toBe(1_800)
    await clock.advance(1)
    expect(s0.newest?.powerW).toBe(0)
    await pulse()
    expect(s0.newest?.powerW).toBeCloseTo(3_600_000 / 2_001)
  })

  test('the register is saved at most each minute, and at the end', async () => {
    const { clock, s0, saved, pulse, isClosed } = await meter(0)
    for (let i = 0; i < 100; i++) {
      await pulse()
      await clock.advance(970)
    }
    expect(saved).toEqual([[60_030, 60]])
    s0.close()
    expect([saved.at(-1)?.[1], saved.length, isClosed()]).toEqual([100, 2, true])
    await clock.advance(200_000)
    expect(saved).toHaveLength(2)
  })

  test('no pulse, no write', async () => {
    const { clock, s0, saved } = await meter()
    await clock.advance(200_000)
    s0.close()
    expect(saved).toEqual([])
  })

  test('is refused where groups are', async () => {
    const wiring = { ...fakeWiring(simulatedClock()), group: () => Promise.reject(new DeviceError('GPIO17', 'refused')) }
    const opening = openS0({ kind: 's0', input: { header: 17 }, pulsesPerKwh: 1_000 }, wiring, { load: () => 0, save() {} })
    await expect(opening).rejects.toThrow('GPIO17: refused')
  })
})
