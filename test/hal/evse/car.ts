import type { Clock, Timer } from '../../../src/base/clock.ts'
import type { Millis } from '../../../src/base/units.ts'

/** A car on the cable of a controller under test: state B until PWM runs, then C, if it wants to charge. */
export interface Car {
  /** What its resistors say. */
  readonly state: 'A' | 'B' | 'C' | 'D'
  plug(): void
  unplug(): void
  /** S2 opens or closes when it may. */
  want(wants: boolean): void
  /** The controller's pilot: PWM runs or not. */
  pwm(isOn: boolean): void
  /** State D in place of C. */
  needsVentilation: boolean
}

/** @param changed its resistors changed */
export function car(clock: Clock, changed: () => void, reaction: Millis = 200): Car {
  let isPlugged = false
  let wants = true
  let hasPwm = false
  let isReady = false
  let timer: Timer | undefined
  const decide = () => {
    timer?.stop()
    const next = isPlugged && wants && hasPwm
    if (next === isReady) return
    const switchS2 = () => {
      isReady = next
      changed()
    }
    if (isPlugged) timer = clock.after('S2', reaction, switchS2)
    else switchS2()
  }
  const own: Car = {
    needsVentilation: false,
    get state() {
      if (!isPlugged) return 'A'
      return isReady ? (own.needsVentilation ? 'D' : 'C') : 'B'
    },
    plug() {
      isPlugged = true
      changed()
      decide()
    },
    unplug() {
      isPlugged = false
      isReady = false
      timer?.stop()
      changed()
    },
    want(next) {
      wants = next
      decide()
    },
    pwm(isOn) {
      hasPwm = isOn
      decide()
    },
  }
  return own
}
