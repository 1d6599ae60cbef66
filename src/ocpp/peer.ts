import type { Listenable } from '../base/signal.ts'
import { type AnswerDeskOptions, answerDesk } from './answer-desk.ts'
import { type CallOutcome, type CallQueueOptions, callQueue } from './call-queue.ts'
import { parseFrame } from './frame.ts'
import type { Message, RequestOf, ResponseOf } from './message.ts'
import type { Socket } from './socket.ts'
import { type FrameSeen, tappedWire } from './wire.ts'

export type { CallOutcome } from './call-queue.ts'
export { type Handler, type HandlerContext, type Route, route, routesOf } from './route.ts'

/** One end of an OCPP-J conversation: one CALL in flight, answers in the meantime. */
export interface Peer {
  /** Waits its turn, sends, waits for the answer. Never rejects. */
  call<M extends Message>(message: M, request: RequestOf<M>): Promise<CallOutcome<ResponseOf<M>>>
  /** True while a CALL of ours is unanswered. */
  readonly isBusy: boolean
  /** CALLs waiting for their turn. */
  readonly waiting: number
  /** When a frame was last sent, monotonic ms: what Heartbeat counts from. */
  readonly lastSentAt: number
  /** Every frame that came or went, secrets taken out. */
  readonly frames: Listenable<FrameSeen>
}

/** Where the frames come from and go to: a `Link`, or one `Socket` (see `overSocket`). */
export interface PeerPort {
  send(text: string): boolean
  readonly received: Listenable<string>
  readonly dropped: Listenable<unknown>
}

export function overSocket(socket: Socket): PeerPort {
  return { send: (text) => socket.send(text), received: socket.received, dropped: socket.closed }
}

export interface PeerOptions extends CallQueueOptions, AnswerDeskOptions {
  readonly port: PeerPort
  /** The payload (of a CALL or its answer) without secrets, for logs and taps. */
  readonly redact?: (action: string, payload: unknown) => unknown
}

export function peer(options: PeerOptions): Peer {
  const { port, log } = options
  const wire = tappedWire(options)
  const calls = callQueue(options, wire)
  const answers = answerDesk(options, wire, calls.theirs)
  port.received.on((text) => {
    const frame = parseFrame(text)
    wire.saw(frame, frame.kind === 'result' || frame.kind === 'error' ? calls.actionOf(frame.id) : undefined)
    switch (frame.kind) {
      case 'call':
        return calls.behind(() => answers.take(frame))
      case 'result':
      case 'error':
        return calls.answered(frame)
      case 'unknown':
        return log.info({ type: frame.type }, 'frame of an unknown message type ignored')
      case 'malformed':
        log.warn({ reason: frame.reason, length: text.length, id: frame.callId }, 'malformed frame')
        options.invalid?.(frame.reason)
        if (frame.callId !== undefined) answers.refuse(frame.callId, frame.reason)
    }
  })
  port.dropped.on(() => {
    answers.forget()
    calls.disconnected()
  })
  return {
    call: calls.call,
    get isBusy() {
      return calls.isBusy
    },
    get waiting() {
      return calls.waiting
    },
    get lastSentAt() {
      return wire.lastSentAt
    },
    frames: wire.frames,
  }
}
