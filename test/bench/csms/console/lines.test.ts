import { expect, test } from 'vitest'
import type { StationFrame } from '../../../../bench/csms/central-system.ts'
import { coloured, eventLine, frameLine, plain } from '../../../../bench/csms/console/lines.ts'

const at = { bootMs: 0, boot: 'b', epochMs: Date.UTC(2026, 2, 1, 8, 0, 1, 250), trusted: true }
const frame = (of: Partial<StationFrame>): StationFrame => ({
  station: 'CP-1',
  direction: 'in',
  kind: 'call',
  action: 'Heartbeat',
  id: '1',
  payload: {},
  at,
  ...of,
})

test('a frame is one line: time, station, arrow, action, payload', () => {
  const payload = { connectorId: 1, status: 'Charging', info: 'all is well' }
  expect(frameLine(frame({ action: 'StatusNotification', payload }), plain)).toBe(
    '08:00:01.250  CP-1       ──▸ StatusNotification     connectorId=1 status=Charging info="all is well"',
  )
  expect(frameLine(frame({ direction: 'out', kind: 'result' }), plain)).toBe('08:00:01.250  CP-1       ◂╌╌ Heartbeat')
})

test('samples are readable', () => {
  const sampledValue = [
    { value: '120' },
    { value: '3680', measurand: 'Power.Active.Import', unit: 'W', context: 'Trigger' },
    { value: '49.98', measurand: 'Frequency' },
  ]
  const payload = { connectorId: 1, meterValue: [{ timestamp: '2026-03-01T08:00:10.000Z', sampledValue }] }
  expect(frameLine(frame({ action: 'MeterValues', payload }), plain)).toContain(
    'meterValue=[08:00:10 Energy.Active.Import.Register 120 Wh, Power.Active.Import 3680 W (Trigger), Frequency 49.98]',
  )
})

test('an error shows its code and words', () => {
  const payload = { code: 'NotSupported', description: 'no reset here', details: {} }
  expect(frameLine(frame({ kind: 'error', action: 'Reset', payload }), plain)).toContain('╌╌▸ Reset                  NotSupported no reset here')
})

test('a station cannot move the cursor or break the line', () => {
  const evil = '\u001b[2J\nfake\r\u009b\u202e'
  const lines = [
    frameLine(frame({ station: evil, action: evil, payload: { [evil]: evil, meterValue: [{ timestamp: evil, sampledValue: [{ value: evil }] }] } }), plain),
    frameLine(frame({ kind: 'error', payload: { code: evil, description: evil } }), plain),
    eventLine(at.epochMs, evil, evil, plain),
  ]
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202e]/u)
})

test.each<[string, unknown]>([
  ['samples that are none', { meterValue: [1, null, 'x', { sampledValue: 7 }] }],
  ['a payload without a bottom', JSON.parse(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)],
  ['null', null],
])('%s can be printed', (_what, payload) => {
  expect(frameLine(frame({ payload }), plain)).toContain('Heartbeat')
})

test('what is long is cut, and says by how much', () => {
  const line = frameLine(frame({ payload: { data: 'x'.repeat(5_000) } }), coloured)
  expect(line.length).toBeLessThan(800)
  expect(line).toMatch(/… \(\d+ more\)/)
})
