import type { Message, ResponseOf } from '../../src/ocpp/message.ts'
import type { CallOutcome } from '../../src/ocpp/peer.ts'
import { GetConfiguration } from '../../src/ocpp16/messages/core.ts'
import type { Station } from './central-system.ts'
import { commands } from './commands.ts'
import { harmless, type Paint, sessionWords } from './lines.ts'
import type { Transaction } from './transactions.ts'

/** What became of a command, in words for the one who typed it. */
export function replyTo(station: string, message: Message, outcome: CallOutcome, paint: Paint): string {
  const who = paint('station', harmless(station))
  switch (outcome.kind) {
    case 'disconnected':
      return `${who} ${paint('bad', 'is not connected')}`
    case 'timeout':
      return `${who} ${paint('bad', 'did not answer')} ${message.action} in time`
    case 'invalid':
      return `${who} ${paint('bad', 'answered what OCPP does not allow:')} ${harmless(outcome.description)}`
    case 'error':
      return `${who} ${paint('bad', `refused ${message.action}: ${harmless(outcome.code)}`)} ${harmless(outcome.description)}`.trimEnd()
    case 'result':
      if (message.action === GetConfiguration.action) return configurationWords(outcome.payload as ResponseOf<typeof GetConfiguration>, paint)
      return `${who} answered ${message.action}: ${answerWords(outcome.payload as Readonly<Record<string, unknown>>, paint)}`
  }
}

function answerWords(payload: Readonly<Record<string, unknown>>, paint: Paint): string {
  const { status, ...rest } = payload
  const more = Object.keys(rest).length === 0 ? '' : harmless(JSON.stringify(rest))
  if (typeof status !== 'string') return more === '' ? paint('good', 'done') : more
  return `${paint(goodAnswers.has(status) ? 'good' : 'bad', status)} ${more}`.trimEnd()
}

const goodAnswers = new Set(['Accepted', 'Scheduled', 'Unlocked', 'RebootRequired'])

function configurationWords({ configurationKey = [], unknownKey = [] }: ResponseOf<typeof GetConfiguration>, paint: Paint): string {
  const width = Math.max(0, ...configurationKey.map(({ key }) => key.length))
  const rows = configurationKey.map(({ key, value, readonly }) => {
    const mark = readonly ? paint('field', '  read-only') : ''
    return `${paint('action', harmless(key).padEnd(width))}  ${harmless(value ?? '')}${mark}`
  })
  const unknown = unknownKey.map((key) => paint('bad', `${harmless(key)}: not known there`))
  return [...rows, ...unknown].join('\n')
}

export function stationsWords(stations: readonly Station[], running: readonly Transaction[], paint: Paint): string {
  if (stations.length === 0) return 'no station has connected yet'
  return stations.map((station) => stationWords(station, running, paint)).join('\n')
}

function stationWords({ id, isConnected, boot, connectors }: Station, running: readonly Transaction[], paint: Paint): string {
  const make = boot === undefined ? '' : `${boot.chargePointVendor} ${boot.chargePointModel} ${boot.firmwareVersion ?? ''}`.trim()
  const head = `${paint('station', harmless(id))}  ${isConnected ? paint('good', 'here') : paint('bad', 'gone')}  ${harmless(make)}`.trimEnd()
  const rows = [...connectors.values()]
    .toSorted((a, b) => a.connectorId - b.connectorId)
    .map(({ connectorId, status, errorCode, info }) => {
      const trouble = errorCode === 'NoError' ? '' : paint('bad', ` ${errorCode}`)
      const session = running.find(({ station, start }) => station === id && start.connectorId === connectorId)
      const charging = session === undefined ? '' : `  transaction ${session.id}, card ${harmless(session.start.idTag)}`
      return `  ${connectorId === 0 ? 'station' : `connector ${connectorId}`}: ${status}${trouble}${info === undefined ? '' : ` (${harmless(info)})`}${charging}`
    })
  return [head, ...rows].join('\n')
}

export function transactionsWords(transactions: readonly Transaction[], paint: Paint): string {
  if (transactions.length === 0) return 'no transaction yet'
  return transactions
    .map((each) => {
      const where = `${harmless(each.station)}/${each.start.connectorId}`
      return `${paint('action', String(each.id).padStart(4))}  ${where}  card ${harmless(each.start.idTag)}  ${harmless(sessionWords(each))}`
    })
    .join('\n')
}

export function helpWords(paint: Paint): string {
  const rows = Object.entries(commands).map(([name, { shape, help }]) => [`${name} ${shape}`.trim(), help] as const)
  const width = Math.max(...rows.map(([usage]) => usage.length))
  return rows.map(([usage, help]) => `  ${paint('action', usage.padEnd(width))}  ${help}`).join('\n')
}
