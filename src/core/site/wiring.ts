import { type Millis, seconds } from '../../base/units.ts'
import type { EvseDescription, Report } from '../../safety/port.ts'
import { drawnBy } from './flow.ts'
import type { Wired } from './rails.ts'

/** How the outlets hang on the connection, and which of their conductors their cars use. */
export interface Wiring {
  follow(report: Report): void
  of(report: Report, outlet: EvseDescription, now: Millis): Wired
}

/** A conductor with less is not used. */
const usedAmps = 1
/** A car shows within this time of drawing which conductors it uses; some begin with one. */
const showsWithin: Millis = seconds(20)
/** What the phases of a car differ by when it takes the same of all. */
const lopsidedAmps = 2

interface Car {
  readonly plugIn: number
  /** It has been drawing since then. */
  readonly since: Millis
  readonly used: Set<number>
  isLopsided: boolean
}

/** @param rotations entries of ConnectorPhaseRotation: `1.RST` */
export function wiringOf(outlets: readonly EvseDescription[], rotations: () => readonly string[]): Wiring {
  const cars = new Map<number, Car>()
  const rotationOf = (evse: number) =>
    rotations().flatMap((each) => (each.startsWith(`${evse}.`) && /^[RST]{3}$/.test(each.slice(-3)) ? [each.slice(-3)] : []))[0]
  return {
    follow(report) {
      const { evse, plugIn, reading } = report
      const known = cars.get(evse)
      if (known !== undefined && known.plugIn !== plugIn) cars.delete(evse)
      const outlet = outlets.find((each) => each.evse === evse)
      // Only a meter that tells every conductor can say which of them are used.
      const drawn = reading?.phases.flatMap(({ currentA }) => currentA ?? []) ?? []
      if (outlet === undefined || outlet.dc !== undefined || reading === undefined || drawn.length < outlet.phases || report.contactor === 'open') return
      const used = drawn.flatMap((amps, line) => (amps > usedAmps ? [line] : []))
      if (used.length === 0) return
      const car = cars.get(evse) ?? { plugIn, since: reading.at, used: new Set(), isLopsided: false }
      cars.set(evse, car)
      for (const line of used) car.used.add(line)
      if (Math.max(...drawn) - Math.min(...drawn) > lopsidedAmps) car.isLopsided = true
    },
    of(report, outlet, now) {
      const car = cars.get(outlet.evse)
      const drawn = drawnBy(report, outlet, now)
      const all = drawn.map((_, line) => line)
      const isKnown = car !== undefined && now - car.since >= showsWithin
      return {
        evse: outlet.evse,
        drawn,
        used: isKnown ? all.filter((line) => car.used.has(line)) : all,
        rotation: rotationOf(outlet.evse),
        isLopsided: car?.isLopsided ?? false,
      }
    },
  }
}
