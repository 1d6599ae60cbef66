import type { Clock } from '../../src/base/clock.ts'
import { signal } from '../../src/base/signal.ts'
import type { Amps, Millis, Volts, WattHours, Watts } from '../../src/base/units.ts'
import type { Meter, Reading } from '../types.ts'
import type { Plant } from './plant.ts'
import type { SimulatedGridSpec } from './spec.ts'

/** The house around the charger, as a person at the desk can change it. */
export interface House {
  /** A per phase; a phase that is left out keeps its load. */
  setLoad(amps: readonly Amps[]): void
  /** What the roof gives, W. */
  setSolar(watts: Watts): void
  /** False: nothing more comes from the meter. */
  setMeter(answers: boolean): void
  /** As the board file has it. */
  reset(): void
  /** What flows at the connection now, A per phase; negative where it is exported. */
  readonly amps: readonly Amps[]
}

/** Grid meters are not in step with the outlets' own, which read at each full second. */
const period: Millis = 1_000
const outOfStep: Millis = 350
const nominalV: Volts = 230

/** Loads, roof and cars on one connection, with a meter that is read each second. */
export function house(
  spec: SimulatedGridSpec,
  plants: readonly Plant[],
  clock: Clock,
): House & { readonly meter: Meter; readonly changed: (hear: () => void) => void; stop(): void } {
  let load: readonly Amps[] = spec.loadA
  let solarW: Watts = spec.solarW ?? 0
  let answers = true
  let importWh: WattHours = 0
  let exportWh: WattHours = 0
  let newest: Reading | undefined
  const changed = signal<void>()
  const flowing = (): readonly Amps[] => {
    const amps = load.map((each) => each - solarW / (nominalV * load.length))
    for (const [at, plant] of plants.entries())
      for (const [line, drawn] of plant.amps.entries()) {
        const phase = load.length === 1 ? 0 : phaseOf(spec.rotations?.[at], line)
        amps[phase] = (amps[phase] ?? 0) + drawn
      }
    return amps
  }
  const read = () => {
    const amps = flowing()
    const powerW = amps.reduce((sum, each) => sum + each * nominalV, 0)
    if (powerW > 0) importWh += (powerW * period) / 3_600_000
    else exportWh -= (powerW * period) / 3_600_000
    if (!answers) return
    const phases = amps.map((each) => ({ voltageV: nominalV, currentA: Math.abs(each), powerW: each * nominalV }))
    newest = { at: clock.monotonic(), importWh, exportWh, powerW, phases }
    changed.emit()
  }
  let timer = clock.after('house meter', outOfStep, () => {
    read()
    timer = clock.every('house meter', period, read)
  })
  return {
    meter: {
      get newest() {
        return newest
      },
    },
    changed: (hear) => void changed.on(hear),
    setLoad(amps) {
      load = load.map((each, at) => amps[at] ?? each)
    },
    setSolar(watts) {
      solarW = watts
    },
    setMeter(isThere) {
      answers = isThere
    },
    reset() {
      load = spec.loadA
      solarW = spec.solarW ?? 0
      answers = true
    },
    get amps() {
      return flowing()
    },
    stop: () => timer.stop(),
  }
}

/** R, S and T are L1, L2 and L3 (OCPP 1.6, ConnectorPhaseRotation). */
function phaseOf(rotation: string | undefined, line: number): number {
  return 'RST'.indexOf((rotation ?? 'RST')[line] ?? 'R')
}
