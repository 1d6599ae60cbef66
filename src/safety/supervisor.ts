import type { EvseHardware, SafetySettings } from '../../hal/types.ts'
import type { Log } from '../base/log.ts'
import type { Millis } from '../base/units.ts'
import { asksForEnergy, closing } from './closing.ts'
import { currentWatch } from './current.ts'
import { faultBook } from './fault-book.ts'
import type { Inputs } from './inputs.ts'
import type { Interlock, Scene } from './interlocks.ts'
import type { WeldLatch } from './latch.ts'
import { accept, adopt, drop, isPlainRenewal, refusalOf, voidOffer } from './lease.ts'
import { stoppedBelow, times } from './limits.ts'
import { moveLock, unlockOutcome } from './locking.ts'
import { closedPhases, type MachineEvent, machine, machineEvents, type Phase } from './machine.ts'
import { cableAmpsFor, debounceFor, dutyFor, pilotStateOf } from './pilot.ts'
import type { Offer, PilotState, Report } from './port.ts'
import { isSameReport, reportOf } from './report.ts'
import { beginSelfTest, followSelfTest } from './self-test.ts'
import { initialState, type State } from './state.ts'
import { timing } from './timing.ts'

export type UnlockOutcome = 'unlocked' | 'failed' | 'none'

/** The guard of one outlet. Calls take effect with the next tick; `at` is when they were made (monotonic ms). */
export interface Supervisor {
  readonly report: Report
  offer(offer: Offer, at: Millis): void
  /** True when the offer does nothing but make the lease longer: no tick is needed before the old lease ends. */
  isPlainRenewal(offer: Offer, at: Millis): boolean
  withdraw(keepsLocked: boolean): void
  adopt(plugIn: number, transaction: string): void
  unlock(at: Millis, done: (outcome: UnlockOutcome) => void): void
  clear(): void
  /** Synchronous: reads, decides, drives. Returns the new report when there is something to tell. */
  tick(now: Millis, inputs: Inputs, lag: Millis): Report | undefined
  /** The next moment at which a tick could change anything while the inputs stay: `now` when the last tick changed something. */
  nextDeadline(now: Millis): Millis
  /** Opens the contactor and ends what waits. */
  stop(): void
}

export function supervisor(hardware: EvseHardware, settings: SafetySettings, weld: WeldLatch, parent: Log, startedAt: Millis): Supervisor {
  const log = parent.with({ evse: hardware.number })
  const { pilot, contactor } = hardware.controller
  const state = initialState(startedAt, hardware.maxAmps)
  let before = { ...state }
  const time = timing()
  const book = faultBook(weld)
  const currents = currentWatch()
  let waiters: ((outcome: UnlockOutcome) => void)[] = []
  let isQuiet = false
  let report = reportOf(hardware, state, undefined, book.active, startedAt)

  // the pilot

  const plugIn = (scene: Scene) => {
    Object.assign(state, {
      isPlugged: true,
      pulledAt: undefined,
      plugIn: state.plugIn + 1,
      pluggedAt: scene.timing.now,
      cableAmps: 0,
      transaction: undefined,
      isVoid: false,
      sequence: -1,
      failedCloses: 0,
      failedAt: undefined,
    })
    drop(state)
    state.isLockHeld = true
    beginSelfTest(scene)
    log.info({ plugIn: state.plugIn }, 'plugged in')
  }
  const unplug = (scene: Scene) => {
    voidOffer(state)
    // The cable of a transaction is the core's to let go; a core that is dead does not keep it.
    const isTheirs = state.transaction !== undefined && state.isLockHeld
    Object.assign(state, { isPlugged: false, isLockHeld: isTheirs, pulledAt: isTheirs ? scene.timing.now : undefined, failedCloses: 0, failedAt: undefined })
    if (state.hasFailedSelfTest) beginSelfTest(scene)
    log.info({ plugIn: state.plugIn }, 'unplugged')
  }
  const followPilot = (scene: Scene) => {
    const sample = scene.inputs.pilot
    if (sample !== undefined && !scene.isStale) {
      const raw: PilotState = pilotStateOf(sample, state.rawPilot) ?? 'E'
      if (raw !== state.rawPilot) {
        state.rawPilot = raw
        state.rawSince = time.now
      }
      if (raw !== state.pilot && time.passed(state.rawSince, debounceFor(state.pilot, raw))) {
        state.pilot = raw
        if (raw === 'A' && state.isPlugged) unplug(scene)
        if ((raw === 'B' || raw === 'C' || raw === 'D') && !state.isPlugged) plugIn(scene)
      }
    }
    if (!state.isPlugged || state.cableAmps > 0) return
    // Rule 16: the cable is what it was at A to B, with a little patience for the contacts.
    if (hardware.cable === 'fixed') state.cableAmps = hardware.maxAmps
    else if (!time.passed(state.pluggedAt, times.proximitySettles)) state.cableAmps = cableAmpsFor(scene.inputs.ohms) ?? 0
  }

  // faults

  const reviewFaults = (scene: Scene) => {
    if (scene.inputs.reading === undefined) state.silentSince ??= time.now
    else state.silentSince = undefined
    state.hasLatchFailed = weld.hasFailed
    const raised = book.review(scene)
    state.isHot = book.has('overTemperature')
    for (const row of raised) raise(row)
    // Nothing is offered under a fault, whenever it came.
    if (book.active.length > 0) voidOffer(state)
  }
  const raise = (row: Interlock) => {
    log.warn({ fault: row.fault, reaction: row.reaction, plugIn: state.plugIn }, 'fault')
    if (row.pilot === 'F') state.pulseSince = time.now
  }

  // the machine

  const isCar = () => state.isPlugged && (state.pilot === 'B' || state.pilot === 'C' || state.pilot === 'D')
  const happens = (event: MachineEvent, scene: Scene, isOffered: boolean): boolean => {
    const mirror = scene.inputs.mirror
    switch (event) {
      case 'fault':
        return state.phase === 'idle' || state.phase === 'offering' ? book.active.length > 0 : book.mustOpen
      case 'leftC':
        return !asksForEnergy(scene)
      case 'disagreed':
        return mirror === false
      case 'refused':
        return mirror === false && time.passed(state.phaseSince, times.mirrorFollows)
      case 'withdrawn':
        return !isOffered
      case 'ended':
        return hasStopped(scene) || time.passed(state.phaseSince, times.stopAtMost)
      case 'opened':
        return mirror === false || (mirror === undefined && time.passed(state.phaseSince, times.blindContacts))
      case 'cleared':
        return book.active.length === 0
      case 'offered':
        return isOffered
      case 'asked':
        return closing.every((each) => each.holds(scene))
      case 'agreed':
        return mirror === true || (mirror === undefined && time.passed(state.phaseSince, times.blindContacts))
    }
  }
  const hasStopped = ({ inputs }: Scene) =>
    inputs.reading !== undefined &&
    inputs.reading.at > state.phaseSince &&
    inputs.reading.phases.length > 0 &&
    inputs.reading.phases.every((each) => each.currentA !== undefined && each.currentA < stoppedBelow)

  const enter = (next: Phase, event: MachineEvent) => {
    if (event === 'refused' || (event === 'disagreed' && state.phase === 'closed')) {
      state.failedCloses++
      state.failedAt = time.now
      log.warn({ times: state.failedCloses }, 'contactor does not stay closed')
    }
    if (next === 'opening') state.openedAt = time.now
    log.debug({ from: state.phase, to: next, event }, 'phase')
    state.phase = next
    state.phaseSince = time.now
  }
  const runMachine = (scene: Scene, isOffered: boolean) => {
    for (let steps = 0; steps < 4; steps++) {
      const row = machine[state.phase]
      const event = machineEvents.find((each) => row[each] !== undefined && happens(each, scene, isOffered))
      if (event === undefined) return
      enter(row[event] as Phase, event)
    }
  }

  // outputs

  const driveOutputs = (scene: Scene, isOffered: boolean) => {
    const isClosed = closedPhases.has(state.phase)
    if (isClosed !== state.isCommanded) {
      state.isCommanded = isClosed
      if (isClosed) contactor.close()
      else contactor.open()
      log.info({ plugIn: state.plugIn, transaction: state.transaction, pilot: state.pilot }, isClosed ? 'contactor closes' : 'contactor opens')
    }
    const isOffering = isOffered && state.phase !== 'idle' && state.phase !== 'stopping' && state.phase !== 'faulted'
    const offeredBefore = state.offered
    const offered = currents.ramp(scene, isOffering)
    const isPulsing = state.pulseSince !== undefined && !time.passed(state.pulseSince, times.faultPulse)
    if (!isPulsing) state.pulseSince = undefined
    const kind = isPulsing ? 'fault' : isOffering ? 'pwm' : 'steady'
    if (kind === state.drive && (kind !== 'pwm' || offered === offeredBefore)) return
    state.drive = kind
    pilot.drive(kind === 'pwm' ? { kind, duty: dutyFor(offered) } : { kind })
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

  const isUnchanged = () => {
    for (const key in state) if (state[key as keyof State] !== before[key as keyof State]) return false
    return true
  }
  const sceneAt = (now: Millis, inputs: Inputs, lag: Millis): Scene => {
    const sampledAt = pilot.sample?.at ?? startedAt
    return { hardware, settings, inputs, state, timing: time, lag, isStale: now > sampledAt && time.passed(sampledAt, hardware.controller.staleAfter + 1) }
  }

  return {
    get report() {
      return report
    },
    offer(offer, at) {
      const refusal = refusalOf(offer, at, state, book.active.length > 0)
      if (refusal === undefined) accept(offer, state)
      else log.debug({ plugIn: offer.plugIn, transaction: offer.transaction, sequence: offer.sequence, refusal }, 'offer refused')
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
      if (state.hasFailedSelfTest) state.selfTest = 'none'
    },
    tick(now, inputs, lag) {
      time.begin(now)
      before = { ...state }
      const scene = sceneAt(now, inputs, lag)
      if (state.selfTest === 'none') beginSelfTest(scene)
      followPilot(scene)
      followSelfTest(scene)
      currents.watch(scene)
      reviewFaults(scene)
      if (state.hasOffer && time.passed(state.leaseEnds, 0)) {
        log.warn({ plugIn: state.plugIn, transaction: state.transaction }, 'lease ended')
        drop(state)
        state.isLockHeld = false
      }
      const isOffered = currents.review(scene) && book.active.length === 0 && isCar()
      runMachine(scene, isOffered)
      driveOutputs(scene, isOffered)
      settleUnlock(scene)
      if (state.pulledAt !== undefined && time.passed(state.pulledAt, times.longestLease)) {
        state.pulledAt = undefined
        state.isLockHeld = false
      }
      moveLock(scene, book.has('weld'))
      isQuiet = isUnchanged()
      const next = reportOf(hardware, state, inputs, book.active, now)
      if (isSameReport(report, next)) return undefined
      report = next
      return report
    },
    nextDeadline: (now) => (isQuiet ? Math.max(now, time.deadline) : now),
    stop() {
      contactor.open()
      pilot.drive({ kind: 'steady' })
      for (const done of waiters) done('failed')
      waiters = []
    },
  }
}
