import { expect, test } from 'vitest'
import { linesLike, logLineOf } from '../../../../src/local/web/health/log-line.ts'

test('a line of JSON is taken apart, and a line of words stays whole', () => {
  expect(logLineOf(1, '{"level":"warn","time":"2026-01-01T00:00:00.000Z","station":"A","evse":1,"energyWh":4210,"msg":"transaction ended"}')).toEqual({
    number: 1,
    level: 'warn',
    at: '2026-01-01T00:00:00.000Z',
    event: 'transaction ended',
    fields: 'evse 1, energyWh 4210',
  })
  expect(logLineOf(2, 'the disk is slow')).toEqual({ number: 2, level: 'info', at: undefined, event: 'the disk is slow', fields: '' })
  expect(logLineOf(3, '{"level":"fatal"}').level).toBe('error')
  expect(logLineOf(4, '7').event).toBe('7')
})

test('lines are picked by their least level and by a text in event or fields', () => {
  const lines = [
    logLineOf(1, '{"level":"debug","msg":"frame"}'),
    logLineOf(2, '{"level":"warn","msg":"slow disk"}'),
    logLineOf(3, '{"level":"error","msg":"gone","part":"Disk"}'),
  ]
  const numbers = (...how: Parameters<typeof linesLike> extends [unknown, ...infer R] ? R : never) => linesLike(lines, ...how).map(({ number }) => number)
  expect(numbers('debug', '')).toEqual([1, 2, 3])
  expect(numbers('warn', '')).toEqual([2, 3])
  expect(numbers('debug', 'disk')).toEqual([2, 3])
  expect(numbers('error', 'slow')).toEqual([])
})
