import type { Board, EvseHardware, SafetySettings } from '../../hal/types.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Millis } from '../base/units.ts'
import { currentWatch } from './current.ts'
import { faultBook } from './fault-book.ts'
import { lights } from './indication.ts'
import type { Inputs } from './inputs.ts'
import type { Interlock, Scene } from './interlocks.ts'
import { accept, adopt, drop, isPlainRenewal, refusalOf, voidOffer } from './lease.ts'
import { times } from './limits.ts'
import { moveLock, unlockOutcome } from './locking.ts'
import { driveOutputs } from './outputs.ts'
import { reviewPhases, switchesPhases } from './phase-switching.ts'
import { pilotStateOf } from './pilot.ts'
import { followPilot, isCar } from './pilot-watch.ts'
import type { Offer, Report, Sign } from './port.ts'
import { isSameReport, reportOf } from './report.ts'
import { beginSelfTest, followSelfTest } from './self-test.ts'
import { initialState, type State } from './state.ts'
import { timing } from './timing.ts'
import { runMachine } from './transitions.ts'
import type { EvseService } from './wear.ts'

export type UnlockOutcome = 'unlocked' | 'failed' | 'none'

/** The guard of one outlet. Calls take effect with the next tick; `at` is when they were made (monotonic ms). */
export interface Supervisor {
  readonly report: Report
  /** The contactor is told to be closed, and the newest sample says that the EV does not ask any more. */
  readonly seesLeaving: boolean
  offer(offer: Offer, at: Millis): void
  /** True when the offer does nothing but make the lease longer: no tick is needed before the old lease ends. */
  isPlainRenewal(offer: Offer, at: Millis): boolean
  withdraw(keepsLocked: boolean): void
  adopt(plugIn: number, transaction: string): void
  unlock(at: Millis, done: (outcome: UnlockOutcome) => void): void
  clear(): void
  show(sign: Sign, at: Millis): void
  /** Synchronous: reads, decides, drives. Returns the new report when there is something to tell. */
  tick(now: Millis, inputs: Inputs, lag: Millis): Report | undefined
  /** The next moment at which a tick could change anything while the inputs stay: `now` when the last tick changed something. */
  nextDeadline(now: Millis): Millis
  /** Opens the contactor, puts lamps and coils OFF, and ends what waits. Never throws. */
  stop(now: Millis): void
}

export interface SupervisorParts {
  readonly hardware: EvseHardware
  readonly settings: SafetySettings
  readonly market: Board['market']
  readonly service: EvseService
  readonly hasMirror: boolean
  readonly log: Log
  readonly startedAt: Millis
}

export function supervisor({ hardware, settings, market, service, hasMirror, log: parent, startedAt }: SupervisorParts): Supervisor {
  const log = parent.with({ evse: hardware.number })
  const { pilot, contactor, phaseSwitch, pilotBreak, residualCurrent } = hardware.controller
  const state = initialState(
    startedAt,
    hardware.dc?.maxWatts ?? hardware.maxAmps,
    phaseSwitch === undefined ? hardware.phases : phaseSwitch.phases,
    hardware.dc !== undefined,
  )
  let before = { ...state }
  const time = timing()
  const book = faultBook(service.weld)
  const currents = currentWatch(hardware)
  const lamps =
    hardware.indicator && lights(hardware.indicator, (lamp, error) => log.warn({ lamp, error: wordsOf(error) }, 'a lamp or the buzzer cannot be driven'))
  let waiters: ((outcome: UnlockOutcome) => void)[] = []
  let isQuiet = false
  let newest: Inputs | undefined
  let report = reportOf(hardware, state, undefined, book.active, startedAt)

  const reviewFaults = (scene: Scene): readonly Interlock[] => {
    if (scene.inputs.reading === undefined) state.silentSince ??= time.now
    else state.silentSince = undefined
    if (hasMirror && scene.inputs.mirror === undefined) state.mirrorLostSince ??= time.now
    else state.mirrorLostSince = undefined
    state.hasLatchFailed = service.weld.hasFailed
    const active = book.active
    const raised = book.review(scene)
    if (book.active !== active) state.faultsChangedAt = time.now
    state.isHot = book.has('overTemperature')
    for (const row of raised) raise(row)
    // Nothing is offered under a fault, whenever it came.
    if (book.active.length > 0) voidOffer(state)
    return raised
  }
  const raise = (row: Interlock) => {
    log.warn({ fault: row.fault, reaction: row.reaction, plugIn: state.plugIn }, 'fault')
    if (row.pilot === 'F') state.pulseSince = time.now
    if (row.fault !== 'weld' || hardware.shuntTrip === undefined) return
    state.firedAt = time.now
    log.warn({}, 'the shunt trip is fired')
  }

  const settleUnlock = (scene: Scene) => {
    if (state.unlockAskedAt === undefined) return
    const outcome = unlockOutcome(scene, book.has('weld'))
    if (outcome === undefined) {
      state.isLockHeld = false
      return
    }
    if (outcome === 'unlocked') state.isLockHeld = false
    state.unlockAskedAt = undefined
    const told = waiters
    waiters = []
    for (const done of told) done(outcome)
  }
  const settleLease = () => {
    if (!state.hasOffer || !time.passed(state.leaseEnds, 0)) return
    log.warn({ plugIn: state.plugIn, transaction: state.transaction }, 'lease ended')
    drop(state)
    state.isLockHeld = false
  }
  const settlePulled = () => {
    if (state.pulledAt === undefined || !time.passed(state.pulledAt, times.longestLease)) return
    state.pulledAt = undefined
    state.isLockHeld = false
  }

  /** One output that fails must not leave the next one ON. */
  const off = (output: string, run: () => void) => {
    try {
      run()
    } catch (error) {
      log.error({ output, error: wordsOf(error) }, 'an output cannot be put OFF')
    }
  }

  const isUnchanged = () => {
    for (const key in state) if (state[key as keyof State] !== before[key as keyof State]) return false
    return true
  }
  const sceneAt = (now: Millis, inputs: Inputs, lag: Millis): Scene => {
    const sampledAt = pilot.sample?.at ?? startedAt
    const isStale = now > sampledAt && time.passed(sampledAt, hardware.controller.staleAfter + 1)
    return { hardware, settings, market, inputs, state, timing: time, lag, sampledAt, isStale }
  }

  return {
    get report() {
      return report
    },
    get seesLeaving() {
      if (!state.isCommanded || pilot.sample === undefined) return false
      const raw = pilotStateOf(pilot.sample, state.rawPilot)
      return raw !== 'C' && raw !== 'D'
    },
    offer(offer, at) {
      const refusal = refusalOf(offer, at, state, book.active.length > 0)
      if (refusal !== undefined) return log.debug({ plugIn: offer.plugIn, transaction: offer.transaction, sequence: offer.sequence, refusal }, 'offer refused')
      if (offer.phases !== report.phases && offer.phases !== state.offerPhases && !switchesPhases({ hardware, settings }))
        log.info({ wanted: offer.phases, inForce: report.phases }, 'this outlet does not switch phases')
      accept(offer, state)
    },
    isPlainRenewal: (offer, at) => isPlainRenewal(offer, at, state, book.active.length > 0),
    withdraw(keepsLocked) {
      if (state.hasOffer) drop(state)
      if (state.transaction === undefined) return
      state.isLockHeld &&= keepsLocked
      state.pulledAt = undefined
    },
    adopt(number, transaction) {
      adopt(number, transaction, state, book.active.length > 0)
    },
    unlock(at, done) {
      if (hardware.controller.lock === undefined) return done('none')
      waiters.push(done)
      state.unlockAskedAt = at
    },
    clear() {
      book.clear()
      state.failedCloses = 0
      state.lockFailures = 0
      state.hasSwitchFailed = false
      if (state.hasFailedSelfTest) state.selfTest = 'none'
    },
    show: (sign, at) => lamps?.show(sign, at),
    tick(now, inputs, lag) {
      time.begin(now)
      before = { ...state }
      newest = inputs
      const scene = sceneAt(now, inputs, lag)
      if (state.selfTest === 'none' && residualCurrent !== undefined) beginSelfTest(scene)
      followPilot(scene, log)
      followSelfTest(scene)
      currents.watch(scene)
      const raised = reviewFaults(scene)
      settleLease()
      const hasPhases = reviewPhases(scene, book.has('weld'))
      const isOffered = currents.review(scene) && hasPhases && book.active.length === 0 && isCar(state)
      runMachine(scene, book, isOffered, log)
      driveOutputs(scene, currents, isOffered, log)
      settleUnlock(scene)
      settlePulled()
      moveLock(scene, book.has('weld'))
      service.count({ before, state, inputs, raised: raised.map((each) => each.fault) })
      isQuiet = isUnchanged()
      const next = reportOf(hardware, state, inputs, book.active, now)
      lamps?.update({ report: next, hasOffer: state.hasOffer }, time)
      if (isSameReport(report, next)) return undefined
      report = next
      return report
    },
    nextDeadline: (now) => (isQuiet ? Math.max(now, time.deadline) : now),
    stop(now) {
      off('contactor', () => contactor.open())
      off('pilot', () => pilot.drive({ kind: 'steady' }))
      off('power stage', () => hardware.dc?.offer(0))
      off('pilot break', () => pilotBreak?.off())
      off('shunt trip', () => hardware.shuntTrip?.off())
      lamps?.off()
      if (state.isCommanded && newest !== undefined) {
        const ended: State = { ...state, isCommanded: false, openedAt: now }
        service.count({ before: state, state: ended, inputs: newest, raised: [] })
      }
      for (const done of waiters) done('failed')
      waiters = []
    },
  }
}
