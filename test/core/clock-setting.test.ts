import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { setClock } from '../../src/core/clock-setting.ts'

test('a step of the clock is noted with the time before and after; what is within a second, or nonsense, is not', () => {
  const clock = simulatedClock()
  const infos: (string | undefined)[] = []
  const security = { note: (event: string, info?: string) => infos.push(`${event}: ${info}`) > 0 }
  const before = clock.now().epochMs
  for (const step of [0, 900, -900]) setClock(clock, security, before + step)
  setClock(clock, security, 0)
  expect(infos).toEqual([])
  setClock(clock, security, before + 3_600_000)
  setClock(clock, security, before + 3_600_500)
  expect(infos).toEqual([`settingSystemTime: from ${new Date(before).toISOString()} to ${new Date(before + 3_600_000).toISOString()}`])
  expect(clock.now().epochMs).toBe(before + 3_600_000)
})
