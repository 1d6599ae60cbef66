import type { Clock, Timer } from '../../src/base/clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { nextArrival, type TimeOfDay, type Visit, visitAt } from './arrivals.ts'
import type { Pattern } from './pattern.ts'
import type { FleetStation } from './station.ts'
import type { Tally } from './tally.ts'

export interface VisitorParts {
  readonly station: FleetStation
  readonly evse: number
  readonly pattern: Pattern
  readonly clock: Clock
  readonly chance: () => number
  readonly timeOfDay: TimeOfDay
  readonly tally: Tally
}

/** From the cable to the reader, and back to the car. */
const walk = seconds(3)
/** So long a driver waits for a transaction before giving up. */
const patience = minutes(2)
/** How often a driver looks at the outlet. */
const look = minutes(1)
/** So often a car that has enough is seen before it leaves. */
const looksWhenFull = 5

/** Whoever comes to one outlet, one after the other, as the pattern says. */
export class Visitor {
  readonly #parts: VisitorParts
  #timer: Timer | undefined

  constructor(parts: VisitorParts) {
    this.#parts = parts
    this.#waitForNext()
  }

  /** Nobody comes any more; who stands there stays. */
  stop(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  #after(delay: number, run: () => void): void {
    this.#timer = this.#parts.clock.after('visitor', delay, run)
  }

  #waitForNext() {
    const { clock, pattern, chance, timeOfDay } = this.#parts
    const now = clock.now().epochMs
    const at = nextArrival(pattern, now, chance, timeOfDay)
    if (at !== undefined) this.#after(Math.max(pattern.arrivals.steady ? seconds(1) : 0, at - now), () => this.#arrive())
  }

  #arrive() {
    const { station, evse, pattern, clock, chance, timeOfDay, tally } = this.#parts
    const visit = visitAt(pattern, clock.now().epochMs, chance, timeOfDay)
    // Where everything is to charge, nobody comes before the central system knows the station.
    if (pattern.arrivals.steady && !station.isOnline) return this.#waitForNext()
    if (!station.isRunning || !station.isFree(evse)) {
      tally.noted('drivers who found no free outlet')
      return this.#waitForNext()
    }
    station.plug(evse, visit)
    tally.noted('cars')
    this.#after(walk, () => this.#present(visit))
  }

  #present(visit: Visit) {
    const { station, evse, clock } = this.#parts
    if (!this.#isCharged) station.tag(visit.card, evse)
    const until = clock.monotonic() + patience
    const begins = () => {
      if (this.#isCharged) this.#stay(visit, 0)
      else if (clock.monotonic() >= until) this.#leaveAgain(visit)
      else this.#after(walk, begins)
    }
    this.#after(walk, begins)
  }

  #leaveAgain(visit: Visit) {
    this.#parts.tally.noted(visit.isUnknown ? 'unknown cards turned away' : 'drivers who could not charge')
    this.#leave()
  }

  #stay(visit: Visit, full: number) {
    const { clock, pattern, station, evse } = this.#parts
    if (!this.#isCharged) return this.#leave()
    const rest = (visit.leavesMs ?? Number.POSITIVE_INFINITY) - clock.now().epochMs
    const hasEnough = pattern.stay?.whenFull === true && station.station.view(evse)?.status === 'suspendedEv'
    if (rest <= 0 || (hasEnough && full >= looksWhenFull)) {
      station.tag(visit.card, evse)
      return this.#after(walk, () => this.#leave())
    }
    this.#after(Math.min(look, rest), () => this.#stay(visit, hasEnough ? full + 1 : 0))
  }

  #leave() {
    this.#parts.station.unplug(this.#parts.evse)
    this.#after(walk, () => this.#waitForNext())
  }

  /** A transaction runs at the outlet. */
  get #isCharged(): boolean {
    return this.#parts.station.station.view(this.#parts.evse)?.transaction !== undefined
  }
}
