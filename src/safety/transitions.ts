import type { Log } from '../base/log.ts'
import { asksForEnergy, closing } from './closing.ts'
import type { FaultBook } from './fault-book.ts'
import type { Scene } from './interlocks.ts'
import { stoppedBelow, times } from './limits.ts'
import { type MachineEvent, machine, machineEvents, type Phase } from './machine.ts'

/** What makes the events of the machine's table come true. */

type Faults = Pick<FaultBook, 'active' | 'mustOpen'>

/** Goes through the table until nothing happens any more. `isOffered`: current may be offered. */
export function runMachine(scene: Scene, faults: Faults, isOffered: boolean, log: Log): void {
  const { state } = scene
  for (let steps = 0; steps < 4; steps++) {
    const row = machine[state.phase]
    const event = machineEvents.find((each) => row[each] !== undefined && happens(each, scene, faults, isOffered))
    if (event === undefined) return
    enter(row[event] as Phase, event, scene, log)
  }
}

function happens(event: MachineEvent, scene: Scene, faults: Faults, isOffered: boolean): boolean {
  const { state, timing, inputs } = scene
  const mirror = inputs.mirror
  /** Where there is a mirror contact, its silence is no answer. */
  const isBlind = mirror === undefined && state.mirrorLostSince === undefined
  switch (event) {
    case 'fault':
      return state.phase === 'idle' || state.phase === 'offering' ? faults.active.length > 0 : faults.mustOpen
    case 'leftC':
      return !asksForEnergy(scene)
    case 'disagreed':
      return mirror === false
    case 'refused':
      return mirror === false && timing.passed(state.phaseSince, times.mirrorFollows)
    case 'withdrawn':
      return !isOffered
    case 'ended':
      return hasStopped(scene) || timing.passed(state.phaseSince, times.stopAtMost)
    case 'opened':
      return mirror === false || (isBlind && timing.passed(state.phaseSince, times.blindContacts))
    case 'cleared':
      return faults.active.length === 0
    case 'offered':
      return isOffered
    case 'asked':
      return closing.every((each) => each.holds(scene))
    case 'agreed':
      return mirror === true || (isBlind && timing.passed(state.phaseSince, times.blindContacts))
  }
}

/** What has no pilot cannot be told to stop, and is not waited for. */
function hasStopped({ inputs, state, hardware }: Scene): boolean {
  if (!hardware.controller.hasPilot) return true
  return (
    inputs.reading !== undefined &&
    inputs.reading.at > state.phaseSince &&
    inputs.reading.phases.length > 0 &&
    inputs.reading.phases.every((each) => each.currentA !== undefined && each.currentA < stoppedBelow)
  )
}

function enter(next: Phase, event: MachineEvent, { state, timing }: Scene, log: Log): void {
  if (event === 'refused' || (event === 'disagreed' && state.phase === 'closed')) {
    state.failedCloses++
    state.failedAt = timing.now
    log.warn({ times: state.failedCloses }, 'contactor does not stay closed')
  }
  if (next === 'opening') state.openedAt = timing.now
  log.debug({ from: state.phase, to: next, event }, 'phase')
  state.phase = next
  state.phaseSince = timing.now
}
