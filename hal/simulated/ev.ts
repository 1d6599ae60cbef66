import type { Amps, Millis, Volts, WattHours, Watts } from '../../src/base/units.ts'
import type { PilotDrive } from '../types.ts'
import { noise } from './noise.ts'
import type { Site } from './site.ts'

/** A car as a person at the desk can set it. */
export interface EvSettings {
  /** A per phase; at a DC outlet nothing but whether it wants any. Below 6 the car asks for nothing. */
  readonly wantsAmps: Amps
  /** At a DC outlet. */
  readonly wantsWatts: Watts
  readonly phases: 1 | 3
  /** From a new duty cycle to the current that follows it, and from PWM to state C: 0 to 5,000 ms (IEC 61851-1 gives 5 s). */
  readonly reaction: Millis
  /** From X1 to state B: 0 to 3,000 ms. */
  readonly stopReaction: Millis
  readonly batteryWh: WattHours
  /** 0 to 1, at the moment of plugging in. */
  readonly charge: number
  /** It falls asleep unless PWM greets it, and again after 20 s without. `lightly`: state E or F, or no pilot at all, for 2 s wakes it. */
  readonly sleeps: 'never' | 'lightly' | 'deeply'
}

export const typicalEv: EvSettings = {
  wantsAmps: 32,
  wantsWatts: 120_000,
  phases: 3,
  reaction: 200,
  stopReaction: 200,
  batteryWh: 75_000,
  charge: 0.2,
  sleeps: 'never',
}

/** Above this charge the battery takes less and less, down to a tenth at the end. */
const taperFrom = 0.8

const dozesAfter: Millis = 20_000
const wakesAfter: Millis = 2_000

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

/** The same of a car at a DC outlet: a duty of 3 to 7 % calls for digital communication, which says how much. */
function digitalCurrent(drive: PilotDrive): Amps {
  return drive.kind === 'pwm' && drive.duty >= 3 && drive.duty <= 7 ? 80 : 0
}

/** The car on the cable: its wishes, its switch S2, its battery.
 *  @param wh what the meter has counted so far */
export function simulatedEv({ spec, world, faults, seed, recompute }: Site, wh: () => WattHours) {
  const heard = spec.dc === undefined ? dutyCurrent : digitalCurrent
  let settings = typicalEv
  let drive: PilotDrive = { kind: 'off' }
  let isPlugged = false
  let isSuspended = false
  let isDelayed = false
  let isFull = false
  let fullAfterWh: WattHours | undefined
  let pluggedAtWh = 0
  let chargeWhenPlugged = settings.charge
  let isAsleep = false
  /** Its end of the pilot's wire is open at the charger. */
  let isCutOff = false
  let isS2Closed = false
  /** The current that the car has seen in the pilot and obeys. */
  let obeyedAmps: Amps = 0
  let changes = 0
  let followed = 0

  const charge = () => Math.min(1, chargeWhenPlugged + (wh() - pluggedAtWh) / settings.batteryWh)
  const isWilling = () => isPlugged && !isAsleep && !isSuspended && !isDelayed && !isFull && settings.wantsAmps >= 6
  const switchS2 = (close: boolean) => {
    isS2Closed = close
    obeyedAmps = close ? heard(drive) : 0
    recompute()
  }
  /** What the car makes of the pilot and of its own wishes. */
  const think = () => {
    if (isWilling() && !isCutOff && heard(drive) >= 6) {
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
    const seen = heard(drive)
    if (!isS2Closed || seen < 6) return
    const change = changes++
    world.set(`follows ${change}`, world.now + settings.reaction, () => {
      // A car that was made quicker meanwhile has obeyed a newer one already.
      if (change < followed) return
      followed = change
      if (isS2Closed) obeyedAmps = seen
      recompute()
    })
  }
  /** Falls asleep without PWM, and is woken by what looks as if it had been plugged in anew. */
  const doze = () => {
    const isTempted = settings.sleeps !== 'never' && isPlugged && drive.kind !== 'pwm'
    if (!isTempted) world.drop('dozes')
    else if (!isAsleep && !world.has('dozes')) world.set('dozes', world.now + dozesAfter, () => sleep(true))
    const isShaken = settings.sleeps === 'lightly' && isAsleep && (isCutOff || drive.kind === 'fault' || drive.kind === 'off')
    if (!isShaken) world.drop('wakes')
    else if (!world.has('wakes')) world.set('wakes', world.now + wakesAfter, () => sleep(false))
  }
  const sleep = (asleep: boolean) => {
    isAsleep = asleep
    doze()
    think()
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
    /** S2 is closed: the car asks. */
    get isAsking() {
      return isPlugged && isS2Closed
    },
    think,
    driven(output: PilotDrive) {
      const before = heard(drive)
      drive = output
      if (heard(drive) !== before) follow()
      doze()
      think()
    },
    /** The charger opens the pilot's wire, or closes it again. */
    cutOff(isCut: boolean) {
      isCutOff = isCut
      doze()
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
      isAsleep = settings.sleeps !== 'never' && drive.kind !== 'pwm'
      doze()
      think()
    },
    unplug: changed(() => {
      isPlugged = false
      isFull = false
      fullAfterWh = undefined // it was said of this plug-in
      isAsleep = false
      doze()
    }),
    set(change: Partial<EvSettings>) {
      settings = { ...settings, ...change }
      if (change.charge !== undefined) {
        chargeWhenPlugged = change.charge
        pluggedAtWh = wh()
        isFull = false
      }
      if (settings.sleeps === 'never') isAsleep = false
      doze()
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
      isAsleep = false
      fullAfterWh = undefined
      doze()
    }),
  }
}
