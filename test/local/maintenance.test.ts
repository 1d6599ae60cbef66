import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import type { LocalContext } from '../../src/local/command.ts'
import { faultByErrorCode } from '../../src/local/error-codes.ts'
import { serviceCommands } from '../../src/local/maintenance.ts'
import { openOffPeak } from '../../src/run/off-peak.ts'
import { world } from '../stories/world.ts'

const session = { end() {}, after: (run: () => void) => run() }

test('"service" shows what the contactor has done, and begins anew by connector only', async () => {
  const w = await world()
  const type = (...words: string[]) => serviceCommands[0]?.run(words, { chargePoint: w.core } as LocalContext, session)
  w.plant.plugIn()
  await w.swipe()
  await w.until(() => w.status() === 'charging')
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(await type()).toMatch(/^ok \[\{"connector":1,"cycles":1,/)
  expect(await type('reset')).toBe('error which connector: expected service reset <c>')
  expect(await type('clear', '1')).toBe('error connector 1 has no fault')
  expect(await type('reset', '1')).toBe('ok')
  await w.clock.advance(seconds(1))
  expect(await type()).toMatch(/^ok \[\{"connector":1,"cycles":0,/)
})

test('"service clear" lets a weld go that was mended', async () => {
  const w = await world()
  const type = (...words: string[]) => serviceCommands[0]?.run(words, { chargePoint: w.core } as LocalContext, session)
  w.plant.plugIn()
  await w.swipe()
  await w.until(() => w.status() === 'charging')
  w.plant.setFault('weld', true)
  await w.swipe()
  await w.until(() => w.core.view(1).faults.includes('weld'))
  w.plant.setFault('weld', false)
  await w.clock.advance(seconds(60))
  expect(w.status()).toBe('faulted')
  expect(await type('clear', '1')).toBe('ok')
  await w.clock.advance(seconds(5))
  expect(w.core.view(1).faults).toEqual([])
})

test('"service clear" takes back a fault that somebody reported by command', async () => {
  const w = await world()
  const type = (...words: string[]) => serviceCommands[0]?.run(words, { chargePoint: w.core } as LocalContext, session)
  w.core.raise(1, faultByErrorCode.GroundFailure)
  expect(w.core.view(1).raised).toBeDefined()
  expect(await type('clear', '1')).toBe('ok')
  expect(w.core.view(1).raised).toBeUndefined()
  expect(await type('clear', '1')).toBe('error connector 1 has no fault')
})

test('"now" charges at once', async () => {
  const w = await world()
  const { commands } = openOffPeak({ windows: [], randomDelayS: 600 }, w.core, { clock: w.clock, log: silentLog, chance: () => 0.5 })
  w.plant.plugIn()
  await w.swipe()
  await w.clock.advance(seconds(20))
  expect(w.core.view(1).offered.heldBy).toBe('off-peak')
  expect(await commands[0]?.run([], { chargePoint: w.core } as LocalContext, session)).toBe('ok')
  await w.clock.advance(seconds(40))
  expect(w.status()).toBe('charging')
})
