import type { Reading } from '../../hal/types.ts'
import type { Listenable } from '../base/signal.ts'
import type { Amps, Millis, Volts, WattHours, Watts } from '../base/units.ts'

/** The seam between the core, which grants power, and the guard, which owns the hardware.
 *  Everything here is plain data: the same port runs in one process and over a Unix socket. */

/** A grant of power that expires. It is made for one plug-in of one car: state A, any fault, an emergency stop
 *  or a local stop voids it for good. */
export interface Offer {
  readonly evse: number
  /** The guard's plug-in counter that the offer is made for. */
  readonly plugIn: number
  /** The core's transaction. The first offer binds it to the plug-in; another one must `adopt` first. */
  readonly transaction: string
  /** True: the contactor may close when the EV asks. */
  readonly close: boolean
  /** Current per phase. Below 6 A: pause (X1) without ending anything. Says nothing at a DC outlet. */
  readonly amps: Amps
  /** Power at the output of a DC outlet, which takes no offer without it. Below the outlet's least: pause. Says nothing elsewhere. */
  readonly watts?: Watts
  /** Where `switchesPhases`, other phases than those in force are switched to: a pause of some 20 s. Elsewhere it changes nothing. */
  readonly phases: 1 | 3
  /** Counts up in each renewal of the core's life. */
  readonly sequence: number
  /** Monotonic, ms since boot. */
  readonly issuedAt: Millis
  /** `issuedAt` plus at most 10 s. */
  readonly expiresAt: Millis
}

/** What can be wrong at an EVSE. One row each in the interlock table. */
export const faults = [
  'emergencyStop',
  'residualCurrent',
  'residualSelfTest',
  'weld',
  'noClose',
  'currentWhileOpen',
  'evNotFollowing',
  'overCurrent',
  'overTemperature',
  'temperatureSensor',
  'protectiveEarth',
  'diode',
  'pilotShort',
  'pilotStale',
  'ventilation',
  'proximity',
  'voltage',
  'phaseLoss',
  'lock',
  'meterLost',
  'tamper',
  'loopLag',
  'board',
] as const
export type Fault = (typeof faults)[number]

export type PilotState = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

/** What the guard says of one EVSE: on every change, and with each meter reading. */
export interface Report {
  readonly evse: number
  readonly at: Millis
  /** Counts up at each A to B; 0 before the first. */
  readonly plugIn: number
  /** Debounced. */
  readonly pilot: PilotState
  /** An EV hangs on the cable (B, C or D, and while E or F hides a car that was there). */
  readonly isPlugged: boolean
  /** A cable sits in the socket, with or without an EV. Always where `isPlugged`, and on a fixed cable only there. */
  readonly hasCable: boolean
  /** The EV asks for energy (C, or D). */
  readonly wantsEnergy: boolean
  /** PWM runs: current is offered on the pilot. Stays true while a sleeping EV is woken by other means (rule 18). */
  readonly isOffering: boolean
  readonly contactor: 'open' | 'closed'
  readonly lock: 'locked' | 'unlocked' | 'unknown' | 'none'
  /** What the duty cycle says now, A per phase; 0 without PWM, and at a DC outlet. */
  readonly offered: Amps
  /** The guard's own bound: board, cable, heat, contacts from outside. A per phase; 0 at a DC outlet. */
  readonly limit: Amps
  /** The same two of a DC outlet; no other has them. */
  readonly offeredWatts?: Watts
  readonly limitWatts?: Watts
  /** Phases in force: those of the outlet, or where its phase switch stands. */
  readonly phases: 1 | 3
  readonly faults: readonly Fault[]
  /** The transaction bound to this plug-in, if any; what a new core adopts. */
  readonly transaction: string | undefined
  /** True from the moment an offer for this plug-in was voided by an event, until the next plug-in or adoption. */
  readonly isVoid: boolean
  readonly reading: Reading | undefined
}

/** What an EVSE is, which never changes while the guard runs. */
export interface EvseDescription {
  readonly evse: number
  readonly maxAmps: Amps
  readonly phases: 1 | 3
  readonly cable: 'socket' | 'fixed'
  readonly nominalVoltageV: Volts
  /** False: nothing but the meter tells a welded contact. */
  readonly hasMirror: boolean
  /** `Offer.phases` is followed. */
  readonly switchesPhases: boolean
  /** A DC outlet, offered power and not current; what stands above is its supply. */
  readonly dc?: {
    readonly maxWatts: Watts
    /** Less than this is a pause. */
    readonly leastWatts: Watts
    /** Class of the batteries that are charged here. */
    readonly nominalVoltageV: Volts
  }
}

/** What only the core knows and lamps should show. `accepted` and `refused` are shown for a moment, `authorising` until one of them
 *  comes (a minute at the most); `reserved` and `unavailable` last until the other of them, or `none`. */
export const signs = ['authorising', 'accepted', 'refused', 'reserved', 'unavailable', 'none'] as const
export type Sign = (typeof signs)[number]

/** One register that only rises, made of those of all meters that the outlet has had: `offsetWh` + `lastWh`. */
export interface MeterTotal {
  /** Of the present meter, where it says one. */
  readonly serial?: string
  /** How many times the register began anew. */
  readonly epoch: number
  /** What the meters before had counted, less what the present one showed when it came. */
  readonly offsetWh: WattHours
  /** The present meter's register. */
  readonly lastWh: WattHours
}

/** What an outlet has been through, kept over restarts. */
export interface ServiceData {
  /** Closings of the contactor, and openings in C at more than 1 A. */
  readonly cycles: number
  readonly cyclesUnderLoad: number
  readonly lockMoves: number
  /** How many times each fault came. */
  readonly trips: { readonly [Name in Fault]?: number }
  readonly hoursClosed: number
  /** The shunt trip was fired for the weld that is latched. */
  readonly shuntFired: boolean
  readonly meter?: MeterTotal
  /** What a meter without a register of its own (S0) has counted. */
  readonly pulsesWh?: WattHours
}

export interface PresentedToken {
  readonly id: string
  /** The EVSE whose reader it was; undefined: one reader for all. */
  readonly evse: number | undefined
}

/** The meter at the connection to the grid, read by the guard because it hangs on its wires. Power is negative where it is exported; a
 *  current has no sign of its own. */
export interface GridPort {
  /** Of any age; undefined before the first. */
  readonly newest: Reading | undefined
  readonly read: Listenable<Reading>
}

export interface GuardPort {
  readonly evses: readonly EvseDescription[]
  /** The newest report of an EVSE. @throws RangeError for a number that the board does not have */
  report(evse: number): Report
  readonly reported: Listenable<Report>
  readonly tokens: Listenable<PresentedToken>
  /** Undefined: there is no grid meter for sure. */
  readonly grid?: GridPort
  /** Makes or renews an offer. A refused one (expired, other plug-in, void, older sequence) changes nothing. */
  offer(offer: Offer): void
  /** A normal stop: X1 now, open at state B, below 1 A, or after 6 s. Harmless when nothing is offered.
   *  The plug is let go when it is safe to, or with `keepsLocked` stays locked until `unlock` or the end of another session. */
  withdraw(evse: number, keepsLocked?: boolean): void
  /** Binds a transaction to the present plug-in, after a voided offer or by a new core.
   *  Nothing happens when `plugIn` is not the present one. */
  adopt(evse: number, plugIn: number, transaction: string): void
  /** Unlocks the plug. `failed` while the contacts may carry current (rule 11) or when the lock does not move. */
  unlock(evse: number): Promise<'unlocked' | 'failed' | 'none'>
  /** Clears latched faults whose cause is gone: a service action. */
  clear(evse: number): void
  /** Lamps and buzzer; undefined: every outlet. Nothing else depends on it. */
  show(evse: number | undefined, sign: Sign): void
  /** Counters of wear, and the meter's epochs. */
  serviceData(evse: number): Promise<ServiceData>
  /** Cycles, moves, trips and hours begin at 0 again: a service action, after parts were exchanged. */
  resetService(evse: number): void
}
