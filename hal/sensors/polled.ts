import type { Celsius, Millis } from '../../src/base/units.ts'
import { healthOf } from '../bus/health.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { Sensor } from '../types.ts'

/** A sensor that is asked now and then. Heat is slow: the last value stands for three polls, so that one bad answer is not a lost sensor. */
const pollsThatCount = 3

/** `read` gives a temperature, or throws with the reason why there is none. A read that does not come back is not asked again until it does. */
export function polledSensor(name: string, period: Millis, read: () => Promise<Celsius>, { clock, changed, health: tell }: Wiring): Opened<Sensor> {
  const health = healthOf(name, tell)
  let value: Celsius | undefined
  let readAt: Millis = Number.NEGATIVE_INFINITY
  let isAsking = false
  let isClosed = false
  const isFresh = () => clock.monotonic() - readAt < pollsThatCount * period
  const ask = async () => {
    if (isAsking) {
      if (!isFresh()) health.bad(new Error('it does not answer'))
      return
    }
    isAsking = true
    const before = isFresh() ? value : undefined
    try {
      value = await read()
      readAt = clock.monotonic()
      health.good()
    } catch (error) {
      if (!isClosed && !isFresh()) health.bad(error)
    } finally {
      isAsking = false
    }
    if (!isClosed && before !== (isFresh() ? value : undefined)) changed()
  }
  const timer = clock.every(`${name} poll`, period, () => void ask())
  void ask()
  return {
    get celsius() {
      return isFresh() ? value : undefined
    },
    close() {
      isClosed = true
      timer.stop()
    },
  }
}
