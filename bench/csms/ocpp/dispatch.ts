import { wordsOf } from '../../../src/base/errors.ts'
import { cut, longestDescription } from '../../../src/ocpp/frame.ts'
import { violationOf } from '../../../src/ocpp/message.ts'
import type { CallOutcome } from '../../../src/ocpp/peer.ts'
import type { CentralSystem } from '../central-system.ts'
import { type Asking, type AskingSituation, type Dialect, type Gathering, type Impossible, impossible } from './dialect.ts'
import { gathered } from './gathered.ts'
import type { Dispatch, StationAnswer, StationRequest } from './station-request.ts'

/** Asks the stations of this central system, each in its own version. */
export function dispatchOver(system: CentralSystem): Dispatch {
  const situation = (station: string): AskingSituation => ({
    now: system.clock.now().epochMs,
    number: system.nextNumber(),
    reference: (id) => system.transactions.running.find((each) => each.id === id && each.station === station)?.reference,
  })
  return async (station, request) => {
    const dialect = system.dialectOf(station)
    if (dialect === undefined) return { kind: 'disconnected' }
    try {
      const asking = request.kind === 'message' ? messageOf(request, dialect) : dialect.asking(request, situation(station))
      return 'kind' in asking ? asking : (misfitOf(asking) ?? (await asked(system, station, asking)))
    } catch (error) {
      return impossible(undefined, wordsOf(error))
    }
  }
}

function messageOf({ action, payload }: StationRequest & { readonly kind: 'message' }, { messages, version }: Dialect): Asking | Impossible {
  const entry = messages.get(action) ?? [...messages.values()].find(({ message }) => message.action.toLowerCase() === action.toLowerCase())
  if (entry === undefined) return impossible('action', `OCPP ${version} has no ${action}`)
  if (entry.sender === 'chargePoint') return impossible('action', `${entry.message.action} is sent by stations, not to them`)
  return { message: entry.message, payload }
}

function misfitOf({ message, payload, fields }: Asking): Impossible | undefined {
  const violation = violationOf(message.request, payload)
  if (violation === undefined) return undefined
  const [at = ''] = violation.description.split(':', 1)
  return impossible(at === 'payload' ? undefined : (fields?.[at] ?? at), `${message.action}: ${violation.description}`)
}

async function asked(system: CentralSystem, station: string, { message, payload, reads, gathers }: Asking): Promise<StationAnswer> {
  const gathering = gathers?.()
  // Listens before it asks: the first part may come in the packet of the answer.
  const parts = gathering === undefined ? undefined : gathered(system, station, gathering)
  try {
    const answer = answerOf(message.action, await system.call(station, message, payload), reads)
    if (parts === undefined || gathering === undefined || answer.kind !== 'answered' || !answer.isAccepted) return answer
    return withParts(answer, gathering, await parts.outcome)
  } finally {
    parts?.stop()
  }
}

function withParts(answer: StationAnswer & { readonly kind: 'answered' }, gathering: Gathering, outcome: 'done' | 'timeout' | 'disconnected'): StationAnswer {
  if (outcome === 'disconnected') return { kind: 'disconnected' }
  return outcome === 'timeout' ? { kind: 'timeout', action: gathering.action } : { ...answer, configuration: gathering.configuration }
}

/** Of a CALLERROR's code and of what is wrong with an answer, which quotes a station: letters that are handed on. */
const longestCode = 100
const longestMisfit = 1_000

/** Words of an answer that mean: it will be done. */
const goodWords = new Set(['Accepted', 'Scheduled', 'Unlocked', 'RebootRequired'])

/** What a CALL came to. @param reads where the answer means more than its status */
export function answerOf(action: string, outcome: CallOutcome<Readonly<Record<string, unknown>>>, reads?: Asking['reads']): StationAnswer {
  switch (outcome.kind) {
    case 'result': {
      const { payload } = outcome
      const reading = reads?.(payload) ?? {}
      const status = reading.status ?? (typeof payload['status'] === 'string' ? payload['status'] : undefined)
      return {
        kind: 'answered',
        action,
        isAccepted: reading.isAccepted ?? (status === undefined || goodWords.has(status)),
        status,
        payload,
        ...(reading.configuration === undefined ? {} : { configuration: reading.configuration }),
      }
    }
    case 'error':
      return { kind: 'refused', action, code: cut(outcome.code, longestCode), description: cut(outcome.description, longestDescription) }
    case 'invalid':
      return { kind: 'invalid', action, description: cut(outcome.description, longestMisfit) }
    case 'timeout':
      return { kind: 'timeout', action }
    case 'disconnected':
      return { kind: 'disconnected' }
  }
}
