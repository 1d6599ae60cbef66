import { describe, expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { figuresOf } from '../../src/core/figures.ts'
import { world } from './world.ts'

describe('the list of sessions', () => {
  test('a session is listed while it runs, with what it has drawn, and afterwards with its end and its trace', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.swipe('04A2B3C4')
    await w.clock.advance(minutes(10))
    const [running] = w.core.sessions.page(0, 10)
    expect(running).toMatchObject({ evse: 1, token: '04A2B3C4', endedAt: undefined, reason: undefined })
    expect(running?.energyWh).toBeGreaterThan(100)
    expect(running?.peakW).toBeGreaterThan(1_000)
    await w.swipe('04A2B3C4')
    await w.clock.advance(seconds(30))
    const ended = w.core.sessions.find(running?.id ?? '')
    expect(ended).toMatchObject({ reason: 'local' })
    expect((ended?.endedAt ?? 0) - (ended?.startedAt ?? 0)).toBeGreaterThanOrEqual(600_000)
    expect(ended?.energyWh).toBe((ended?.meterWh ?? 0) - (ended?.meterStartWh ?? 0))
    expect(ended?.trace.length).toBeGreaterThan(55)
    expect(ended?.trace.at(-1)?.energyWh).toBeGreaterThan(100)
    expect(w.core.sessions.count).toBe(1)
  })

  test('what flows in the first seconds is the peak already', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.swipe('04A2B3C4')
    await w.until(() => (figuresOf(w.core.view(1).report.reading).watts ?? 0) > 1_000)
    const [running] = w.core.sessions.page(0, 1)
    expect(w.clock.now().epochMs - (running?.startedAt ?? 0)).toBeLessThan(10_000)
    expect(running?.peakW).toBe(figuresOf(w.core.view(1).report.reading).watts)
  })

  test('a long session has a trace of at most 240 points, from its begin to now', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.swipe('04A2B3C4')
    await w.clock.advance(hours(5))
    const id = w.core.sessions.page(0, 1)[0]?.id ?? ''
    const { trace, startedAt } = w.core.sessions.find(id) ?? { trace: [], startedAt: 0 }
    expect(trace.length).toBeGreaterThan(100)
    expect(trace.length).toBeLessThanOrEqual(240)
    expect((trace[0]?.at ?? 0) - startedAt).toBeLessThan(1_000)
    expect((trace.at(-1)?.at ?? 0) - startedAt).toBeGreaterThan(hours(5) - minutes(5))
  })
})
