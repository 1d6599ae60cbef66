import type { Amps, Millis, Volts, WattHours } from '../../src/base/units.ts'
import type { PilotDrive } from '../types.ts'
import { noise } from './noise.ts'
import type { Site } from './site.ts'

/** A car as a person at the desk can set it. */
export interface EvSettings {
  /** A per phase. Below 6 the car asks for nothing. */
  readonly wantsAmps: Amps
  readonly phases: 1 | 3
  /** From a new duty cycle to the current that follows it, and from PWM to state C: 0 to 5,000 ms (IEC 61851-1 gives 5 s). */
  readonly reaction: Millis
  /** From X1 to state B: 0 to 3,000 ms. */
  readonly stopReaction: Millis
  readonly batteryWh: WattHours
  /** 0 to 1, at the moment of plugging in. */
  readonly charge: number
}

export const typicalEv: EvSettings = { wantsAmps: 32, phases: 3, reaction: 200, stopReaction: 200, batteryWh: 75_000, charge: 0.2 }

/** Above this charge the battery takes less and less, down to a tenth at the end. */
const taperFrom = 0.8

/** What the battery takes, as a share of what it takes when empty. */
export function taper(charge: number): number {
  return charge <= taperFrom ? 1 : Math.max(0.1, 1 - (0.9 * (charge - taperFrom)) / (1 - taperFrom))
}

/** What the car reads in the pilot, A per phase; 0 where it must not charge (below 8 %, above 97 %, and digital communication at
 *  3 to 7 %). IEC 61851-1 Annex A, EV side. */
export function dutyCurrent(drive: PilotDrive): Amps {
  if (drive.kind !== 'pwm' || !(drive.duty >= 8 && drive.duty <= 97)) return 0
  if (drive.duty <= 10) return 6
  if (drive.duty <= 85) return drive.duty * 0.6
  return drive.duty <= 96 ? (drive.duty - 64) * 2.5 : 80
}

/** The car on the cable: its wishes, its switch S2, its battery.
 *  @param wh what the meter has counted so far */
export function simulatedEv({ world, faults, seed, recompute }: Site, wh: () => WattHours) {
  let settings = typicalEv
  let drive: PilotDrive = { kind: 'off' }
  let isPlugged = false
  let isSuspended = false
  let isDelayed = false
  let isFull = false
  let fullAfterWh: WattHours | undefined
  let pluggedAtWh = 0
  let chargeWhenPlugged = settings.charge
  let isS2Closed = false
  /** The current that the car has seen in the pilot and obeys. */
  let obeyedAmps: Amps = 0
  let changes = 0

  const charge = () => Math.min(1, chargeWhenPlugged + (wh() - pluggedAtWh) / settings.batteryWh)
  const isWilling = () => isPlugged && !isSuspended && !isDelayed && !isFull && settings.wantsAmps >= 6
  const switchS2 = (close: boolean) => {
    isS2Closed = close
    obeyedAmps = close ? dutyCurrent(drive) : 0
    recompute()
  }
  /** What the car makes of the pilot and of its own wishes. */
  const think = () => {
    if (isWilling() && dutyCurrent(drive) >= 6) {
      world.drop('s2 opens')
      if (!isS2Closed && !world.has('s2 closes')) world.set('s2 closes', world.now + settings.reaction, () => switchS2(true))
    } else {
      world.drop('s2 closes')
      // A car that stops by itself opens S2 with its current; one that is told by X1 takes a moment to notice.
      if (isS2Closed && !isWilling()) switchS2(false)
      else if (isS2Closed && !world.has('s2 opens')) world.set('s2 opens', world.now + settings.stopReaction, () => switchS2(false))
    }
    recompute()
  }
  const follow = () => {
    const seen = dutyCurrent(drive)
    if (!isS2Closed || seen < 6) return
    world.set(`follows ${changes++}`, world.now + settings.reaction, () => {
      if (isS2Closed) obeyedAmps = seen
      recompute()
    })
  }
  const changed = (change: () => void) => () => {
    change()
    think()
  }
  return {
    get settings() {
      return settings
    },
    get isPlugged() {
      return isPlugged
    },
    get charge() {
      return charge()
    },
    /** Positive peak behind 1 kOhm and 12 V. */
    get pilotV(): Volts {
      if (!isPlugged) return 12
      if (!isS2Closed) return 9
      return faults.has('ventilation') ? 3 : 6
    },
    think,
    driven(output: PilotDrive) {
      const before = dutyCurrent(drive)
      drive = output
      if (dutyCurrent(drive) !== before) follow()
      think()
    },
    /** What it draws through closed contacts, A per phase. Stands still within a second. */
    demand(step: number): Amps {
      if (!isPlugged || !isS2Closed) return 0
      let most = Math.min(settings.wantsAmps, obeyedAmps)
      if (faults.has('overCurrent')) most = obeyedAmps * 1.5
      else if (faults.has('evNotFollowing')) most = obeyedAmps * 1.15 + 1
      // The taper is of the battery's power; a current below 6 A cannot be asked for.
      return most < 6 ? 0 : Math.max(6, most * taper(charge()) * (1 - 0.01 * noise(seed, 7, step)))
    },
    /** Looks at the battery: full for real, or as a person wished. */
    weigh() {
      if (isPlugged && (charge() >= 1 || (fullAfterWh !== undefined && wh() - pluggedAtWh >= fullAfterWh))) isFull = true
    },
    plugIn: () => {
      if (isPlugged) return
      isPlugged = true
      isFull = false
      pluggedAtWh = wh()
      chargeWhenPlugged = settings.charge
      think()
    },
    unplug: changed(() => {
      isPlugged = false
      isFull = false
    }),
    set(change: Partial<EvSettings>) {
      settings = { ...settings, ...change }
      if (change.charge !== undefined) {
        chargeWhenPlugged = change.charge
        pluggedAtWh = wh()
        isFull = false
      }
      think()
    },
    suspend: changed(() => {
      isSuspended = true
    }),
    resume: changed(() => {
      isSuspended = false
    }),
    full: changed(() => {
      isFull = true
    }),
    delay(delayed: boolean) {
      isDelayed = delayed
      think()
    },
    fullAfter(limit: WattHours | undefined) {
      fullAfterWh = limit
    },
    reset: changed(() => {
      settings = typicalEv
      isPlugged = false
      isSuspended = false
      isDelayed = false
      isFull = false
      fullAfterWh = undefined
    }),
  }
}
