import type { Clock, Timer } from '../base/clock.ts'
import { CommandError, ControlConnectionError, ControlTimeoutError } from './errors.ts'

/** Lines and their answers: one on its way at a time, in the order in which they were asked. */
export interface LineQueue {
  /** Resolves to the words after `ok`. The time (ms) counts from this line's turn.
   *  Rejects with CommandError (`error ...`), ControlTimeoutError, or ControlConnectionError. */
  ask(line: string, patienceMs: number): Promise<string>
  /** There is a connection: lines leave through `send`. */
  opened(send: (line: string) => void): void
  answered(reply: string): void
  /** The connection is gone: the line on its way rejects, the others wait for the next one. */
  lost(words: string): void
  /** Nothing leaves any more: every line rejects, also those to come. */
  end(words: string): void
}

interface Asked {
  readonly line: string
  readonly patienceMs: number
  readonly resolve: (words: string) => void
  readonly reject: (error: Error) => void
  timer: Timer | undefined
  isSent: boolean
}

export function lineQueue(clock: Clock): LineQueue {
  let asked: readonly Asked[] = []
  let send: ((line: string) => void) | undefined
  /** An answer to come that nobody waits for any more. */
  let isOwed = false
  let ending: string | undefined

  const settle = (one: Asked, how: () => void) => {
    one.timer?.stop()
    asked = asked.filter((each) => each !== one)
    how()
    turn()
  }
  const turn = () => {
    const [head] = asked
    if (head === undefined) return
    head.timer ??= clock.after('answer', head.patienceMs, () => {
      isOwed ||= head.isSent
      settle(head, () => head.reject(new ControlTimeoutError(`no answer to "${head.line}" within ${head.patienceMs} ms`)))
    })
    if (send === undefined || isOwed || head.isSent) return
    head.isSent = true
    send(head.line)
  }
  return {
    ask: (line, patienceMs) =>
      new Promise((resolve, reject) => {
        if (ending !== undefined) return reject(new ControlConnectionError(ending))
        // The door would answer each of them, and every answer after would belong to the wrong line.
        if (/[\r\n]/.test(line)) return reject(new TypeError('a line has no line break'))
        asked = [...asked, { line, patienceMs, resolve, reject, timer: undefined, isSent: false }]
        turn()
      }),
    opened(through) {
      send = through
      turn()
    },
    answered(reply) {
      const [head] = asked
      if (isOwed) isOwed = false
      else if (head?.isSent === true) return settle(head, () => settleWith(head, reply))
      turn()
    },
    lost(words) {
      send = undefined
      isOwed = false
      const [head] = asked
      if (head?.isSent === true) settle(head, () => head.reject(new ControlConnectionError(`${words}: whether "${head.line}" was done is not known`)))
    },
    end(words) {
      ending = words
      send = undefined
      for (const each of asked) {
        each.timer?.stop()
        each.reject(new ControlConnectionError(words))
      }
      asked = []
    },
  }
}

function settleWith({ line, resolve, reject }: Asked, reply: string): void {
  if (/^ok(?: |$)/.test(reply)) resolve(reply.slice('ok '.length))
  else reject(new CommandError(line, reply.replace(/^error /, '')))
}
