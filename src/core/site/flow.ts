import type { Reading } from '../../../hal/types.ts'
import type { Amps, Millis, Volts, Watts } from '../../base/units.ts'
import type { EvseDescription, Report } from '../../safety/port.ts'

/** What flows at the connection to the grid. */
export interface Flow {
  /** Monotonic ms. */
  readonly at: Millis
  /** L1, L2, L3, or one phase; negative where it is exported. Empty where the meter tells nothing but the power of all. */
  readonly amps: readonly Amps[]
  /** All phases; negative: exported. */
  readonly watts: Watts
}

const usualV: Volts = 230
/** An outlet's meter that is older says nothing of what is drawn now. */
const oldestReading: Millis = 3_000

/** A current has no sign of its own: it has that of its power, and where that is not told it counts as drawn. Undefined where the meter tells
 *  neither. */
export function flowOf({ at, phases, powerW }: Reading): Flow | undefined {
  const amps: Amps[] = []
  let sum = 0
  for (const { currentA, voltageV, powerW: phaseW } of phases) {
    const volts = voltageV !== undefined && voltageV > 0 ? voltageV : usualV
    const size = currentA ?? (phaseW === undefined ? undefined : Math.abs(phaseW) / volts)
    if (size === undefined) break
    amps.push(phaseW !== undefined && phaseW < 0 ? -size : size)
    sum += phaseW ?? size * volts
  }
  // One phase that is not known may be the one that carries most.
  const isWhole = phases.length > 0 && amps.length === phases.length
  if (!isWhole && powerW === undefined) return undefined
  return { at, amps: isWhole ? amps : [], watts: powerW ?? sum }
}

/** What an outlet draws on each of its conductors, A. Its own meter says so; without one (or an old reading) what it is offered counts as drawn
 *  while its contacts are closed. */
export function drawnBy(report: Report, { phases: lines, nominalVoltageV, dc }: EvseDescription, now: Millis): readonly Amps[] {
  const all = (amps: Amps) => Array.from({ length: lines }, () => amps)
  if (report.contactor === 'open') return all(0)
  const supplyV = lines * nominalVoltageV
  const reading = freshReading(report, now)
  if (dc !== undefined) return all((reading?.powerW ?? report.offeredWatts ?? 0) / supplyV)
  const told = reading?.phases.map(({ currentA }) => currentA) ?? []
  return all(0).map((_, line) => told[line] ?? (told.length === 1 ? told[0] : undefined) ?? report.offered)
}

/** What its own meter shows of it now, on the conductor that carries most; 0 where it shows nothing. */
export function meteredAmps(report: Report, outlet: EvseDescription, now: Millis): Amps {
  return freshReading(report, now) === undefined ? 0 : Math.max(...drawnBy(report, outlet, now))
}

/** W. */
export function wattsOf(report: Report, outlet: EvseDescription, now: Millis): Watts {
  const told = freshReading(report, now)?.powerW
  if (report.contactor === 'closed' && told !== undefined) return told
  return drawnBy(report, outlet, now).reduce((sum, each) => sum + each * outlet.nominalVoltageV, 0)
}

/** The car may be on its way up to what it is offered, and its meter has not said so yet: what the grid's meter shows more may be the car's. */
export function isRising(report: Report, outlet: EvseDescription, flow: Flow, now: Millis): boolean {
  const { reading, contactor, offered } = report
  if (contactor === 'open' || outlet.dc !== undefined || reading === undefined || reading.at >= flow.at) return false
  return Math.max(...drawnBy(report, outlet, now)) + 1 < offered
}

function freshReading({ reading }: Report, now: Millis): Reading | undefined {
  return reading !== undefined && now - reading.at <= oldestReading ? reading : undefined
}
