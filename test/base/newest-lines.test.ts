import { expect, test } from 'vitest'
import { newestLines } from '../../src/base/newest-lines.ts'

test('the newest lines are kept, oldest first, within the bound', () => {
  const lines = newestLines(1_000)
  for (let at = 0; at < 500; at++) lines.add(`line ${at}\n`)
  const kept = lines.all()
  expect(kept.at(-1)).toBe('line 499')
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => `line ${500 - kept.length + at}`))
  const length = kept.join('\n').length
  expect(length).toBeGreaterThan(400)
  expect(length).toBeLessThanOrEqual(1_000)
})

test('one line that is longer than all of them together does not burst it', () => {
  const lines = newestLines(1_000)
  lines.add('x'.repeat(100_000))
  lines.add('last')
  expect(lines.all().join('').length).toBeLessThan(1_000)
  expect(lines.all().at(-1)).toBe('last')
})
