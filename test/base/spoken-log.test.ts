import { expect, test } from 'vitest'
import type { LogLevel } from '../../src/base/log.ts'
import { spokenLog } from '../../src/base/spoken-log.ts'

function spoken(level: LogLevel) {
  const lines: string[] = []
  return { lines, log: spokenLog({ level, now: () => Date.UTC(2026, 0, 1, 12), print: (line) => lines.push(line) }) }
}

test('an event is a line of words: time, level, what happened, its data', () => {
  const { lines, log } = spoken('warn')
  log.with({ station: 'CP-1', part: 'ocpp' }).warn({ reason: 'refused', error: 'nothing listens', againInMs: 2_893, none: undefined }, 'no connection')
  log.error({}, 'bad')
  expect(lines).toEqual(['12:00:00.000 warn  no connection  reason=refused error="nothing listens" againInMs=2893', '12:00:00.000 error bad'])
})

test('what is less than the level is not said, and silent says nothing', () => {
  const { lines, log } = spoken('warn')
  log.info({}, 'a')
  log.debug({}, 'b')
  const quiet = spoken('silent')
  quiet.log.error({}, 'c')
  expect([...lines, ...quiet.lines]).toEqual([])
})

test('text from outside cannot move the cursor', () => {
  const { lines, log } = spoken('info')
  log.info({ reason: '\u001b[2J\nok', deep: { a: ['\u009b'] } }, 'closed')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
})
