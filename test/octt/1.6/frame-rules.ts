import { createRequire } from 'node:module'
import { isInMatrix } from '../../stories/matrix.ts'

export type Payload = Readonly<Record<string, unknown>>

interface Validator {
  /** @throws Error with the words of what is wrong */
  validate(schema: string, payload: unknown): unknown
}
const load = createRequire(import.meta.url)
const { createValidator } = load('ocpp-rpc/lib/validator.js') as { createValidator(subprotocol: string, schemas: unknown): Validator }
/** The official JSON schemas of OCPP 1.6 and of its security whitepaper, as the package `ocpp-rpc` carries them. */
const official = createValidator('ocpp1.6', load('ocpp-rpc/lib/schemas/ocpp1_6.json'))

/** What is wrong with the payload of a request (`req`) or of its answer (`conf`) by the official schema; undefined: nothing. */
export function misfit(action: string, kind: 'req' | 'conf', payload: unknown): string | undefined {
  try {
    official.validate(`urn:${action}.${kind}`, payload)
    return undefined
  } catch (error) {
    return `${action}.${kind}: ${error instanceof Error ? error.message : String(error)}: ${JSON.stringify(payload)}`
  }
}

/** What every frame of a station has to keep, whatever the case asks: schema, one CALL at a time, and the status matrix (§4.9). */
export interface FrameRules {
  /** What was broken so far. */
  readonly broken: readonly string[]
  /** The station sends a frame, or gets one. */
  sends(text: string): void
  gets(text: string): void
  /** The connection is gone, and with it every CALL under way. */
  disconnected(): void
  /** The program begins anew: what was told of the connectors before does not bind it. */
  begins(): void
}

type Frame = readonly [kind: number, id: string, ...rest: unknown[]]

/** MessageTimeout of a station that was not told otherwise, ms: a CALL that was not answered so long is not under way any more. */
const messageTimeout = 30_000

/** @param now simulated ms */
export function frameRules(now: () => number): FrameRules {
  const broken: string[] = []
  const inFlight = new Map<string, number>()
  /** Actions of the CALLs that the station has to answer. */
  const asked = new Map<string, string>()
  const statuses = new Map<unknown, string>()
  const blame = (words: string | undefined) => {
    if (words !== undefined) broken.push(words)
  }
  const followStatus = ({ connectorId, status, errorCode }: Payload) => {
    const [before, after] = [statuses.get(connectorId), String(status)]
    statuses.set(connectorId, after)
    if (before !== undefined && before !== after && !isInMatrix(before, after)) blame(`connector ${connectorId}: ${before} to ${after} is not in the matrix`)
    if (connectorId === 0 && !['Available', 'Unavailable', 'Faulted'].includes(after)) blame(`connector 0 is ${after}`)
    if (after === 'Faulted' && (errorCode === 'NoError' || errorCode === 'EVCommunicationError')) blame(`connector ${connectorId}: Faulted with ${errorCode}`)
  }
  const calls = (id: string, action: string, payload: Payload) => {
    for (const [each, at] of inFlight) if (now() - at >= messageTimeout) inFlight.delete(each)
    inFlight.set(id, now())
    if (inFlight.size > 1) blame(`${action} is sent while another CALL is not answered`)
    if (id.length > 36) blame(`the message id ${id} has more than 36 characters`)
    blame(misfit(action, 'req', payload))
    if (action === 'StatusNotification') followStatus(payload)
  }
  return {
    broken,
    sends(text) {
      const [kind, id, ...rest] = JSON.parse(text) as Frame
      const action = asked.get(id)
      if (kind === 2) return calls(id, String(rest[0]), rest[1] as Payload)
      asked.delete(id)
      if (action === undefined) blame(`an answer to no question: ${text}`)
      else if (kind === 3) blame(misfit(action, 'conf', rest[0]))
    },
    gets(text) {
      const [kind, id, action] = JSON.parse(text) as Frame
      if (kind === 2) asked.set(id, String(action))
      else inFlight.delete(id)
    },
    disconnected() {
      inFlight.clear()
      asked.clear()
    },
    begins: () => statuses.clear(),
  }
}
