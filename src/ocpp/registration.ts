import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Listenable, signal } from '../base/signal.ts'
import { hours, type Millis } from '../base/units.ts'
import type { Link } from './link.ts'

/** What the central system said to BootNotification. */
export interface BootAnswer {
  readonly status: 'accepted' | 'pending' | 'rejected'
  /** Accepted: the heartbeat interval. Else how long to wait before the next BootNotification. As it came, ms. */
  readonly interval: Millis
}

/** `booting`: no answer yet since the program started. */
export type RegistrationState = 'booting' | BootAnswer['status']

export interface RegistrationOptions {
  readonly clock: Clock
  readonly log: Log
  readonly link: Pick<Link, 'state' | 'opened' | 'dropped'>
  /** Sends BootNotification. Undefined: no answer in time, a CALLERROR, or an answer that cannot be read. Never rejects. */
  readonly sendBoot: () => Promise<BootAnswer | undefined>
  /** The wait when the central system names none, or does not answer, ms. 60 s is the custom of the field. */
  readonly ownInterval: () => Millis
  /** Whether BootNotification is repeated after each reconnection. OCPP-J §5.4 says no; some central systems want it. */
  readonly bootAfterReconnect: () => boolean
  /** Uniform in 0..1: up to a tenth is added to our own interval, so that a fleet does not ask in step. None by default. */
  readonly chance?: () => number
}

/** Whether the central system takes this charge point: the boot state machine of OCPP 1.6 §4.2 and OCPP 2.0.1 B01 to B03. */
export interface Registration {
  readonly state: RegistrationState
  readonly changed: Listenable<RegistrationState>
  /** Each acceptance, with the answer. */
  readonly accepted: Listenable<BootAnswer>
  /** Accepted and connected: after an acceptance, and after each reconnection without a new BootNotification. */
  readonly online: Listenable<void>
  /** True: any CALL may leave. Otherwise only BootNotification, and while pending what TriggerMessage asks for. */
  readonly mayInitiate: boolean
  /** False while rejected: not even answers (OCPP 1.6 §4.2). */
  readonly mayAnswer: boolean
  /** `mayInitiate`, and the socket is there. */
  readonly isOnline: boolean
  /** BootNotification out of turn (TriggerMessage). False, and nothing is sent, once accepted (errata 3.35). */
  bootNow(): boolean
  /** Another central system is meant from now on: BootNotification is the first thing it hears. */
  renew(): void
  /** Sends no further BootNotification by itself. */
  stop(): void
}

/** The longest wait that a central system can impose. A mistyped interval (10^9 s is 31 years) must not take a charger out
 *  of service until somebody drives there. */
const longestInterval = hours(24)

export function registration(options: RegistrationOptions): Registration {
  const { clock, log, link } = options
  const changed = signal<RegistrationState>()
  const accepted = signal<BootAnswer>()
  const online = signal<void>()
  let state: RegistrationState = 'booting'
  /** BootNotification is to be sent as soon as there is a connection and none is on its way. */
  let isDue = true
  let attempt: object | undefined
  let wait: Timer | undefined

  const enter = (next: RegistrationState) => {
    if (state === next) return
    state = next
    changed.emit(next)
  }
  const boot = async () => {
    if (!isDue || attempt !== undefined || link.state !== 'connected') return
    wait?.stop()
    isDue = false
    const mine = {}
    attempt = mine
    const answer = await options.sendBoot()
    // The socket dropped meanwhile: an answer to the old connection says nothing about the new one.
    if (attempt !== mine) return
    attempt = undefined
    if (answer === undefined) unanswered()
    else answered(answer)
  }
  const bootIn = (delay: Millis) => {
    wait?.stop()
    wait = clock.after('boot again', delay, bootWhenPossible)
  }
  const bootWhenPossible = () => {
    // One on its way serves for this one too.
    if (attempt === undefined) isDue = true
    void boot()
  }
  const ownDelay = () => Math.min(longestInterval, Math.max(1_000, options.ownInterval() * (1 + 0.1 * (options.chance?.() ?? 0))))
  const unanswered = () => {
    const delay = ownDelay()
    log.warn({ againInMs: delay }, 'no usable answer to BootNotification')
    bootIn(delay)
  }
  const answered = (answer: BootAnswer) => {
    if (answer.status === 'accepted') {
      log.info({ intervalMs: answer.interval }, 'accepted by the central system')
      enter('accepted')
      accepted.emit(answer)
      online.emit()
      return
    }
    // 0: an interval of our own choice, without flooding (§4.2). Not a number or negative: the same.
    const delay = answer.interval > 0 ? Math.min(longestInterval, answer.interval) : ownDelay()
    log.warn({ status: answer.status, againInMs: delay }, 'not accepted by the central system yet')
    enter(answer.status)
    bootIn(delay)
  }

  link.dropped.on(() => {
    if (attempt === undefined) return
    attempt = undefined
    isDue = true
  })
  link.opened.on(() => {
    if (state === 'accepted' && options.bootAfterReconnect()) {
      isDue = true
      enter('booting')
    }
    if (isDue) void boot()
    else if (state === 'accepted') online.emit()
  })
  if (link.state === 'connected') void boot()

  return {
    get state() {
      return state
    },
    changed,
    accepted,
    online,
    get mayInitiate() {
      return state === 'accepted'
    },
    get mayAnswer() {
      return state !== 'rejected'
    },
    get isOnline() {
      return state === 'accepted' && link.state === 'connected'
    },
    bootNow() {
      if (state === 'accepted') return false
      bootWhenPossible()
      return true
    },
    renew() {
      attempt = undefined
      isDue = true
      wait?.stop()
      enter('booting')
    },
    stop: () => wait?.stop(),
  }
}
