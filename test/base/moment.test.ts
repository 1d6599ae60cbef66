import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochOf, isoOf } from '../../src/base/moment.ts'

const noon = Date.UTC(2026, 2, 1, 12, 0, 0)

describe('epochOf', () => {
  test.each([
    ['2026-03-01T12:00:00Z', noon],
    ['2026-03-01T12:00:00.000Z', noon],
    ['2026-03-01T12:00:00.1Z', noon + 100],
    ['2026-03-01T12:00:00.1239999Z', noon + 123],
    ['2026-03-01t12:00:00z', noon],
    ['2026-03-01 12:00:00', noon],
    ['2026-03-01T12:00:00', noon],
    ['2026-03-01T12:00', noon],
    ['2026-03-01T13:00:00+01:00', noon],
    ['2026-03-01T13:00:00+0100', noon],
    ['2026-03-01T13:00:00+01', noon],
    ['2026-03-01T06:30:00-05:30', noon],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    [' 2026-03-01T12:00:00Z ', noon],
  ])('%s is a date; without a zone in UTC', (text, epochMs) => {
    expect(epochOf(text)).toBe(epochMs)
  })

  test.each([
    '',
    'now',
    'hello 1',
    '1',
    '2026',
    '2026-13-01',
    '2026-02-30T00:00:00Z',
    '2026-3-1',
    '2026-03-01T12:00:61Z',
    '2026-03-01T25:00:00Z',
    '2026-03-01T12:00:00Zx',
    '12:00:00',
  ])('"%s" is no date', (text) => {
    expect(epochOf(text)).toBeUndefined()
  })

  test('every moment comes back from its own text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (epochMs) => {
        expect(epochOf(isoOf({ bootMs: 0, boot: 'b', epochMs, trusted: true }))).toBe(epochMs)
      }),
    )
  })
})

test('isoOf is in UTC with milliseconds', () => {
  expect(isoOf({ bootMs: 5, boot: 'b', epochMs: noon + 7, trusted: false })).toBe('2026-03-01T12:00:00.007Z')
})
