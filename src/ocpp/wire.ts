import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import { type Listenable, signal } from '../base/signal.ts'
import type { Frame } from './frame.ts'

/** A frame as it passed, for logs, control doors and recordings. Secrets are taken out. */
export interface FrameSeen {
  readonly direction: 'in' | 'out'
  readonly kind: 'call' | 'result' | 'error' | 'malformed' | 'unknown'
  /** Of the CALL, also for its answer; undefined for an answer to nothing. */
  readonly action: string | undefined
  readonly id: string | undefined
  /** Of a CALLERROR: {code, description, details}. Of a malformed frame: {reason}, never its text, which might hold a secret. */
  readonly payload: unknown
  readonly at: Moment
}

/** The port with a tap on it. */
export interface Wire {
  /** Sends `text`, which is `frame` encoded. False: the socket is not open. */
  send(text: string, frame: Frame, action: string): boolean
  /** Notes a frame that came. */
  saw(frame: Frame, answeredAction: string | undefined): void
  readonly lastSentAt: number
  readonly frames: Listenable<FrameSeen>
}

export function tappedWire(options: {
  readonly port: { send(text: string): boolean }
  readonly clock: Clock
  readonly log: Log
  readonly redact?: (action: string, payload: unknown) => unknown
}): Wire {
  const { port, clock, log } = options
  const frames = signal<FrameSeen>()
  let lastSentAt: number = clock.monotonic()
  const note = (direction: FrameSeen['direction'], frame: Frame, answeredAction: string | undefined) => {
    const action = frame.kind === 'call' ? frame.action : answeredAction
    const id = frame.kind === 'malformed' ? frame.callId : frame.kind === 'unknown' ? undefined : frame.id
    const payload = printable(frame, action, options.redact)
    log.debug({ direction, kind: frame.kind, action, id, payload }, 'frame')
    frames.emit({ direction, kind: frame.kind, action, id, payload, at: clock.now() })
  }
  return {
    send(text, frame, action) {
      if (!port.send(text)) return false
      lastSentAt = clock.monotonic()
      note('out', frame, action)
      return true
    },
    saw: (frame, answeredAction) => note('in', frame, answeredAction),
    get lastSentAt() {
      return lastSentAt
    },
    frames,
  }
}

/** What the keys and variables of every version are called whose value is a password. */
const secretWord = /password|authorizationkey/i

function printable(frame: Frame, action: string | undefined, redact: ((action: string, payload: unknown) => unknown) | undefined): unknown {
  switch (frame.kind) {
    case 'call':
    case 'result':
      if (redact === undefined) return frame.payload
      // An answer that came too late: whose it is, and so where its secrets are, is not known any more.
      if (action === undefined) return secretWord.test(JSON.stringify(frame.payload) ?? '') ? '[not shown]' : frame.payload
      try {
        return redact(action, frame.payload)
      } catch {
        // The payload comes unchecked from the wire; what cannot be redacted is not shown.
        return '[not shown]'
      }
    case 'error':
      return { code: frame.code, description: frame.description, details: frame.details }
    case 'malformed':
      return { reason: frame.reason }
    case 'unknown':
      return { type: frame.type }
  }
}
