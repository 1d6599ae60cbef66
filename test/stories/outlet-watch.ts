import { seconds } from '../../src/base/units.ts'
import { allowedAt, type Station } from '../core/charging/each-second.ts'
import type { WalkWorld } from './walk-world.ts'

/** From a new limit to the current that follows it: the offer, the guard's debouncing and ramps, 5 s that a car may take (safety rule 12). */
const reactionS = 12
/** A contactor may be closed so long after what it was closed for ended: X1 and 6 s, and where the core died, its lease before that. */
const closedAlone = { unplugged: 1, ended: 8, dead: 18 }
const toleranceA = 0.5
/** Cars that draw what they want. */
const disobedient = ['evNotFollowing', 'overCurrent', 'currentWhileOpen'] as const

/** Looks at the outlets each second: no contactor closed without a car or without a transaction, and no more current than any profile
 *  allows, judged by an evaluator that shares no line with the program. */
export function watchOutlets(w: WalkWorld, blame: (words: string) => void): { stop(): void } {
  const outlets = new Map<number, { unplugged: number; ended: number; allowed: number[] }>()
  const stationAllowed: number[] = []
  let excusedUntil = 0
  const ofEvse = (evse: number) => {
    const found = outlets.get(evse) ?? { unplugged: 0, ended: 0, allowed: [] }
    outlets.set(evse, found)
    return found
  }
  const remember = (list: number[], value: number) => {
    list.push(value)
    if (list.length > reactionS) list.shift()
    return list.length < reactionS ? Number.POSITIVE_INFINITY : Math.max(...list)
  }
  const limits = () => {
    const { core } = w
    // What is set while nobody reads it counts from the next start on.
    if (core === undefined) return () => Number.POSITIVE_INFINITY
    const { epochMs } = core.now()
    const station: Station = {
      evses: core.guard.evses.map(({ evse, phases, nominalVoltageV, maxAmps }) => {
        const { transaction } = core.view(evse)
        const charging = transaction && { id: transaction.id, start: startOf(transaction.startedAt, core.now()) }
        return { evse, phases, nominalVoltageV, maxAmps, ...(charging === undefined ? {} : { charging }) }
      }),
    }
    const all = core.profiles.all
    const most = all.filter(({ purpose }) => purpose === 'stationMax')
    return (evse: number) =>
      evse === 0 && most.length === 0 ? Number.POSITIVE_INFINITY : allowedAt(evse === 0 ? most : all, station, evse, epochMs, epochMs).a
  }
  const look = () => {
    const allowedNow = limits()
    const now = w.clock.monotonic()
    if (w.plants.some(({ faults }) => disobedient.some((each) => faults.has(each)))) excusedUntil = now + seconds(30)
    for (const plant of w.plants) {
      const one = ofEvse(plant.evse)
      const transaction = w.core?.view(plant.evse).transaction
      one.unplugged = plant.isClosed && !plant.isPlugged ? one.unplugged + 1 : 0
      one.ended = plant.isClosed && transaction === undefined ? one.ended + 1 : 0
      if (one.unplugged > closedAlone.unplugged) blame(`contactor ${plant.evse} is closed without a car`)
      if (one.ended > (w.core === undefined ? closedAlone.dead : closedAlone.ended)) blame(`contactor ${plant.evse} is closed without a transaction`)
      const most = remember(one.allowed, allowedNow(plant.evse))
      const drawn = Math.max(0, ...plant.amps)
      // Below 6 A there is no duty cycle: a pause.
      const due = most < 6 ? 0 : most
      if (now > excusedUntil && drawn > due + toleranceA) blame(`outlet ${plant.evse} draws ${drawn} A where ${most} A are allowed`)
    }
    const most = remember(stationAllowed, allowedNow(0))
    for (const phase of [0, 1, 2]) {
      const drawn = w.plants.reduce((sum, { amps }) => sum + (amps[phase] ?? 0), 0)
      if (now > excusedUntil && drawn > most + 2 * toleranceA) blame(`the station draws ${drawn} A on one phase where ${most} A are allowed`)
    }
  }
  return w.clock.every('outlets watched', seconds(1), look)
}

/** The clock may have been set since: how long it has lasted is sure. */
function startOf(at: { boot: string; bootMs: number; epochMs: number }, now: { boot: string; bootMs: number; epochMs: number }): number {
  return at.boot === now.boot ? now.epochMs - (now.bootMs - at.bootMs) : at.epochMs
}
