import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { shutDown } from '../../src/run/shut-down.ts'
import { world } from '../stories/world.ts'

/** A station whose shut-down fails so often. Resolves to what was done. */
async function attempts(failures: number, retries?: number): Promise<readonly string[]> {
  const { core } = await world({ offline: true })
  if (retries !== undefined) core.settings.set('resetRetries', retries)
  const done: string[] = []
  const station = {
    core,
    async shutDown(reason: string) {
      done.push(reason)
      if (done.length <= failures) throw new Error('the disk takes nothing')
    },
    drop: () => void done.push('dropped'),
  }
  await shutDown(station, 'hardReset', silentLog)
  return done
}

test('a reset that succeeds is done once', async () => {
  expect(await attempts(0)).toEqual(['hardReset'])
})
test('one that fails is tried again, as often as ResetRetries says, and after that everything is let go', async () => {
  expect(await attempts(1)).toEqual(['hardReset', 'hardReset'])
  expect(await attempts(9)).toEqual(['hardReset', 'hardReset', 'hardReset', 'dropped'])
  expect(await attempts(9, 0)).toEqual(['hardReset', 'dropped'])
  expect(await attempts(9, 1)).toEqual(['hardReset', 'hardReset', 'dropped'])
})
