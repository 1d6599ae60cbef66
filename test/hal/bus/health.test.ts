import { expect, test } from 'vitest'
import { toldToLog } from '../../../hal/bus/health.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seconds } from '../../../src/base/units.ts'

function bench() {
  const clock = simulatedClock()
  const said: string[] = []
  const log = {
    ...silentLog,
    info: (fields: object, event: string) => void said.push(`${Object.values(fields)[0]}: ${event}`),
    warn: (fields: object, event: string) => void said.push(`${Object.values(fields)[0]}: ${event}`),
  }
  return { clock, said, tell: toldToLog(log, clock) }
}

test('a device that goes and comes back is told of each time', () => {
  const { said, tell } = bench()
  tell('meter', 'does not answer')
  tell('meter', undefined)
  expect(said).toEqual(['meter: a device does not do its part', 'meter: the device is back'])
})

test('a device that flaps for a day fills no disk, hides no other, and is told of again later', async () => {
  const { clock, said, tell } = bench()
  for (let minute = 0; minute < 24 * 60; minute++) {
    for (let turn = 0; turn < 60; turn++) tell('meter', turn % 2 === 0 ? 'does not answer' : undefined)
    await clock.advance(seconds(60))
  }
  expect(said.length).toBeLessThan(1_100)
  expect(said).toContain('meter: the device comes and goes: it is not told of for a while')
  tell('reader', 'is not there')
  expect(said.at(-1)).toBe('reader: a device does not do its part')
  const before = said.length
  await clock.advance(seconds(600))
  tell('meter', undefined)
  expect(said.length).toBe(before + 1)
})
