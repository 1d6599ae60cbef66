import type { Board, EvseHardware, SafetySettings } from '../../hal/types.ts'
import type { Clock, Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { signal } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import { gridWatch } from './grid.ts'
import { type Inputs, readInputs, type Snapshots, snapshots } from './inputs.ts'
import { type Latch, volatileLatch } from './latch.ts'
import { leastWatts, settingsOf } from './limits.ts'
import { switchesPhases } from './phase-switching.ts'
import type { EvseDescription, GuardPort, PresentedToken, Report } from './port.ts'
import { type Supervisor, supervisor } from './supervisor.ts'
import { type EvseService, type ServiceBook, serviceBook } from './wear.ts'

/** Safety rule 8. */
export const tickPeriod: Millis = 20
const lagWarning: Millis = 40
/** Between two ticks that edges ask for. */
const leastGap: Millis = 2

export interface GuardOptions {
  /** Ticks each 20 ms, needed or not. Without it the host sleeps until a tick could change something; the outputs are the same. */
  readonly everyTick?: boolean
  /** Where welds and service counters survive the guard. */
  readonly latch?: Latch
  /** The same, for whoever needs a register of it before there is a guard (S0 meters). */
  readonly service?: ServiceBook
  /** Called with each tick that ran through without a lag fault: feeds a watchdog as the dead-man output is fed. */
  readonly fed?: () => void
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
  readonly service: EvseService
  readonly inputs: Pick<Snapshots, 'take' | 'before' | 'isWaiting'>
}

/** What real devices say is read in each tick: they need not tell of every sample. */
function presentInputs(read: () => Inputs): Post['inputs'] {
  return { take() {}, before: read, isWaiting: false }
}

/** Hosts the supervisors of a board on a grid of 20 ms of the monotonic clock.
 *  @throws RangeError when a limit is beyond its hard bound */
export function guard(board: Board, clock: Clock, log: Log, options: GuardOptions = {}): Guard {
  const settings = settingsOf({ ...board.safety, ...options.limits })
  const service = options.service ?? serviceBook(options.latch ?? volatileLatch())
  const reported = signal<Report>()
  const tokens = signal<PresentedToken>()
  const grid = board.grid === undefined ? undefined : gridWatch(board.grid)
  const posts = new Map<number, Post>()
  const evses: EvseDescription[] = []
  /** Nothing sleeps where a relay or a watchdog waits to be fed, nor on real devices. */
  const isAwake = options.everyTick === true || !board.isSimulated || board.deadMan !== undefined
  for (const hardware of board.evses) {
    const about = descriptionOf(hardware, settings)
    const kept = service.of(hardware.number)
    const read = () => readInputs(board, hardware, kept.metered)
    evses.push(about)
    if (!about.hasMirror)
      log.warn({ evse: about.evse, hasMeter: hardware.meter !== undefined }, 'no mirror contact: nothing but the meter tells a welded contactor')
    posts.set(hardware.number, {
      service: kept,
      supervisor: supervisor({ hardware, settings, market: board.market, service: kept, hasMirror: about.hasMirror, log, startedAt: clock.monotonic() }),
      inputs: board.isSimulated ? snapshots(read) : presentInputs(read),
    })
  }
  let calls: { readonly at: Millis; readonly run: () => void }[] = []
  let alarm: { readonly at: Millis; readonly timer: Timer } | undefined
  let ticks = 0
  let tickedAt = Number.NEGATIVE_INFINITY
  let isTicking = false
  let isFedHigh = false
  let isDeadManLost = false
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
    tickedAt = now
    isTicking = true
    let news: readonly Report[]
    try {
      news = look(now, lag)
    } catch (error) {
      // A bug: nobody knows what was decided and what was not. Whoever catches this further up must not keep a contactor closed with it.
      log.error({ error: wordsOf(error) }, 'a tick did not run through: every output is put OFF')
      close()
      throw error
    }
    isTicking = false
    grid?.look()
    for (const report of news) reported.emit(report)
  }
  /** Everything of a tick but telling of it. */
  const look = (now: Millis, lag: Millis): readonly Report[] => {
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
    feed()
    service.settle(now)
    deadline = Math.min(deadline, Math.max(now, service.dueAt))
    // A tick sees only what was before it: what came at this very moment is for the next.
    if (isAwake || calls.length > 0 || [...posts.values()].some((each) => each.inputs.isWaiting)) deadline = now
    wakeAt(Math.max(gridAfter(now), gridFrom(deadline)))
    return news
  }
  /** Rule 19: only here, when every supervisor has looked at everything. What throws on the way ends in a relay that drops out. */
  const feed = () => {
    for (const { supervisor } of posts.values()) if (supervisor.report.faults.includes('loopLag')) return
    options.fed?.()
    isFedHigh = !isFedHigh
    try {
      if (isFedHigh) board.deadMan?.on()
      else board.deadMan?.off()
      isDeadManLost = false
    } catch (error) {
      if (!isDeadManLost) log.error({ error: wordsOf(error) }, 'the dead-man output cannot be driven: its relay drops out')
      isDeadManLost = true
    }
  }
  const changeOff = board.changed.on(() => {
    const now = clock.monotonic()
    for (const { inputs } of posts.values()) inputs.take(now)
    // Rule 8: the debounce of an EV that leaves C begins and ends with its samples, not with the grid.
    if (!board.isSimulated && [...posts.values()].some(({ supervisor }) => supervisor.seesLeaving)) tickNow()
    else wakeAt(gridAfter(now))
  })
  /** Rule 10: what opens at once does not wait for the grid. What chatters gets its turn each 2 ms at most. */
  const tickNow = () => {
    const now = clock.monotonic()
    if (isClosed || isTicking || now - tickedAt < leastGap) return wakeAt(Math.max(now, tickedAt + leastGap))
    const lag = alarm === undefined ? 0 : Math.max(0, now - alarm.at)
    alarm?.timer.stop()
    alarm = undefined
    tick(now, board.isSimulated ? 0 : lag)
  }
  const edgeOff = board.edged?.on(tickNow)
  const readersOff = board.readers.map((reader) => reader.presented.on(({ id }) => tokens.emit({ id, evse: reader.evse })))
  const call = (run: (at: Millis) => void, isUrgent = true) => {
    if (isClosed) return
    const at = clock.monotonic()
    calls.push({ at, run: () => run(at) })
    if (isUrgent) wakeAt(gridAfter(at))
  }
  const close = () => {
    if (isClosed) return
    isClosed = true
    alarm?.timer.stop()
    changeOff()
    edgeOff?.()
    for (const off of readersOff) off()
    // Who waits for an answer gets one.
    for (const each of calls) attempt('call', each.run)
    calls = []
    for (const { supervisor } of posts.values()) supervisor.stop(clock.monotonic())
    attempt('dead-man', () => board.deadMan?.off())
    service.close()
  }
  /** At the end nothing that fails keeps the rest from being done. */
  const attempt = (what: string, run: () => void) => {
    try {
      run()
    } catch (error) {
      log.error({ what, error: wordsOf(error) }, 'the guard does not end in good order')
    }
  }
  wakeAt(gridAfter(clock.monotonic()))

  return {
    evses,
    reported,
    tokens,
    ...(grid === undefined ? {} : { grid }),
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
    show(evse, sign) {
      if (evse !== undefined) post(evse)
      const shown = board.evses.filter(({ number, indicator }) => indicator !== undefined && (evse === undefined || evse === number))
      for (const { number } of shown) call((at) => post(number).supervisor.show(sign, at))
    },
    serviceData(evse) {
      return Promise.resolve(post(evse).service.data)
    },
    resetService(evse) {
      const kept = post(evse).service
      call(() => kept.reset())
    },
    close,
  }
}

function descriptionOf(hardware: EvseHardware, settings: SafetySettings): EvseDescription {
  const { number, maxAmps, phases, cable, nominalVoltageV, controller, dc } = hardware
  const { contactor } = controller
  return {
    evse: number,
    maxAmps,
    phases,
    cable,
    nominalVoltageV,
    hasMirror: contactor.hasMirror ?? contactor.isClosed !== undefined,
    switchesPhases: switchesPhases({ hardware, settings }),
    ...(dc && { dc: { maxWatts: dc.maxWatts, leastWatts, nominalVoltageV: dc.nominalVoltageV } }),
  }
}
