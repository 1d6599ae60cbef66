import { styleText } from 'node:util'
import type { MeterValue, SampledValue } from '../../../src/ocpp16/messages/types.ts'
import type { Transaction, TransactionEvent } from '../books/booking.ts'
import type { StationFrame } from '../central-system.ts'

// What the bench prints, made to be read: time, station, arrow, action, payload. Every line is one line and harmless on
// a terminal, whatever a station sends.

/** How a piece of a line looks; `plain` where there are no colours. */
export type Paint = (look: Look, text: string) => string
export type Look = 'time' | 'station' | 'in' | 'out' | 'action' | 'answer' | 'field' | 'good' | 'bad' | 'event'
export const plain: Paint = (_look, text) => text
export const coloured: Paint = (look, text) => styleText(looks[look], text, { validateStream: false })
const looks = {
  time: 'gray',
  station: 'bold',
  in: 'cyan',
  out: 'magenta',
  action: 'bold',
  answer: 'gray',
  field: 'gray',
  good: 'green',
  bad: 'red',
  event: 'yellow',
} as const satisfies Record<Look, Parameters<typeof styleText>[0]>

/** `→` comes from the station, `←` goes to it; a dashed arrow is the answer to a CALL. */
const arrows = { in: { call: '──▸', answer: '╌╌▸' }, out: { call: '◂──', answer: '◂╌╌' } } as const
const actionWidth = 22
const longestPayload = 600

export function frameLine(frame: StationFrame, paint: Paint): string {
  const arrow = paint(frame.direction, arrows[frame.direction][frame.kind === 'call' ? 'call' : 'answer'])
  return line(frame.at.epochMs, frame.station, arrow, contentWords(frame, paint), paint)
}

function contentWords({ kind, action, payload }: StationFrame, paint: Paint): string {
  const name = clipped(harmless(action ?? '(nobody asked)')).padEnd(actionWidth)
  switch (kind) {
    case 'call':
      return `${paint('action', name)} ${payloadLine(payload, paint)}`
    case 'result':
      return `${paint('answer', name)} ${payloadLine(payload, paint)}`
    case 'error': {
      const { code, description } = payload as { code: string; description: string }
      return `${paint('answer', name)} ${paint('bad', clipped(harmless(code)))} ${clipped(harmless(description))}`
    }
    case 'malformed':
      return `${paint('bad', 'no OCPP frame:')} ${payloadLine(payload, plain)}`
    case 'unknown':
      return `${paint('bad', 'frame of an unknown type:')} ${payloadLine(payload, plain)}`
  }
}

/** A line about something that happened: connected, a transaction started. */
export function eventLine(epochMs: number, station: string, words: string, paint: Paint): string {
  return line(epochMs, station, paint('event', ' ● '), paint('event', harmless(words)), paint)
}

function line(epochMs: number, station: string, arrow: string, rest: string, paint: Paint): string {
  return `${paint('time', timeOf(epochMs))}  ${paint('station', harmless(station).padEnd(10))} ${arrow} ${rest}`.trimEnd()
}

/** `12:00:01.250`, in UTC as all times in OCPP. */
function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 23)
}

/** What a transaction's event means, undefined for one that needs no line of its own. */
export function transactionWords(event: TransactionEvent, transaction: Transaction | undefined): string | undefined {
  const { station } = event
  switch (event.event) {
    case 'sampled':
      return undefined
    case 'started': {
      const { connectorId, idTag, meterStart } = event.request
      if (event.resent) return `transaction ${event.transactionId}: the start came again, recognised`
      return `transaction ${event.transactionId} started: ${station}/${connectorId}, card ${cardWords(idTag)}, meter ${meterStart} Wh`
    }
    case 'learnt':
      return `transaction ${event.transactionId}: ${station}/${event.request.connectorId}, card ${cardWords(event.request.idTag)}`
    case 'ended':
      if (event.resent) return `transaction ${event.transactionId}: the stop came again, recognised`
      return `transaction ${event.transactionId} ended: ${transaction === undefined ? '' : sessionWords(transaction)}`
    case 'odd':
      return `${event.what}: ${event.transactionId}`
  }
}

/** In OCPP 2.0.1 a transaction may begin before a card was shown. */
export function cardWords(idTag: string): string {
  return idTag === '' ? 'none yet' : idTag
}

/** `4210 Wh in 1 h 5 min, Local`. */
export function sessionWords({ start, stop, samples }: Transaction): string {
  if (stop === undefined) return `running since ${start.timestamp}, ${samples.length} samples`
  const lasted = Date.parse(stop.timestamp) - Date.parse(start.timestamp)
  return `${stop.meterStop - start.meterStart} Wh${Number.isNaN(lasted) ? '' : ` in ${durationWords(lasted)}`}, ${stop.reason ?? 'Local'}`
}

function durationWords(lastedMs: number): string {
  const lastedS = Math.round(lastedMs / 1_000)
  const [h, min, s] = [Math.floor(lastedS / 3_600), Math.floor((lastedS % 3_600) / 60), lastedS % 60]
  return h > 0 ? `${h} h ${min} min` : min > 0 ? `${min} min ${s} s` : `${s} s`
}

/** `connectorId=1 status=Charging`: fields in the order they were sent. Colours only where nothing is cut off. */
function payloadLine(payload: unknown, paint: Paint): string {
  const words = payloadWords(payload, plain, 0)
  return words.length > longestPayload ? clipped(words) : payloadWords(payload, paint, 0)
}

/** `bytes=12 reason=none`. */
export function fieldsWords(fields: Readonly<Record<string, unknown>>): string {
  return payloadLine(fields, plain)
}

function payloadWords(payload: unknown, paint: Paint, depth: number): string {
  if (!isRecord(payload)) return payload === undefined ? '' : valueWords(payload, paint, depth)
  return Object.entries(payload)
    .map(([name, value]) => fieldWords(name, value, paint, depth))
    .join(' ')
}

function fieldWords(name: string, value: unknown, paint: Paint, depth: number): string {
  const label = paint('field', `${harmless(name)}=`)
  if ((name === 'meterValue' || name === 'transactionData') && Array.isArray(value)) return `${label}[${value.map(meterWords).join(' | ')}]`
  if (name === 'status' && typeof value === 'string') return label + paint(refusals.has(value) ? 'bad' : 'good', harmless(value))
  return label + valueWords(value, paint, depth)
}

const refusals = new Set([
  'Rejected',
  'Faulted',
  'Invalid',
  'Blocked',
  'Expired',
  'ConcurrentTx',
  'NotSupported',
  'NotImplemented',
  'UnlockFailed',
  'UnknownVendorId',
  'UnknownMessageId',
  'Failed',
  'Unavailable',
  'DownloadFailed',
  'InstallationFailed',
  'UploadFailed',
  'UploadFailure',
  'BadMessage',
  'NotSupportedOperation',
  'PermissionDenied',
  'Occupied',
  'Unknown',
  'VersionMismatch',
])

/** No OCPP payload is deeper than this; a hostile one is. */
const deepest = 10

function valueWords(value: unknown, paint: Paint, depth: number): string {
  if (depth > deepest) return '…'
  if (typeof value === 'string') return /^[^\s=[\]{}"']+$/.test(value) ? harmless(value) : harmless(JSON.stringify(value))
  if (Array.isArray(value)) return `[${value.map((each) => valueWords(each, paint, depth + 1)).join(', ')}]`
  if (isRecord(value)) return `{${payloadWords(value, paint, depth + 1)}}`
  return String(value)
}

/** `12:00:10 Power.Active.Import 3680 W, Voltage L1 230 V`. */
function meterWords(value: unknown): string {
  const { timestamp, sampledValue } = (isRecord(value) ? value : {}) as Partial<MeterValue>
  const time = harmless(String(timestamp ?? '?'))
    .replace(/^.*T/, '')
    .replace(/(\.\d+)?Z$/, '')
  return `${time} ${Array.isArray(sampledValue) ? sampledValue.map(sampleWords).join(', ') : '?'}`
}

function sampleWords(sample: unknown): string {
  const { value, measurand = 'Energy.Active.Import.Register', phase, unit, context } = (isRecord(sample) ? sample : {}) as Partial<SampledValue>
  const isEnergy = String(measurand).startsWith('Energy')
  const words = [
    measurand,
    phase,
    value,
    unit ?? (isEnergy ? 'Wh' : undefined),
    context === undefined || context === 'Sample.Periodic' ? undefined : `(${context})`,
  ]
  return harmless(words.filter((word) => word !== undefined).join(' '))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function clipped(text: string): string {
  return text.length <= longestPayload ? text : `${text.slice(0, longestPayload)}… (${text.length - longestPayload} more)`
}

/** Control characters written out: a station's text cannot move the cursor of whoever reads the log. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
