import { type Amps, type Millis, seconds } from '../../base/units.ts'
import type { Flow } from './flow.ts'

/** Meters of cars have said by then what the reading of the grid showed first. */
const settledAfter: Millis = seconds(3)
/** What the cars' draw has to change by. */
const movedA: Amps = 2

/** Tells a meter that says the same for ever (a gateway that repeats its last answer, with the time of now) from a house that is quiet: when the
 *  cars draw another current, the grid cannot carry the same to the last digit. A reading that is not believed until another one comes is
 *  none: the meter falls silent.
 *  @returns asked with each reading and what the cars draw by their own meters, whether it is believed */
export function stuckWatch(): (flow: Flow, carsA: Amps) => boolean {
  let course: { readonly values: string; readonly since: Millis; carsA: Amps | undefined; isStuck: boolean } | undefined
  return ({ at, amps, watts }, carsA) => {
    const values = [...amps, watts].join(' ')
    if (course?.values !== values) course = { values, since: at, carsA: undefined, isStuck: false }
    if (at - course.since >= settledAfter) course.carsA ??= carsA
    if (course.carsA !== undefined && Math.abs(carsA - course.carsA) > movedA) course.isStuck = true
    return !course.isStuck
  }
}
