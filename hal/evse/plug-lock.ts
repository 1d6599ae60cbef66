import type { Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerCommon } from '../spec/controllers.ts'
import type { Lock } from '../types.ts'
import { openSwitched, type Switched } from './switched.ts'

/** Safety rule 17. */
const pulse: Millis = 600

/** The motor or the coils of a plug lock. Never both directions at once: one is ON only after the other was put OFF and does not read ON.
 *  Without feedback the position is what the last whole pulse should have done, and 'unknown' until there was one: nobody confirms it. */
export async function openPlugLock(spec: NonNullable<ControllerCommon['lock']>, wiring: Wiring): Promise<Opened<{ readonly lock: Lock }>> {
  const { clock, changed } = wiring
  const coils = { locked: await openSwitched(spec.lock, 'lock', wiring), unlocked: await openSwitched(spec.unlock, 'unlock', wiring) }
  const feedback = spec.feedback === undefined ? undefined : await wiring.input(spec.feedback)
  const isLockedWhenActive = spec.isLockedWhenActive ?? true
  const edgesOff = feedback?.edges.on(() => changed())
  let timer: Timer | undefined
  let believed: Lock['position'] = 'unknown'

  const rest = () => {
    timer?.stop()
    timer = undefined
    const areOff = [coils.locked, coils.unlocked].map((each) => each.set(false))
    return areOff.every(Boolean)
  }
  const move = (coil: Switched, other: Switched, to: 'locked' | 'unlocked') => {
    believed = 'unknown'
    if (!rest() || other.isOn === true || !coil.set(true)) return
    timer = clock.after('lock pulse', pulse, () => {
      if (rest()) believed = to
      changed()
    })
  }
  return {
    lock: {
      lock: () => move(coils.locked, coils.unlocked, 'locked'),
      unlock: () => move(coils.unlocked, coils.locked, 'unlocked'),
      get position() {
        if (feedback === undefined) return believed
        const isActive = feedback.isActive
        return isActive === undefined ? 'unknown' : isActive === isLockedWhenActive ? 'locked' : 'unlocked'
      },
    },
    close() {
      edgesOff?.()
      rest()
    },
  }
}
