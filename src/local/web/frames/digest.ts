import type { Frame } from '../../rest/shapes.ts'
import { type Exchange, fieldsOf, textAt } from './exchanges.ts'

type Fields = Readonly<Record<string, unknown>>

/** The longest digest (characters); the line cuts it to what it has room for. */
const longest = 160

const shown = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))
const some = (...parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined && part !== '').join(' · ')
const when = (fields: Fields, name: string, words: (value: string) => string) => (fields[name] === undefined ? undefined : words(shown(fields[name])))
const outlet = (fields: Fields) => when(fields, 'connectorId', (id) => (id === '0' ? 'station' : `connector ${id}`))
const transaction = (fields: Fields) => when(fields, 'transactionId', (id) => `transaction ${id}`)
const card = (fields: Fields) => when(fields, 'idTag', (tag) => `card ${tag}`)
const plain = (fields: Fields, name: string) => when(fields, name, (value) => value)

/** The last of the sampled values, as people say them: `11.0 kW, 16 A`. */
function meterWords(fields: Fields): string {
  const list = fields['meterValue']
  const samples = Array.isArray(list) ? list.flatMap((each) => fieldsOf(each)['sampledValue'] ?? []) : []
  const words = samples.slice(-4).map((sample) => {
    const { value, unit = 'Wh', phase } = fieldsOf(sample)
    return `${phase === undefined ? '' : `${shown(phase)} `}${shown(value)} ${shown(unit)}`
  })
  return `${words.join(', ')}${samples.length > words.length ? ` of ${samples.length} values` : ''}`
}

const profileWords = (fields: Fields) => {
  const profile = fieldsOf(fields['csChargingProfiles'] ?? fields['chargingProfile'])
  const schedule = fieldsOf(profile['chargingSchedule'])
  const periods = schedule['chargingSchedulePeriod']
  const limits = Array.isArray(periods) ? periods.slice(0, 3).map((period) => shown(fieldsOf(period)['limit'])) : []
  return some(
    plain(profile, 'chargingProfilePurpose'),
    when(profile, 'stackLevel', (level) => `level ${level}`),
    limits.length === 0 ? undefined : `${limits.join(', ')} ${shown(schedule['chargingRateUnit'] ?? 'A')}`,
  )
}

/** What a request says, by its action; the others are told field by field. */
const requests: Readonly<Record<string, (fields: Fields) => string | undefined>> = {
  BootNotification: (fields) => some(plain(fields, 'chargePointVendor'), plain(fields, 'chargePointModel'), plain(fields, 'firmwareVersion')),
  StatusNotification: (fields) =>
    some(
      outlet(fields),
      plain(fields, 'status'),
      fields['errorCode'] === 'NoError' ? undefined : plain(fields, 'errorCode'),
      plain(fields, 'vendorErrorCode'),
      plain(fields, 'info'),
    ),
  Authorize: card,
  StartTransaction: (fields) =>
    some(
      outlet(fields),
      card(fields),
      when(fields, 'meterStart', (wh) => `${wh} Wh`),
    ),
  StopTransaction: (fields) =>
    some(
      transaction(fields),
      plain(fields, 'reason'),
      when(fields, 'meterStop', (wh) => `${wh} Wh`),
    ),
  MeterValues: (fields) => some(outlet(fields), transaction(fields), meterWords(fields)),
  RemoteStartTransaction: (fields) => some(outlet(fields), card(fields), profileWords(fields)),
  RemoteStopTransaction: transaction,
  SetChargingProfile: (fields) => some(outlet(fields), profileWords(fields)),
  ChangeConfiguration: (fields) => `${shown(fields['key'])} = ${shown(fields['value'])}`,
  GetConfiguration: (fields) => (Array.isArray(fields['key']) && fields['key'].length > 0 ? fields['key'].join(', ') : 'every key'),
  TriggerMessage: (fields) => some(plain(fields, 'requestedMessage'), outlet(fields)),
  SecurityEventNotification: (fields) => some(plain(fields, 'type'), plain(fields, 'techInfo')),
  SendLocalList: (fields) =>
    some(
      plain(fields, 'updateType'),
      when(fields, 'listVersion', (version) => `version ${version}`),
      Array.isArray(fields['localAuthorizationList']) ? `${fields['localAuthorizationList'].length} cards` : undefined,
    ),
}

const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)

function fieldByField(fields: Fields, but: readonly string[] = []): string {
  return Object.entries(fields)
    .filter(([name]) => !but.includes(name))
    .map(([name, value]) => `${name}: ${cut(shown(value))}`)
    .join(' · ')
}

/** One line of what a frame says; empty: it says nothing. */
export function digestOf({ kind, action, payload }: Frame): string {
  const fields = fieldsOf(payload)
  if (kind === 'call') {
    const words = action === null ? undefined : requests[action]
    return cut(words === undefined ? fieldByField(fields) : (words(fields) ?? ''))
  }
  if (kind === 'error') return cut(textAt(payload, 'description') ?? '')
  // The status has a place of its own.
  return cut(fieldByField(fields, ['status', 'idTagInfo']))
}

/** Both sides of an exchange in one line: what was asked, and what came beside the status. */
export function digest({ first, answer }: Exchange): string {
  const asked = digestOf(first)
  const said = answer === undefined ? '' : digestOf(answer)
  if (said === '') return asked
  return asked === '' ? `→ ${said}` : `${asked}  →  ${said}`
}
