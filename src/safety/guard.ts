import type { Board, SafetySettings } from '../../hal/types.ts'
import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { signal } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import { readInputs, type Snapshots, snapshots } from './inputs.ts'
import { type Latch, volatileLatch, weldLatches } from './latch.ts'
import { settingsOf } from './limits.ts'
import type { EvseDescription, GuardPort, PresentedToken, Report } from './port.ts'
import { type Supervisor, supervisor } from './supervisor.ts'

/** Safety rule 8. */
export const tickPeriod: Millis = 20
const lagWarning: Millis = 40

export interface GuardOptions {
  /** Ticks each 20 ms, needed or not. Without it the host sleeps until a tick could change something; the outputs are the same. */
  readonly everyTick?: boolean
  /** Where welds survive the guard. */
  readonly latch?: Latch
  /** Over what the board says of itself. */
  readonly limits?: Partial<SafetySettings>
}

export interface Guard extends GuardPort {
  /** How many ticks have run: what sleeping saves. */
  readonly ticks: number
  /** Opens every contactor and stops ticking. The board stays open: close it afterwards. */
  close(): void
}

interface Post {
  readonly supervisor: Supervisor
  readonly inputs: Snapshots
}

/** Hosts the supervisors of a board on a grid of 20 ms of the monotonic clock.
 *  @throws RangeError when a limit is beyond its hard bound */
export function guard(board: Board, clock: Clock, log: Log, options: GuardOptions = {}): Guard {
  const settings = settingsOf({ ...board.safety, ...options.limits })
  const weldOf = weldLatches(options.latch ?? volatileLatch())
  const reported = signal<Report>()
  const tokens = signal<PresentedToken>()
  const posts = new Map<number, Post>()
  for (const evse of board.evses)
    posts.set(evse.number, {
      supervisor: supervisor(evse, settings, weldOf(evse.number), log, clock.monotonic()),
      inputs: snapshots(() => readInputs(board, evse)),
    })
  let calls: { readonly at: Millis; readonly run: () => void }[] = []
  let alarm: { readonly at: Millis; readonly timer: Timer } | undefined
  let ticks = 0
  let isClosed = false

  const post = (evse: number): Post => {
    const found = posts.get(evse)
    if (found === undefined) throw new RangeError(`no EVSE ${evse} on board ${board.name}: it has 1 to ${posts.size}`)
    return found
  }
  const gridAfter = (at: Millis) => (Math.floor(at / tickPeriod + 1e-9) + 1) * tickPeriod
  const gridFrom = (at: Millis) => Math.ceil(at / tickPeriod - 1e-9) * tickPeriod
  const wakeAt = (at: Millis) => {
    if (isClosed || at === Number.POSITIVE_INFINITY || (alarm !== undefined && alarm.at <= at)) return
    alarm?.timer.stop()
    alarm = { at, timer: clock.after('guard tick', Math.max(0, at - clock.monotonic()), () => ring(at)) }
  }
  const ring = (at: Millis) => {
    alarm = undefined
    const now = clock.monotonic()
    // Timers of the machine may come a fraction of a millisecond early.
    if (now < at - 0.01) return wakeAt(at)
    const lag = now - at
    if (lag > lagWarning) log[board.isSimulated ? 'debug' : 'warn']({ lagMs: Math.round(lag) }, 'the guard was kept waiting')
    // The tick bears the time of its place on the grid, so that a debounce of 20 ms is one tick however the timers jitter.
    tick(lag < tickPeriod ? at : Math.floor(now / tickPeriod) * tickPeriod, board.isSimulated ? 0 : lag)
  }
  const tick = (now: Millis, lag: Millis) => {
    ticks++
    const due = calls.filter((each) => each.at < now)
    calls = calls.filter((each) => each.at >= now)
    for (const call of due) call.run()
    const news: Report[] = []
    let deadline = Number.POSITIVE_INFINITY
    for (const { supervisor, inputs } of posts.values()) {
      const report = supervisor.tick(now, inputs.before(now), lag)
      if (report !== undefined) news.push(report)
      deadline = Math.min(deadline, supervisor.nextDeadline(now))
    }
    // A tick sees only what was before it: what came at this very moment is for the next.
    if (options.everyTick === true || calls.length > 0 || [...posts.values()].some((each) => each.inputs.isWaiting)) deadline = now
    wakeAt(Math.max(gridAfter(now), gridFrom(deadline)))
    for (const report of news) reported.emit(report)
  }
  const changeOff = board.changed.on(() => {
    const now = clock.monotonic()
    for (const { inputs } of posts.values()) inputs.take(now)
    wakeAt(gridAfter(now))
  })
  const readersOff = board.readers.map((reader) => reader.presented.on(({ id }) => tokens.emit({ id, evse: reader.evse })))
  const call = (run: (at: Millis) => void, isUrgent = true) => {
    const at = clock.monotonic()
    calls.push({ at, run: () => run(at) })
    if (isUrgent) wakeAt(gridAfter(at))
  }
  wakeAt(gridAfter(clock.monotonic()))

  return {
    evses: board.evses.map(
      ({ number, maxAmps, phases, cable, nominalVoltageV }): EvseDescription => ({
        evse: number,
        maxAmps,
        phases,
        cable,
        nominalVoltageV,
      }),
    ),
    reported,
    tokens,
    get ticks() {
      return ticks
    },
    report: (evse) => post(evse).supervisor.report,
    offer(offer) {
      const { supervisor } = post(offer.evse)
      // A renewal that says nothing new waits for the next tick, which comes before the old lease ends.
      call((at) => supervisor.offer(offer, at), !supervisor.isPlainRenewal(offer, clock.monotonic()))
    },
    withdraw(evse, keepsLocked = false) {
      const { supervisor } = post(evse)
      call(() => supervisor.withdraw(keepsLocked))
    },
    adopt(evse, plugIn, transaction) {
      const { supervisor } = post(evse)
      call(() => supervisor.adopt(plugIn, transaction))
    },
    unlock(evse) {
      const { supervisor } = post(evse)
      if (isClosed) return Promise.resolve('failed')
      return new Promise((resolve) => call((at) => supervisor.unlock(at, resolve)))
    },
    clear(evse) {
      const { supervisor } = post(evse)
      call(() => supervisor.clear())
    },
    close() {
      if (isClosed) return
      isClosed = true
      alarm?.timer.stop()
      changeOff()
      for (const off of readersOff) off()
      // Who waits for an answer gets one.
      for (const each of calls) each.run()
      calls = []
      for (const { supervisor } of posts.values()) supervisor.stop()
    },
  }
}
