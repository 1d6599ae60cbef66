import type { Timer } from '../../src/base/clock.ts'
import type { Millis, WattHours, Watts } from '../../src/base/units.ts'
import type { Edge } from '../bus/gpio.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { MeterSpec } from '../spec/wires.ts'
import type { Meter, Reading, Register } from '../types.ts'

/** S0 pulses (DIN 43864, EN 62053-31): a contact that closes for 30 to 120 ms, so many times per kWh. Counted here, by the timestamps of the kernel;
 *  the register is this driver's, and pulses that come while it does not run are lost. */

type Spec = Extract<MeterSpec, { kind: 's0' }>

/** A contact bounces for less; a pulse is longer. */
const usualDebounce: Millis = 5
/** The register is written at most so often: flash wears. */
const saveEvery: Millis = 60_000

/** Finds pulses among edges by their times alone: a level counts when it has held for `debounce`. */
export interface Pulses {
  /** The time at which a pulse began, when this edge shows that there was one. */
  heard(edge: Pick<Edge, 'isActive' | 'at'>): Millis | undefined
}

export function pulses(debounce: Millis): Pulses {
  let holds = false
  let raw = false
  let changedAt = Number.NEGATIVE_INFINITY
  return {
    heard({ isActive, at }) {
      const held = at - changedAt >= debounce
      const began = held && raw && !holds ? changedAt : undefined
      if (held) holds = raw
      raw = isActive
      changedAt = at
      return began
    },
  }
}

/** @throws DeviceError 'refused' on sysfs, which loses pulses, and for a line that cannot be had */
export async function openS0(spec: Spec, wiring: Wiring, register: Register): Promise<Opened<Meter>> {
  const { clock } = wiring
  const whPerPulse: WattHours = 1_000 / spec.pulsesPerKwh
  // As a group of one: a line that sysfs or an expander gives is refused.
  const line = await wiring.group([spec.input])
  const found = pulses(spec.input.debounceMs ?? usualDebounce)
  const startedWh = register.load()
  let count = 0
  let lastAt: Millis | undefined
  let interval: Millis | undefined
  let saving: Timer | undefined
  const energyWh = (): WattHours => startedWh + count * whPerPulse
  const save = () => {
    saving?.stop()
    saving = undefined
    register.save(energyWh())
  }
  line.edges.on((edge) => {
    const at = found.heard(edge)
    if (at === undefined) return
    count += 1
    if (lastAt !== undefined) interval = at - lastAt
    lastAt = at
    saving ??= clock.after('s0 register', saveEvery, save)
    wiring.changed()
  })
  /** Mean over the last interval; less when the next pulse is late; 0 after twice the interval. Undefined before there are two pulses. */
  const powerW = (): Watts | undefined => {
    if (lastAt === undefined || interval === undefined) return undefined
    const waited = clock.monotonic() - lastAt
    return waited > 2 * interval ? 0 : (whPerPulse * 3_600_000) / Math.max(interval, waited)
  }
  return {
    get newest(): Reading {
      const power = powerW()
      return { at: clock.monotonic(), importWh: energyWh(), ...(power === undefined ? {} : { powerW: power }), phases: [] }
    },
    close() {
      line.close()
      if (saving !== undefined) save()
    },
  }
}
