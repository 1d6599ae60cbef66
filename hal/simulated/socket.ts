import type { Millis } from '../../src/base/units.ts'
import type { Lock } from '../types.ts'
import type { Site } from './site.ts'

const lockPulse: Millis = 600
/** A cable for 32 A (IEC 61851-1 B.2), and one that nobody sells. */
const cableOhms = 220
const wrongOhms = 20

/** The charger's end of the cable and the lock that holds it. */
export function socket({ spec, world, faults }: Site) {
  const isFixed = spec.cable === 'fixed'
  let hasCable = isFixed
  let isLeaving = false
  let position: Lock['position'] = 'unlocked'
  const pull = () => {
    if (position !== 'unlocked') return
    isLeaving = false
    hasCable = false
  }
  return {
    get hasCable() {
      return hasCable
    },
    get lock() {
      return position
    },
    get ohms() {
      if (!hasCable) return Number.POSITIVE_INFINITY
      return faults.has('proximity') ? wrongOhms : cableOhms
    },
    insert() {
      world.drop('cable')
      isLeaving = false
      hasCable = true
    },
    /** The cable is pulled after `wait`, or as soon as the lock lets go. */
    leave(wait: Millis) {
      if (isFixed || !hasCable) return
      isLeaving = true
      world.set('cable', world.now + wait, pull)
    },
    moveLock(to: 'locked' | 'unlocked') {
      if (faults.has('lock')) return
      if (position !== to) position = 'unknown'
      world.set('lock', world.now + lockPulse, () => {
        position = to
        if (to === 'unlocked' && isLeaving && !world.has('cable')) pull()
      })
    },
  }
}
