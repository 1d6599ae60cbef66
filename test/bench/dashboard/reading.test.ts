import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf } from '../../../bench/dashboard/history/csv.ts'
import { placeFrom, tokenFrom } from '../../../bench/dashboard/places.ts'
import { eventReader } from '../../../bench/dashboard/state/event-stream.ts'

const text = ': hello\n\nevent: chargers\ndata: [1]\n\nevent: two\r\ndata: a\r\ndata: b\r\n\r\ndata:bare\n\nevent: empty\n\n'
const events = [
  { name: 'comment', data: '' },
  { name: 'chargers', data: '[1]' },
  { name: 'two', data: 'a\nb' },
  { name: 'message', data: 'bare' },
]

test('events are read whole, in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 8 }), (cuts) => {
      const read = eventReader()
      const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length]
      expect(edges.slice(1).flatMap((end, at) => read(text.slice(edges[at], end)))).toEqual(events)
    }),
  )
})

test('a cell that a spreadsheet would calculate, and one with commas and quotes, stay text', () => {
  const row = { id: 7, charger_id: '=1+1', tag: 'a,"b"', started_at: '2026-05-01T00:00:00Z', meter_start_wh: 0, energy_wh: -5, duration_s: 60, repeated: 0 }
  expect(csvOf([row]).split('\r\n')[1]).toBe(`7,'=1+1,,,"a,""b""",2026-05-01T00:00:00Z,,60,0,,-5,,`)
})

test('the address names a view and a charger, or the token', () => {
  expect(placeFrom('#/history/CP%2F1')).toEqual({ view: 'history', charger: 'CP/1' })
  expect(placeFrom('#/nothing/%')).toEqual({ view: 'map', charger: '%' })
  expect(tokenFrom('#token=a%2Fb')).toBe('a/b')
  expect(tokenFrom('#/map')).toBeUndefined()
})
