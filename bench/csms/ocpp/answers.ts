import type { Clock } from '../../../src/base/clock.ts'
import { isoOf } from '../../../src/base/moment.ts'
import type { Millis } from '../../../src/base/units.ts'
import { CallError, type CallErrorCode } from '../../../src/ocpp/call-error.ts'
import { type Route, route } from '../../../src/ocpp/peer.ts'
import type { IdTagInfo, RegistrationStatus } from '../../../src/ocpp16/messages/types.ts'
import type { Awaitable } from '../books/awaitable.ts'
import type { EventBook } from '../books/event-book.ts'
import type { TransactionBook } from '../books/transactions.ts'
import type { Boot, ConnectorStatus, Measured } from '../store/store.ts'
import type { ShownStatuses } from './shown-status.ts'

/** What the answers to one station are made from, in words of neither version. */
export interface AnswerSource {
  readonly clock: Clock
  readonly station: string
  readonly transactions: TransactionBook & EventBook
  /** Outlives the connection. */
  readonly shown: ShownStatuses
  /** Requests of the station that wait for what is kept, of earlier connections too. */
  readonly works: { open: number }
  /** Heartbeat interval, s. */
  readonly heartbeat: number
  registration(): RegistrationStatus
  authorize(card: string): Awaitable<IdTagInfo>
  /** A request that fits its declaration came. */
  heard(action: string, request: unknown): void
  booted(boot: Boot): Awaitable<void>
  statusChanged(status: ConnectorStatus): Awaitable<void>
  /** Values outside of transactions; evse 0: the whole station. */
  metered(evse: number, samples: readonly Measured[]): Awaitable<void>
  /** How an action is treated; undefined: at once and kindly. */
  manner(action: string): Manner | undefined
}

/** How a request is treated by a central system that is not at its best. */
export interface Manner {
  /** The request is taken in at once, and its answer leaves so late. */
  readonly lateBy?: Millis
  /** The request is taken in, and never answered. */
  readonly isSilent?: boolean
  /** The request is not taken in, but answered by a CALLERROR. */
  readonly refusal?: CallErrorCode
}

/** A station has one CALL open. More than these, over its connections, would be in the way of others. */
const mostOpen = 128

export const currentTime = ({ clock }: Pick<AnswerSource, 'clock'>) => isoOf(clock.now())

/** The answers of one version, each given in its manner. */
export function mannered(routes: ReadonlyMap<string, Route>, source: AnswerSource): ReadonlyMap<string, Route> {
  return new Map(
    [...routes].map(([action, { message, handle }]) => [
      action,
      route(message, (request, context) => {
        const { lateBy = 0, isSilent = false, refusal } = source.manner(action) ?? {}
        if (refusal !== undefined) throw new CallError(refusal, 'the bench was told to refuse this')
        if (source.works.open >= mostOpen) throw new CallError('genericError', 'too many requests of this station wait for their answers')
        source.heard(action, request)
        const answer: unknown = handle(request as never, context)
        if (answer instanceof Promise) count(answer, source.works)
        if (!isSilent && lateBy <= 0) return answer
        return isSilent ? new Promise(() => {}) : new Promise((resolve) => source.clock.after('late answer', lateBy, () => resolve(answer)))
      }),
    ]),
  )
}

/** Hears how it ends as well: nobody else may be waiting, and a rejection that nobody hears would end the program. */
function count(answer: Promise<unknown>, works: { open: number }): void {
  const done = () => {
    works.open--
  }
  works.open++
  answer.then(done, done)
}
