import type { Millis } from '../../src/base/units.ts'
import { parseFrame } from '../../src/ocpp/frame.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import type { Dial, Socket } from '../../src/ocpp/socket.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import { isInMatrix } from './matrix.ts'
import { type TransactionWatch, watchTransactions } from './transaction-watch.ts'

/** What a charge point says on its wires, from dial to dial and from life to life, held against the rules that need nothing but the wire.
 *  It knows nothing of the program. */
export interface WireWatch {
  /** The same network, with an ear on each connection. */
  readonly dial: (dial: Dial) => Dial
  /** The program begins anew: it has to sign up again, and owes no history of statuses. */
  reborn(): void
  /** A StatusNotification as the other end heard it. */
  heard(payload: unknown): void
  readonly transactions: TransactionWatch
  readonly frames: number
  readonly statuses: number
  /** How many CALLs of each action went out. */
  readonly actions: ReadonlyMap<string, number>
}

interface Options {
  readonly now: () => Millis
  /** How long the station waits for an answer. */
  readonly timeout: Millis
  readonly blame: (words: string) => void
}

type Fields = Readonly<Record<string, unknown>>

/** No charger that runs this program lives before this moment. */
const earliest = '2025'

export function watchWire({ now, timeout, blame }: Options): WireWatch {
  let frames = 0
  let statuses = 0
  const actions = new Map<string, number>()
  const transactions = watchTransactions(blame)
  /** What the central system said to this life's BootNotification. */
  let registration = 'none'
  /** What it asked for by a trigger, which may leave before it accepts the station. */
  let asked: string[] = []
  let sent = statusPath('as sent', blame)
  let heard = statusPath('as heard', blame)

  const went = (line: Line, action: string, id: string, payload: Fields) => {
    actions.set(action, (actions.get(action) ?? 0) + 1)
    if (line.ids.has(id)) blame(`the message id ${id} was used before on this connection`)
    if (id.length > 36) blame(`the message id ${id} has more than 36 characters`)
    line.ids.add(id)
    for (const [each, { at }] of line.open) if (now() - at > timeout - 1) line.open.delete(each)
    line.open.set(id, { at: now(), action, payload })
    if (line.open.size > 1) blame(`${line.open.size} CALLs in flight: ${[...line.open.values()].map((call) => call.action).join(', ')}`)
    if (registration !== 'Accepted' && action !== 'BootNotification') {
      const at = registration === 'Pending' ? asked.indexOf(action) : -1
      if (at < 0) blame(`${action} before the station was accepted (${registration})`)
      else asked.splice(at, 1)
    }
    if (typeof payload['timestamp'] === 'string' && payload['timestamp'] < earliest) blame(`${action} of ${payload['timestamp']}`)
    if (action === 'StatusNotification') sent(payload)
    transactions.sent(action, payload)
  }
  const answered = (line: Line, id: string, payload: unknown) => {
    const call = line.open.get(id)
    line.open.delete(id)
    if (call === undefined) return
    const fields = payload as Fields | undefined
    if (call.action === 'BootNotification' && fields !== undefined) registration = String(fields['status'])
    transactions.answered(call.action, call.payload, fields)
  }
  const out = (line: Line, text: string) => {
    frames++
    const frame = parseFrame(text)
    if (frame.kind === 'unknown' || frame.kind === 'malformed') return blame(`no frame: ${text}`)
    if (frame.kind === 'error') return
    const action = frame.kind === 'call' ? frame.action : line.theirs.get(frame.id)
    const declared = messages16.get(action ?? '')?.message
    if (action === undefined || declared === undefined) return blame(`a ${frame.kind} of no action: ${text}`)
    const violation = violationOf(frame.kind === 'call' ? declared.request : declared.response, frame.payload)
    if (violation !== undefined) blame(`${frame.kind} of ${action}: ${violation.description}: ${JSON.stringify(frame.payload)}`)
    if (frame.kind === 'call') return went(line, action, frame.id, frame.payload as Fields)
    const request = line.requests.get(frame.id)
    const isGranted = (frame.payload as Fields)['status'] === 'Accepted'
    if (isGranted && (action === 'TriggerMessage' || action === 'ExtendedTriggerMessage')) asked.push(...whatFollows(request))
  }
  const into = (line: Line, text: string) => {
    const frame = parseFrame(text)
    if (frame.kind === 'call') {
      line.theirs.set(frame.id, frame.action)
      line.requests.set(frame.id, frame.payload as Fields)
    }
    if (frame.kind === 'result') answered(line, frame.id, frame.payload)
    if (frame.kind === 'error') answered(line, frame.id, undefined)
  }
  const listened = (socket: Socket): Socket => {
    const line: Line = { ids: new Set(), open: new Map(), theirs: new Map(), requests: new Map() }
    asked = []
    return {
      ...socket,
      send(text) {
        const isSent = socket.send(text)
        if (isSent) out(line, text)
        return isSent
      },
      received: {
        on: (listener) =>
          socket.received.on((text) => {
            into(line, text)
            listener(text)
          }),
      },
    }
  }
  return {
    dial: (dial) => async (address, signal) => listened(await dial(address, signal)),
    reborn() {
      registration = 'none'
      sent = statusPath('as sent', blame)
      heard = statusPath('as heard', blame)
    },
    heard(payload) {
      statuses++
      heard(payload)
    },
    transactions,
    get frames() {
      return frames
    },
    get statuses() {
      return statuses
    },
    actions,
  }
}

interface Line {
  /** Of our CALLs, all that were ever sent here. */
  readonly ids: Set<string>
  readonly open: Map<string, { readonly at: Millis; readonly action: string; readonly payload: Fields }>
  /** Of the other end's CALLs: the action by id, and the payload. */
  readonly theirs: Map<string, string>
  readonly requests: Map<string, Fields>
}

/** One trigger may bring a message for each connector; three are more than the walk has. The whitepaper's trigger has a firmware status of
 *  its own. */
function whatFollows(request: Fields | undefined): readonly string[] {
  const action = request?.['requestedMessage']
  if (typeof action !== 'string') return []
  return action === 'FirmwareStatusNotification' ? [action, `Signed${action}`] : [action, action, action]
}

/** Follows each connector through the matrix. */
function statusPath(whose: string, blame: (words: string) => void): (payload: unknown) => void {
  const last = new Map<number, string>()
  return (payload) => {
    const { connectorId, status, errorCode } = payload as { connectorId: number; status: string; errorCode: string }
    const before = last.get(connectorId)
    last.set(connectorId, status)
    if (before !== undefined && before !== status && !isInMatrix(before, status)) blame(`connector ${connectorId}, ${whose}: ${before} to ${status}`)
    if (connectorId === 0 && !['Available', 'Unavailable', 'Faulted'].includes(status)) blame(`connector 0: ${status}`)
    if (status === 'Faulted' && ['NoError', 'EVCommunicationError'].includes(errorCode)) blame(`connector ${connectorId}: Faulted with ${errorCode}`)
    if (
      status !== 'Faulted' &&
      errorCode === 'EVCommunicationError' &&
      !['Preparing', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Charging'].includes(status)
    )
      blame(`connector ${connectorId}: ${status} with EVCommunicationError`)
  }
}
