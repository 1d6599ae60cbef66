import { expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { firmwareUpdates } from '../../src/core/firmware.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { keptLog } from '../store/directories.ts'
import { fakeFiles } from '../stories/files.ts'

function bench() {
  const clock = simulatedClock()
  const log = keptLog()
  const real = openStore({ directory: undefined, log })
  const files = fakeFiles()
  const held: boolean[] = []
  let isFull = false
  let restarts = 0
  const atomically: typeof real.atomically = (run, durability) => {
    if (isFull) throw new StoreError('full', 'no room')
    return real.atomically(run, durability)
  }
  const store = Object.create(real, { atomically: { value: atomically } }) as typeof real
  const begin = () =>
    firmwareUpdates({
      ...{ files: files.ports, store, ledger: store.ledger<Fact>(), clock, log },
      security: { note: () => true },
      isIdle: () => true,
      changed: signal<unknown>(),
      hold: (isHeld) => void held.push(isHeld),
      restart: () => restarts++,
    })
  return { clock, files, held, begin, full: (so: boolean) => (isFull = so), restarts: () => restarts }
}

test('a disk that does not take it that an installation begins puts it off: otherwise each start would install, and restart', async () => {
  const b = bench()
  const updates = b.begin()
  b.files.isSlow = true
  updates.request({ location: 'http://files/fw', retrieveAt: 0 })
  await b.clock.advance(10)
  b.files.bring()
  await b.clock.settle()
  b.full(true)
  await b.clock.advance(minutes(5))
  expect(b.files.asked.filter((each) => each.startsWith('install'))).toEqual([])
  expect([updates.status, b.restarts(), b.held.at(-1)]).toEqual(['installationFailed', 0, false])
})
