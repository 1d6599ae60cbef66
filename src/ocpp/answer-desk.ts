import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { CallError, type ErrorSpelling } from './call-error.ts'
import { type Call, cut, encodeError, encodeResult } from './frame.ts'
import { violationOf } from './message.ts'
import type { Route } from './route.ts'
import type { Wire } from './wire.ts'

/** The other end's CALLs: each gets one answer, in the order in which the handlers are ready. */
export interface AnswerDesk {
  take(call: Call): void
  /** Answers a CALL that could not be read. */
  refuse(id: string, reason: string): void
  /** The socket dropped: answers still being made have nowhere to go. */
  forget(): void
}

export interface AnswerDeskOptions {
  readonly log: Log
  readonly routes: ReadonlyMap<string, Route>
  readonly spelling: ErrorSpelling
  /** Actions that the version defines; those without a route are answered NotSupported, all others NotImplemented. */
  readonly known?: ReadonlySet<string>
  /** Whether a CALL of the other end is answered now: `ignore` leaves it without any answer, an error refuses it.
   *  The action is empty for a CALL that could not be read. */
  readonly gate?: (action: string) => 'answer' | 'ignore' | CallError
  /** The other end sent what is no valid OCPP; words without its values. */
  readonly invalid?: (words: string) => void
}

/** A peer that keeps to OCPP-J has one CALL open. More than this many unanswered ones is an attack or a bug. */
const mostAtOnce = 64

/** @param busy told whenever one of theirs is open, and when none is any more */
export function answerDesk(options: AnswerDeskOptions, wire: Wire, busy: (isBusy: boolean) => void): AnswerDesk {
  const { log, routes, spelling } = options
  /** Ids of the CALLs being answered on the present connection. A new set for each connection: an answer belongs to its own. */
  let open = new Set<string>()

  const fail = (id: string, action: string, error: CallError) => {
    const code = spelling[error.code]
    const description = cut(error.message, 255)
    wire.send(encodeError(id, code, description, error.details), { kind: 'error', id, code, description, details: error.details }, action)
  }
  /** The handler's own words go to the log only; the wire gets none of them. */
  const failUnexpectedly = (call: Call, error: unknown) => {
    log.error({ action: call.action, id: call.id, error: wordsOf(error), stack: error instanceof Error ? error.stack : undefined }, 'handler failed')
    fail(call.id, call.action, new CallError('internalError', 'the action could not be carried out'))
  }
  const failWith = (call: Call, error: unknown) => {
    if (!(error instanceof CallError)) return failUnexpectedly(call, error)
    log.warn({ action: cut(call.action, 64), id: call.id, code: error.code, description: cut(error.message, 255) }, 'call refused')
    fail(call.id, call.action, error)
  }

  const refusalOf = (call: Call): CallError | undefined => {
    if (open.size >= mostAtOnce) return new CallError('genericError', 'too many CALLs at once')
    const route = routes.get(call.action)
    if (route === undefined) {
      const name = cut(call.action, 64)
      return options.known?.has(call.action)
        ? new CallError('notSupported', `${name} is not supported`)
        : new CallError('notImplemented', `${name} is not known`)
    }
    const violation = violationOf(route.message.request, call.payload)
    if (violation === undefined) return undefined
    options.invalid?.(`${call.action}: ${violation.description}`)
    return new CallError(violation.code, violation.description)
  }

  const handle = (call: Call) => {
    const mine = open
    mine.add(call.id)
    busy(true)
    const afterwards = afterQueue((error) =>
      log.error({ action: call.action, error: wordsOf(error), stack: error instanceof Error ? error.stack : undefined }, 'what follows an answer failed'),
    )
    const settle = (send: () => void) => {
      if (mine !== open) return log.warn({ action: call.action, id: call.id }, 'connection dropped before the answer was ready')
      mine.delete(call.id)
      send()
      busy(mine.size > 0)
    }
    const succeed = (payload: unknown) =>
      settle(() => {
        let text: string
        try {
          text = encodeResult(call.id, payload)
        } catch (error) {
          return failUnexpectedly(call, error)
        }
        if (wire.send(text, { kind: 'result', id: call.id, payload }, call.action)) afterwards.run()
      })
    const giveUp = (error: unknown) => settle(() => failWith(call, error))
    try {
      const answer: unknown = routes.get(call.action)?.handle(call.payload as never, { after: afterwards.add })
      if (answer instanceof Promise) answer.then(succeed, giveUp)
      else succeed(answer)
    } catch (error) {
      giveUp(error)
    }
  }

  return {
    take(call) {
      const gate = options.gate?.(call.action) ?? 'answer'
      if (gate === 'ignore') return log.info({ action: call.action, id: call.id }, 'call left without an answer')
      // OCPP-J §4.2.3 would allow a CALLERROR here, but that would end the first CALL at its sender: one id, one answer.
      if (open.has(call.id)) return log.warn({ action: call.action, id: call.id }, 'call came twice; it is being answered')
      const refusal = gate === 'answer' ? refusalOf(call) : gate
      if (refusal === undefined) handle(call)
      else failWith(call, refusal)
    },
    refuse(id, reason) {
      if (options.gate?.('') !== 'ignore') fail(id, 'unknown', new CallError('formatViolation', reason))
    },
    forget() {
      open = new Set()
    },
  }
}

/** Collects what follows an answer; what comes after the answer runs at once. */
function afterQueue(failed: (error: unknown) => void) {
  let waiting: (() => void)[] = []
  let isSent = false
  const runOne = (run: () => void) => {
    try {
      run()
    } catch (error) {
      failed(error)
    }
  }
  return {
    add: (run: () => void) => {
      if (isSent) runOne(run)
      else waiting.push(run)
    },
    run: () => {
      isSent = true
      for (const each of waiting) runOne(each)
      waiting = []
    },
  }
}
