import type { Millis } from '../../src/base/units.ts'
import { healthOf } from '../bus/health.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerCommon } from '../spec/controllers.ts'
import type { Proximity } from '../types.ts'

/** The guard latches the cable 500 ms after the plug: this leaves it some values. Each costs the pilot a conversion's time. */
const period: Millis = 100
const freshFor: Millis = 500
/** The largest resistor of IEC 61851-1 B.2 is 1500 ohms; beyond this there is none. */
const openAbove = 30_000
/** A converter's own error may put a short a little below 0 V. */
const zeroTolerance = 0.05

type ProximitySpec = NonNullable<ControllerCommon['proximity']>

/** The proximity contact: a divider of `pullUpOhms` and the cable's resistor. */
export async function openProximity(spec: ProximitySpec, wiring: Wiring): Promise<Opened<{ readonly proximity: Proximity }>> {
  const { clock, changed } = wiring
  const { adc, channel, terminalV } = await wiring.analog(spec)
  const health = healthOf(`proximity contact (${spec.part}:${spec.channel})`, wiring.health)
  let ohms: number | undefined
  let readAt: Millis = Number.NEGATIVE_INFINITY
  let isAsking = false
  let isClosed = false
  const ask = async () => {
    if (isAsking) return
    isAsking = true
    const before = ohms
    try {
      ohms = ohmsOf(terminalV(await adc.convert(channel)), spec)
      readAt = clock.monotonic()
      health.good()
    } catch (error) {
      if (clock.monotonic() - readAt >= freshFor) {
        ohms = undefined
        health.bad(error)
      }
    } finally {
      isAsking = false
    }
    if (!isClosed && before !== ohms) changed()
  }
  const timer = clock.every('proximity', period, () => void ask())
  void ask()
  return {
    proximity: {
      get ohms() {
        return clock.monotonic() - readAt < freshFor ? ohms : undefined
      },
    },
    close() {
      isClosed = true
      timer.stop()
    },
  }
}

/** The cable's resistor in ohms; Infinity: no cable. @throws Error for a voltage that no resistor makes */
export function ohmsOf(volts: number, { pullUpOhms, supplyV }: Pick<ProximitySpec, 'pullUpOhms' | 'supplyV'>): number {
  if (!Number.isFinite(volts) || volts < -zeroTolerance) throw new Error(`${volts} V is no voltage of a divider at ${supplyV} V`)
  if (volts >= supplyV) return Number.POSITIVE_INFINITY
  const ohms = Math.max(0, (pullUpOhms * volts) / (supplyV - volts))
  return ohms > openAbove ? Number.POSITIVE_INFINITY : ohms
}
