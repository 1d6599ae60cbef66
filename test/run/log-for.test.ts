import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { logFor } from '../../src/run/log-for.ts'

test('a line above a prompt is kept with its date, which the prompt leaves out', () => {
  const [printed, kept]: [string[], string[]] = [[], []]
  const log = logFor(
    { log: { level: 'info', file: undefined } },
    simulatedClock(),
    true,
    (line) => printed.push(line),
    (line) => kept.push(line),
  )
  log.info({ evse: 1 }, 'transaction started')
  log.debug({}, 'not at this level')
  expect(printed).toEqual([expect.stringMatching(/^08:00:00\.000 info {2}transaction started/)])
  expect(kept).toEqual([`2026-03-01T08:00:00.000Z ${printed[0]}`])
})
