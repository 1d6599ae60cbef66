import type { Message, ResponseOf } from '../../../src/ocpp/message.ts'
import type { CallOutcome } from '../../../src/ocpp/peer.ts'
import { GetConfiguration } from '../../../src/ocpp16/messages/core.ts'
import type { Transaction } from '../books/booking.ts'
import type { Station } from '../central-system.ts'
import type { NeutralRequest } from '../ocpp/dialect.ts'
import { answerOf } from '../ocpp/dispatch.ts'
import type { ConfigurationEntry, StationAnswer } from '../ocpp/station-request.ts'
import { commands } from './commands.ts'
import { cardWords, harmless, type Paint, sessionWords } from './lines.ts'

/** What became of a command, in words for the one who typed it. */
export function replyTo(station: string, message: Message, outcome: CallOutcome<Readonly<Record<string, unknown>>>, paint: Paint): string {
  const answer = answerOf(message.action, outcome)
  if (answer.kind !== 'answered') return troubleWords(station, answer, paint)
  if (message.action === GetConfiguration.action) return configurationWords(answer.payload as ResponseOf<typeof GetConfiguration>, paint)
  return answerWords(station, answer, paint)
}

/** The same of what was asked in words of either version. */
export function answerTo(station: string, request: NeutralRequest, answer: StationAnswer, paint: Paint): string {
  if (answer.kind !== 'answered') return troubleWords(station, answer, paint)
  const { configuration } = answer
  // SetVariables has its status within a list: only that is shown.
  if (configuration === undefined || request.kind !== 'readConfiguration') return answerWords(station, { ...answer, payload: {} }, paint)
  const known = new Set(configuration.map(({ key }) => key.toLowerCase()))
  return rowsWords(
    configuration,
    request.keys.filter((key) => !known.has(key.toLowerCase())),
    paint,
  )
}

function troubleWords(station: string, trouble: Exclude<StationAnswer, { kind: 'answered' }>, paint: Paint): string {
  const who = paint('station', harmless(station))
  switch (trouble.kind) {
    case 'disconnected':
      return `${who} ${paint('bad', 'is not connected')}`
    case 'timeout':
      return `${who} ${paint('bad', 'did not answer')} ${trouble.action} in time`
    case 'invalid':
      return `${who} ${paint('bad', 'answered what OCPP does not allow:')} ${harmless(trouble.description)}`
    case 'refused':
      return `${who} ${paint('bad', `refused ${trouble.action}: ${harmless(trouble.code)}`)} ${harmless(trouble.description)}`.trimEnd()
    case 'impossible':
      return paint('bad', harmless(trouble.description))
  }
}

function answerWords(station: string, { action, status, isAccepted, payload }: StationAnswer & { readonly kind: 'answered' }, paint: Paint): string {
  const { status: _, ...rest } = payload
  const more = Object.keys(rest).length === 0 ? '' : harmless(JSON.stringify(rest))
  const words = status === undefined ? more || paint('good', 'done') : `${paint(isAccepted ? 'good' : 'bad', harmless(status))} ${more}`.trimEnd()
  return `${paint('station', harmless(station))} answered ${action}: ${words}`
}

function configurationWords({ configurationKey = [], unknownKey = [] }: ResponseOf<typeof GetConfiguration>, paint: Paint): string {
  return rowsWords(
    configurationKey.map(({ key, value, readonly }) => ({ key, value, isReadOnly: readonly })),
    unknownKey,
    paint,
  )
}

function rowsWords(entries: readonly ConfigurationEntry[], unknownKey: readonly string[], paint: Paint): string {
  const width = entries.reduce((most, { key }) => Math.max(most, key.length), 0)
  const rows = entries.map(({ key, value, isReadOnly }) => {
    const mark = isReadOnly ? paint('field', '  read-only') : ''
    return `${paint('action', harmless(key).padEnd(width))}  ${harmless(value ?? '')}${mark}`
  })
  const unknown = unknownKey.map((key) => paint('bad', `${harmless(key)}: not known there`))
  return [...rows, ...unknown].join('\n')
}

export function stationsWords(stations: readonly Station[], running: readonly Transaction[], paint: Paint): string {
  if (stations.length === 0) return 'no station has connected yet'
  return stations.map((station) => stationWords(station, running, paint)).join('\n')
}

function stationWords({ id, isConnected, version, make, statuses }: Station, running: readonly Transaction[], paint: Paint): string {
  const said = make === undefined ? '' : `${make.vendor} ${make.model} ${make.firmwareVersion ?? ''}`.trim()
  const head = `${paint('station', harmless(id))}  ${isConnected ? paint('good', 'here') : paint('bad', 'gone')}  OCPP ${version}  ${harmless(said)}`.trimEnd()
  const rows = [...statuses]
    .toSorted((a, b) => a.evse - b.evse || a.connector - b.connector)
    .map(({ evse, connector, status, errorCode, info }) => {
      const trouble = errorCode === undefined ? '' : paint('bad', ` ${errorCode}`)
      const session = running.find(({ station, start }) => station === id && start.connectorId === evse)
      const charging = session === undefined ? '' : `  transaction ${session.id}, card ${harmless(cardWords(session.start.idTag))}`
      const place = evse === 0 ? 'station' : version === '1.6' ? `connector ${evse}` : `EVSE ${evse}${connector === 1 ? '' : `, connector ${connector}`}`
      return `  ${place}: ${status}${trouble}${info === undefined ? '' : ` (${harmless(info)})`}${charging}`
    })
  return [head, ...rows].join('\n')
}

export function transactionsWords(transactions: readonly Transaction[], paint: Paint): string {
  if (transactions.length === 0) return 'no transaction yet'
  return transactions
    .map((each) => {
      const where = `${harmless(each.station)}/${each.start.connectorId}`
      return `${paint('action', String(each.id).padStart(4))}  ${where}  card ${harmless(cardWords(each.start.idTag))}  ${harmless(sessionWords(each))}`
    })
    .join('\n')
}

export function helpWords(paint: Paint): string {
  const rows = Object.entries(commands).map(([name, { shape, help }]) => [`${name} ${shape}`.trim(), help] as const)
  const width = Math.max(...rows.map(([usage]) => usage.length))
  return rows.map(([usage, help]) => `  ${paint('action', usage.padEnd(width))}  ${help}`).join('\n')
}
