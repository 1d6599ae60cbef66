import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { logUploads } from '../../src/core/log-uploads.ts'
import type { FilePorts } from '../../src/core/transfer.ts'
import { openStore } from '../../src/store/open.ts'
import { keptLog } from '../store/directories.ts'

/** Uploads whose archives are made when the test says so, each of its own name. */
function bench() {
  const clock = simulatedClock()
  const log = keptLog()
  const store = openStore({ directory: undefined, log })
  const making: (() => void)[] = []
  const done: string[] = []
  let mostAtOnce = 0
  let archives = 0
  const files = {
    archive: () => {
      const path = `/files/${++archives}.zip`
      return new Promise<string>((resolve) => {
        making.push(() => resolve(path))
        mostAtOnce = Math.max(mostAtOnce, making.length)
      })
    },
    discard: (path: string) => done.push(`discard ${path}`),
    transfer: { upload: async (path: string) => void done.push(`upload ${path}`) },
  } as unknown as FilePorts
  const logs = logUploads({ files, store, ledger: store.ledger<Fact>(), clock, log })
  const made = async () => {
    making.shift()?.()
    await clock.settle()
  }
  return { clock, store, logs, making, made, done, mostAtOnce: () => mostAtOnce, archives: () => archives }
}

const asked = { log: 'diagnostics', location: 'http://files/' } as const

test('of a flood of requests one archive is made at a time, and none for a request that a later one has outdated', async () => {
  const b = bench()
  const first = b.logs.request(asked)
  await b.clock.settle()
  const answers = [first, ...Array.from({ length: 9 }, () => b.logs.request(asked))]
  await b.clock.settle()
  await b.made()
  await b.made()
  const names = (await Promise.all(answers)).map(({ fileName }) => fileName)
  expect([b.mostAtOnce(), b.archives()]).toEqual([1, 2])
  expect(names.slice(0, -1).every((name) => name === undefined)).toBe(true)
  expect(names.at(-1)).toBe('2.zip')
  await b.clock.advance(seconds(1))
  expect(b.done).toEqual(['discard /files/1.zip', 'upload /files/2.zip', 'discard /files/2.zip'])
})

test('after close nothing is uploaded, and what was asked for has its answer', async () => {
  const b = bench()
  const answer = b.logs.request(asked)
  await b.clock.settle()
  b.logs.close()
  await b.made()
  expect(await answer).toMatchObject({ fileName: undefined })
  await b.clock.advance(seconds(5))
  expect([b.done, b.clock.untilNext()]).toEqual([['discard /files/1.zip'], undefined])
})
