import type { Transaction } from '../../csms/rest/shapes.ts'

const columns = [
  'id',
  'charger_id',
  'evse_id',
  'connector_id',
  'tag',
  'started_at',
  'stopped_at',
  'duration_s',
  'meter_start_wh',
  'meter_stop_wh',
  'energy_wh',
  'cost',
  'reason',
] as const satisfies readonly (keyof Transaction)[]

/** RFC 4180, with a line of titles. */
export function csvOf(transactions: readonly Transaction[]): string {
  return [columns.join(','), ...transactions.map((each) => columns.map((name) => cell(each[name])).join(','))].map((line) => `${line}\r\n`).join('')
}

/** What a spreadsheet would take for a formula is text: cards and ids come from stations. */
function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
