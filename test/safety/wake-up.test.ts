import { describe, expect, test } from 'vitest'
import type { EvSettings } from '../../hal/simulated/ev.ts'
import type { SafetySettings } from '../../hal/types.ts'
import { outlet } from './outlet.ts'

/** Rule 18. */
async function asleep(wakeUp: SafetySettings['wakeUp'] | undefined, sleeps: EvSettings['sleeps'], has: readonly 'pilotBreak'[] = []) {
  const o = outlet({ evse: { has }, ...(wakeUp === undefined ? {} : { safety: { wakeUp } }) })
  const pilotBreak = o.world.board.evses[0]?.controller.pilotBreak
  o.plant.setEv({ sleeps, batteryWh: 1e9 })
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(16)
  await o.until(() => o.report.isOffering, 100)
  /** Beginnings of F, and of the open wire, seen each 20 ms. */
  const cycles: { at: number; by: string }[] = []
  let before = ''
  const offeredAt = o.clock.monotonic()
  o.clock.every('look', 20, () => {
    const now = o.plant.drive.kind === 'fault' ? 'fault' : pilotBreak?.isOn === true ? 'disconnect' : ''
    if (now !== before && now !== '') cycles.push({ at: o.clock.monotonic() - offeredAt, by: now })
    before = now
  })
  return { o, cycles, pilotBreak }
}

describe('an EV that sleeps through 30 s of PWM', () => {
  test.each([
    [undefined, [], 'fault'],
    ['fault', ['pilotBreak'], 'fault'],
    ['disconnect', ['pilotBreak'], 'disconnect'],
    ['disconnect', [], 'fault'],
  ] as const)('is woken where the board says %s and has %j: by %s for 4 s, then X1, then PWM', async (wakeUp, has, by) => {
    const { o, cycles, pilotBreak } = await asleep(wakeUp, 'lightly', has)
    const from = o.reports.length
    await o.until(() => cycles.length > 0, 31_000)
    expect(cycles[0]?.by).toBe(by)
    expect(cycles[0]?.at).toBeGreaterThanOrEqual(29_900)
    const rest = () => (by === 'fault' ? o.plant.drive.kind !== 'fault' : pilotBreak?.isOn === false)
    const lasted = await o.until(rest, 4_500)
    expect(lasted).toBeGreaterThanOrEqual(3_900)
    expect(lasted).toBeLessThanOrEqual(4_020)
    expect(o.plant.drive.kind).toBe('steady')
    expect(await o.until(() => o.plant.drive.kind === 'pwm', 1_100)).toBeGreaterThanOrEqual(950)
    await o.until(() => o.plant.isClosed, 2_000)
    // Nobody above hears of it: the offer stood all the while.
    for (const each of o.reports.slice(from)) expect(each).toMatchObject({ isOffering: true, offered: 16, isPlugged: true, plugIn: 1, faults: [] })
    await o.wait(120_000)
    expect(cycles).toHaveLength(1)
    expect(o.plant.isClosed).toBe(true)
  })

  test('and does not wake is left alone until the next pause', async () => {
    const { o, cycles } = await asleep('fault', 'deeply')
    await o.wait(300_000)
    expect(cycles).toHaveLength(1)
    o.grant(0)
    await o.wait(5_000)
    o.grant(16)
    await o.wait(100_000)
    expect(cycles).toHaveLength(2)
  })

  test('and does not wake is left alone, also when its pilot flutters: that is no pause', async () => {
    const { o, cycles } = await asleep('fault', 'deeply')
    await o.wait(60_000)
    o.plant.setFault('pilotShort', true)
    await o.until(() => !o.report.isOffering, 100)
    o.plant.setFault('pilotShort', false)
    await o.until(() => o.report.isOffering, 1_000)
    expect(o.report.faults).toEqual([])
    await o.wait(60_000)
    expect(cycles).toHaveLength(1)
  })

  test('is left alone where the board says so', async () => {
    const { o, cycles } = await asleep('none', 'lightly')
    await o.wait(120_000)
    expect(cycles).toEqual([])
    expect(o.plant.isClosed).toBe(false)
  })

  test('and is pulled out meanwhile is missed when its pilot is seen again, and the offer is void', async () => {
    for (const [wakeUp, has] of [
      ['fault', []],
      ['disconnect', ['pilotBreak']],
    ] as const) {
      const { o, cycles } = await asleep(wakeUp, 'deeply', has)
      await o.until(() => cycles.length > 0, 31_000)
      await o.wait(1_000)
      o.plant.unplugEv()
      await o.until(() => !o.report.isPlugged, 3_300)
      expect(o.report).toMatchObject({ isVoid: true, isOffering: false })
      await o.wait(10_000)
      expect(o.plant.drive.kind).toBe('steady')
    }
  })

  test('and is awake gets power from nobody who has not renewed the offer since: another EV may hang there by now', async () => {
    const { o, cycles } = await asleep('fault', 'lightly')
    await o.until(() => cycles.length > 0, 31_000)
    o.die()
    let hasClosed = false
    for (let spent = 0; spent < 12_000; spent += 100) {
      await o.wait(100)
      hasClosed ||= o.plant.isClosed
    }
    expect(hasClosed).toBe(false)
  })

  test('is not woken in the very moment when it is pulled out: the next EV begins another plug-in, whoever renews the offer', async () => {
    // A sample and a tick before it nobody can know.
    for (let before = 40; before < 100; before += 7) {
      const { o } = await asleep('fault', 'lightly')
      await o.wait(30_000 - before)
      o.plant.unplugEv()
      await o.wait(1_000)
      o.plant.plugIn()
      await o.wait(10_000)
      expect([before, o.report.plugIn]).toEqual([before, 2])
    }
  })

  test('is not woken any more when the offer ends in the middle of it', async () => {
    const { o, cycles, pilotBreak } = await asleep('disconnect', 'deeply', ['pilotBreak'])
    await o.until(() => cycles.length > 0, 31_000)
    await o.wait(500)
    o.withdraw()
    await o.until(() => pilotBreak?.isOn === false, 40)
    expect(o.report.isOffering).toBe(false)
  })
})

test('an EV that has had its energy, or has paused by itself, is not woken', async () => {
  const o = outlet()
  await o.charge()
  const kinds = new Set<string>()
  o.clock.every('look', 20, () => kinds.add(o.plant.drive.kind))
  o.plant.full()
  await o.wait(120_000)
  expect([...kinds]).toEqual(['pwm'])
})

test('a session is started again without replugging, with an EV that fell asleep after the one before', async () => {
  const o = outlet()
  o.plant.setEv({ sleeps: 'lightly', batteryWh: 1e9 })
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(16)
  await o.until(() => o.plant.isClosed, 40_000)
  o.withdraw()
  await o.wait(60_000)
  o.port.adopt(1, 1, 'next')
  o.clock.every('renewal', 1_000, () => o.offer({ transaction: 'next' }))
  await o.until(() => o.plant.isClosed, 45_000)
  expect(o.report).toMatchObject({ plugIn: 1, transaction: 'next' })
})
