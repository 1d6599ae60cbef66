import type { Volts, Watts } from '../../src/base/units.ts'
import type { Flow } from './energy.ts'
import { type simulatedEv, taper } from './ev.ts'
import { noise } from './noise.ts'
import type { Site } from './site.ts'
import type { SimulatedDcSpec } from './spec.ts'

/** What a cable carries that is not cooled, A. */
export const usualCableAmps = 200
/** Class of most cars' batteries, V. */
export const usualBatteryV = 400

/** Volts of a battery of a class, by its charge (0 to 1): 0.88 of the class when empty, 1.03 when full. */
export function batteryV(classV: Volts, charge: number): Volts {
  return classV * (0.88 + 0.15 * charge)
}

/** The power stage of a DC outlet and the car that it talks to. A smaller offer takes effect at once, because the stage itself obeys it;
 *  a larger one when the car has asked for it. Volts are those at the output, behind the contactor: none while nothing is connected. */
export function dcStage({ seed, world, faults, recompute }: Site, dc: SimulatedDcSpec, ev: ReturnType<typeof simulatedEv>) {
  let offered: Watts = 0
  let asked: Watts = 0
  const request = () => {
    asked = offered
    recompute()
  }
  const most = (step: number): Watts => {
    if (faults.has('overCurrent')) return offered * 1.5
    if (faults.has('evNotFollowing')) return offered === 0 ? 0 : offered * 1.15 + 1_000
    return Math.min(ev.settings.wantsWatts, asked, offered) * taper(ev.charge) * (1 - 0.01 * noise(seed, 7, step))
  }
  return {
    offer(watts: Watts) {
      offered = watts
      if (watts <= asked) {
        world.drop('dc request')
        asked = watts
      } else world.set('dc request', world.now + ev.settings.reaction, request)
      recompute()
    },
    /** What flows. @param leakA through contacts that should be open */
    flow(step: number, isClosed: boolean, leakA: number): Flow {
      const isConnected = ev.isPlugged && (isClosed || leakA > 0)
      if (!isConnected) return { volts: [0], amps: [0] }
      const volts = batteryV(dc.voltageV ?? usualBatteryV, ev.charge)
      const watts = isClosed && ev.isAsking && !faults.has('mainsOff') ? most(step) : 0
      return { volts: [volts], amps: [isClosed ? Math.min(dc.maxAmps ?? usualCableAmps, watts / volts) : leakA] }
    },
  }
}
