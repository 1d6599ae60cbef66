import type { StationAnswer, StationRequest } from '../ocpp/station-request.ts'
import { given } from './fields.ts'
import type { RestParts } from './parts.ts'
import { Refusal } from './refusal.ts'
import type { Configuration, Outcome } from './shapes.ts'

type Answered = Extract<StationAnswer, { kind: 'answered' }>

/** Problems of every route that asks a station. */
export const stationProblems = {
  409: 'It is not on the line, or it refused by CALLERROR',
  502: 'Its answer is not what OCPP says',
  504: 'It did not answer in time',
} as const

/** What the station said, when it said something. @throws Refusal otherwise */
export async function asked(station: string, request: StationRequest, { dispatch }: Pick<RestParts, 'dispatch'>): Promise<Answered> {
  const answer = await dispatch(station, request)
  if (answer.kind === 'answered') return answer
  throw refusalOf(answer, request)
}

function refusalOf(answer: Exclude<StationAnswer, Answered>, request: StationRequest): Refusal {
  switch (answer.kind) {
    case 'refused': {
      const { action, code, description } = answer
      const detail = `The station refused ${action} by CALLERROR ${code}${description === '' ? '' : `: ${description}`}`
      return new Refusal(409, 'The station refused', detail.slice(0, 2_000), { action, code: code.slice(0, 100) })
    }
    case 'invalid': {
      const { action, description } = answer
      return new Refusal(502, 'Not a valid answer', `The station's answer to ${action} is not what OCPP says: ${description}`.slice(0, 2_000), { action })
    }
    case 'timeout': {
      const { action } = answer
      return new Refusal(504, 'No answer', `The station did not answer ${action} in time`, { action, remedy: 'Look at GET /frames, and ask again.' })
    }
    case 'disconnected':
      return new Refusal(409, 'Not connected', 'The station is not on the line', { remedy: 'Ask again once it is.' })
    case 'impossible':
      return new Refusal(422, 'Not possible', answer.description.slice(0, 2_000), given({ field: fieldOf(answer.field, request) }))
  }
}

const fieldNames: Readonly<Record<string, string>> = { evse: 'evse_id', connector: 'connector_id', transaction: 'transaction_id', limit: 'kw' }

/** Where the door has what a station cannot be asked. */
function fieldOf(field: string | undefined, { kind }: StationRequest): string | undefined {
  if (field === undefined) return kind === 'message' ? 'body.payload' : undefined
  if (kind === 'readConfiguration') return 'query.keys'
  if (kind === 'message') return (field === 'action' ? 'body.action' : `body.payload.${field}`).slice(0, 200)
  return `body.${fieldNames[field] ?? field}`.slice(0, 200)
}

export function outcomeOf({ isAccepted, status, action, payload }: Answered): Outcome {
  return { outcome: isAccepted ? 'accepted' : 'rejected', ...given({ status }), action, payload }
}

/** Passwords are write-only (OCPP 1.6 security whitepaper, 2.0.1 BasicAuthPassword); a station that tells one all the same is not repeated. */
const secretKey = /authorizationkey|password/i

export function configurationOf({ action, payload, configuration = [] }: Answered): Configuration {
  const unknown = payload['unknownKey']
  return {
    items: configuration.map(({ key, value, isReadOnly }) => ({
      key,
      ...given({ value: secretKey.test(key) ? undefined : value }),
      is_read_only: isReadOnly,
    })),
    action,
    unknown_keys: Array.isArray(unknown) ? unknown.filter((each) => typeof each === 'string') : [],
  }
}
