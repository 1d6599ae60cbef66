import type { Clock, Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Millis, seconds } from '../base/units.ts'
import { type Call, type CallErrorFrame, type CallResult, encodeCall } from './frame.ts'
import { type Message, type RequestOf, type ResponseOf, violationOf } from './message.ts'
import { pacing } from './pacing.ts'
import type { Wire } from './wire.ts'

/** How a CALL ended. `disconnected`: the socket was not there or dropped before an answer came: not an attempt. */
export type CallOutcome<Response = unknown> =
  | { readonly kind: 'result'; readonly payload: Response }
  /** `code` as the other end spelled it (`codeOf` in call-error.ts reads it). */
  | { readonly kind: 'error'; readonly code: string; readonly description: string }
  /** A CALLRESULT came that does not fit its declaration. */
  | { readonly kind: 'invalid'; readonly description: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'disconnected' /** It was on its way: the other end may have it. */; readonly wasSent?: true }

interface Waiting {
  readonly message: Message
  readonly request: unknown
  readonly settle: (outcome: CallOutcome) => void
}

interface InFlight extends Waiting {
  readonly id: string
  timer: Timer | undefined
}

/** Our own CALLs: first come, first sent, one unanswered at a time (OCPP-J §4.1.1). */
export interface CallQueue {
  call<M extends Message>(message: M, request: RequestOf<M>): Promise<CallOutcome<ResponseOf<M>>>
  /** A CALLRESULT or CALLERROR came. */
  answered(frame: CallResult | CallErrorFrame): void
  /** Runs what answers a CALL of the other end: whatever it sets going, none of ours leaves before it has run. */
  behind(answer: () => void): void
  /** A CALL of the other end is unanswered, or none is any more. With a gap ours wait for that. */
  theirs(isOpen: boolean): void
  /** The socket dropped: every CALL in flight or waiting ends. */
  disconnected(): void
  /** The action of our unanswered CALL with this id. */
  actionOf(id: string): string | undefined
  readonly isBusy: boolean
  readonly waiting: number
}

export interface CallQueueOptions {
  readonly clock: Clock
  readonly log: Log
  /** How long an answer to our CALL may take (MessageTimeout), ms. Read at each CALL. */
  readonly timeout: () => Millis
  /** Rest between the end of a CALL, ours or theirs, and our next one on the same connection, ms; none by default (see `pacing.ts`). */
  readonly gap?: Millis
  /** Message ids of at most 36 characters, never used twice. Random UUIDs by default. */
  readonly newId?: () => string
  /** Whether a CALL of ours may leave now, asked when its turn comes. One that may not ends as `disconnected`. */
  readonly mayCall?: (action: string) => boolean
  /** An answer came that does not fit its declaration; words without its values. */
  readonly invalid?: (words: string) => void
}

export function callQueue(options: CallQueueOptions, wire: Wire): CallQueue {
  const { clock, log } = options
  const newId = options.newId ?? (() => crypto.randomUUID())
  let queue: Waiting[] = []
  let inFlight: InFlight | undefined
  let isHeld = false
  const pace = pacing(clock, options.gap ?? 0, () => sendNext())

  const finish = (call: InFlight, outcome: CallOutcome) => {
    call.timer?.stop()
    if (inFlight === call) {
      inFlight = undefined
      pace.ended()
    }
    call.settle(outcome)
    sendNext()
  }
  const sendNext = () => {
    while (inFlight === undefined && pace.mayLeave && !isHeld) {
      const next = queue.shift()
      if (next === undefined) return
      const call: InFlight = { ...next, id: newId(), timer: undefined }
      inFlight = call
      const failure = send(call)
      if (failure !== undefined) {
        inFlight = undefined
        call.settle(failure)
      }
    }
  }
  const send = (call: InFlight): CallOutcome | undefined => {
    const { action } = call.message
    if (options.mayCall?.(action) === false) return { kind: 'disconnected' }
    const frame: Call = { kind: 'call', id: call.id, action, payload: call.request }
    try {
      if (!wire.send(encodeCall(call.id, action, call.request), frame, action)) return { kind: 'disconnected' }
    } catch (error) {
      log.error({ action, error: wordsOf(error) }, 'request cannot be written as JSON')
      return { kind: 'invalid', description: 'request cannot be written as JSON' }
    }
    // Less than a second would take every answer for lost.
    call.timer = clock.after('call timeout', Math.max(seconds(1), options.timeout()), () => {
      log.warn({ action, id: call.id }, 'no answer in time')
      finish(call, { kind: 'timeout' })
    })
    return undefined
  }

  return {
    call: <M extends Message>(message: M, request: RequestOf<M>) =>
      new Promise<CallOutcome<ResponseOf<M>>>((resolve) => {
        queue.push({ message, request, settle: resolve as (outcome: CallOutcome) => void })
        sendNext()
      }),
    answered(frame) {
      const call = inFlight
      if (call === undefined || call.id !== frame.id) {
        log.info({ id: frame.id, kind: frame.kind }, 'answer to no CALL of ours ignored: stray, late or sent twice')
        return
      }
      const outcome = outcomeOf(call, frame)
      if (outcome.kind === 'invalid') options.invalid?.(`answer to ${call.message.action}: ${outcome.description}`)
      finish(call, outcome)
    },
    behind(answer) {
      isHeld = true
      answer()
      isHeld = false
      sendNext()
    },
    theirs: pace.theirs,
    disconnected() {
      const [sent, unsent] = [inFlight, queue]
      inFlight?.timer?.stop()
      pace.reset()
      inFlight = undefined
      queue = []
      sent?.settle({ kind: 'disconnected', wasSent: true })
      for (const call of unsent) call.settle({ kind: 'disconnected' })
    },
    actionOf: (id) => (inFlight?.id === id ? inFlight.message.action : undefined),
    get isBusy() {
      return inFlight !== undefined
    },
    get waiting() {
      return queue.length
    },
  }
}

function outcomeOf(call: InFlight, frame: CallResult | CallErrorFrame): CallOutcome {
  if (frame.kind === 'error') return { kind: 'error', code: frame.code, description: frame.description }
  const violation = violationOf(call.message.response, frame.payload)
  return violation === undefined ? { kind: 'result', payload: frame.payload } : { kind: 'invalid', description: violation.description }
}
