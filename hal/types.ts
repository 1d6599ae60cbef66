import type { Listenable } from '../src/base/signal.ts'
import type { Amps, Celsius, Hertz, Millis, Percent, Volts, WattHours, Watts } from '../src/base/units.ts'

/** The words of the hardware. Drivers implement them, the guard uses them; nothing above the guard sees a device.
 *  A driver samples beside the guard's tick and never throws from a getter: a value that could not be had is
 *  `undefined` (or an old `at`), and the guard treats it as a fault. `at` is the monotonic time in ms since boot. */

/** What the EVSE puts on the control pilot, IEC 61851-1 Annex A. */
export type PilotDrive =
  /** X1: steady +12 V behind 1 kOhm. No current is offered. */
  | { readonly kind: 'steady' }
  /** X2: 1 kHz square wave, duty 10 to 96 %. See `dutyFor`. */
  | { readonly kind: 'pwm'; readonly duty: Percent }
  /** E: 0 V. */
  | { readonly kind: 'off' }
  /** F: steady -12 V. */
  | { readonly kind: 'fault' }

export interface PilotSample {
  /** Positive peak at the pilot contact: about 12 (A), 9 (B), 6 (C), 3 (D), 0 (E), -12 (F). */
  readonly highV: Volts
  /** Negative peak: about -12 while PWM runs through the EV's diode; equal to `highV` without PWM. */
  readonly lowV: Volts
  readonly at: Millis
}

export interface Pilot {
  /** The newest sample; undefined before the first. */
  readonly sample: PilotSample | undefined
  /** Takes effect within one millisecond; the last call wins. */
  drive(output: PilotDrive): void
}

export interface Contactor {
  close(): void
  open(): void
  /** What the contacts do (mirror contact), not what was asked for. Undefined where the board has none. */
  readonly isClosed: boolean | undefined
  /** The board has a mirror contact. Left out: it has one when `isClosed` says something as the guard starts. */
  readonly hasMirror?: boolean
}

/** The plug lock of a socket. */
export interface Lock {
  /** Starts a pulse of 600 ms; `position` tells when it worked. */
  lock(): void
  unlock(): void
  readonly position: 'locked' | 'unlocked' | 'unknown'
}

/** The cable's proximity resistor (PP), sockets only. Infinity: no cable. Undefined: could not be read. */
export interface Proximity {
  readonly ohms: number | undefined
}

/** Residual current monitor with a self-test. */
export interface ResidualCurrent {
  readonly isTripped: boolean
  /** Starts a test; the trip is expected within 500 ms and goes away by itself. */
  test(): void
}

/** The power stage of a DC outlet and the digital communication with its EV: what it may put out is said in watts, not by the duty
 *  cycle. Only simulated boards have one; ISO 15118 and real power stages are out of scope. */
export interface DcOutput {
  /** Largest power at the output. */
  readonly maxWatts: Watts
  /** Of the EVs that charge here: converts watts to amperes while no EV shows its own voltage. */
  readonly nominalVoltageV: Volts
  /** The most that goes out from now on; 0: nothing. The last call wins. A stage that has just been built puts out nothing. */
  offer(watts: Watts): void
}

/** Pilot, contactor and what belongs to one outlet. */
export interface EvseController {
  readonly pilot: Pilot
  readonly contactor: Contactor
  readonly lock: Lock | undefined
  readonly proximity: Proximity | undefined
  readonly residualCurrent: ResidualCurrent | undefined
  readonly phaseSwitch: PhaseSwitch | undefined
  /** Opens the pilot's wire (a relay), to wake a sleeping EV. ON: disconnected. */
  readonly pilotBreak: Output | undefined
  /** The board has a control pilot. False only for a socket outlet: plugging in is what `pilot.sample` stands for. */
  readonly hasPilot: boolean
  /** The negative half of the pilot is measured: the diode check can be made. */
  readonly seesNegativePeak: boolean
  /** A pilot sample older than this is a fault: 60 ms natively, 1 s for controllers that open within 100 ms themselves. */
  readonly staleAfter: Millis
}

export interface PhaseReading {
  readonly voltageV?: Volts
  /** RMS, never negative. */
  readonly currentA?: Amps
  readonly powerW?: Watts
}

/** One consistent set of meter registers in SI units. A register the meter lacks is absent, never 0. */
export interface Reading {
  readonly at: Millis
  /** Active energy to the EV. Non-volatile, never decreases. */
  readonly importWh: WattHours
  readonly exportWh?: WattHours
  /** Active power of all phases, positive to the EV. */
  readonly powerW?: Watts
  /** L1, L2, L3 in order: one entry for a single-phase meter. */
  readonly phases: readonly PhaseReading[]
  readonly frequencyHz?: Hertz
  readonly powerFactor?: number
  /** Counts up in the driver's life when the register began anew: another meter, or a reset one. */
  readonly epoch?: number
  /** As the meter says it. Another serial is another meter. */
  readonly serial?: string
  /** Charge of the EV's battery, 0 to 100 %, where the EV says so (DC). Not of the meter, but of the same moment. */
  readonly evChargePercent?: Percent
}

export interface Meter {
  /** The newest reading; undefined when the meter does not answer. */
  readonly newest: Reading | undefined
}

/** Meters behind the network: the core reads them, and no interlock ever sees them (safety rule 2). */
export interface NetworkMeters {
  /** The EVSEs that have one. */
  readonly evses: readonly number[]
  /** The meter at the connection to the grid, where it hangs on the network. */
  readonly grid?: Meter
  /** Undefined: the meter does not answer. */
  newest(evse: number): Reading | undefined
  /** A meter of this EVSE (0: the grid's) was read, or went silent. */
  readonly changed: Listenable<number>
  close(): void
}

/** The non-volatile register of a meter whose own hardware has none. */
export interface Register {
  load(): WattHours
  save(wh: WattHours): void
}

export interface Token {
  /** As the reader's settings print it, for instance upper-case hex of the UID. 1 to 36 characters. */
  readonly id: string
}

export interface TokenReader {
  /** The EVSE it belongs to; undefined: one reader for all. */
  readonly evse: number | undefined
  readonly presented: Listenable<Token>
}

export interface Input {
  /** A contact that cannot be read is what is unsafe: pressed, missing, open. The driver says so. */
  readonly isActive: boolean
}

/** Something that is switched: a lamp, a relay, a coil. OFF until proven otherwise. */
export interface Output {
  on(): void
  off(): void
  /** Read back from the device; undefined when it cannot be read. */
  readonly isOn: boolean | undefined
}

/** Lamps and buzzer of an outlet. */
export interface Indicator {
  readonly red: Output | undefined
  readonly green: Output | undefined
  readonly blue: Output | undefined
  readonly buzzer: Output | undefined
}

/** Switches an outlet between one and three phases. Never under load: rule 17. */
export interface PhaseSwitch {
  choose(phases: 1 | 3): void
  readonly phases: 1 | 3 | undefined
}

/** A contact from outside (the grid operator's ripple control) that limits the current. */
export interface LimitInput {
  readonly name: string
  readonly input: Input
  /** Per phase while active; below 6 A: pause. */
  readonly amps: Amps
  /** Undefined: all. */
  readonly evse: number | undefined
}

export interface Sensor {
  /** Undefined: open, shorted or not a number. */
  readonly celsius: Celsius | undefined
}

/** One outlet and what is wired to it. */
export interface EvseHardware {
  /** 1, 2, ... without gaps. */
  readonly number: number
  readonly controller: EvseController
  readonly meter: Meter | undefined
  readonly temperature: Sensor | undefined
  /** Active: the protective earth is missing. */
  readonly protectiveEarth: Input | undefined
  /** Fired by a weld: trips the breaker in front. */
  readonly shuntTrip: Output | undefined
  readonly indicator: Indicator | undefined
  /** Largest current of the installation behind this outlet, per phase: 6 to 80 A. */
  readonly maxAmps: Amps
  readonly phases: 1 | 3
  readonly cable: 'socket' | 'fixed'
  readonly nominalVoltageV: Volts
  /** A DC outlet: the meter counts at its output, `maxWatts` bounds it, and current, phases and voltage above are those of its supply. */
  readonly dc?: DcOutput
  /** True where the room is ventilated: state D may charge. */
  readonly hasVentilation: boolean
}

/** The guard's numbers that a board file may set. `src/safety/limits.ts` has defaults and hard bounds. */
export interface SafetySettings {
  /** Supply voltage that stops charging after 10 s, given for a nominal 230 V and scaled to the outlet's own. */
  readonly lowestV: Volts
  readonly highestV: Volts
  /** Derating begins, reaches 6 A; charging stops; a stopped outlet resumes below the last. */
  readonly derateFromC: Celsius
  readonly derateToC: Celsius
  readonly stopAtC: Celsius
  readonly resumeBelowC: Celsius
  /** A temperature sensor that is open or shorted. */
  readonly onSensorLost: 'derate' | 'stop'
  /** A meter that does not answer. */
  readonly onMeterLost: 'continue' | 'stop'
  /** One or two of three phases are gone. `continue`: the EV takes what is left. */
  readonly onPhaseLoss: 'continue' | 'stop'
  /** 207 to 253 V, and nothing else for 5 s: a lost PEN conductor shows so. Requires protective-earth switching hardware. */
  readonly openPen: boolean
  /** Whether a board that has a phase switch uses it. It can destroy cars that were not made for it. */
  readonly phaseSwitching: 'off' | 'on'
  /** What wakes an EV that sleeps through 30 s of PWM: state F, or the pilot's wire opened where the board can, else F. */
  readonly wakeUp: 'none' | 'fault' | 'disconnect'
  /** Below `6 A` charging pauses; it resumes at this current, and not before this time (ms). */
  readonly resumeAmps: Amps
  readonly resumeAfter: Millis
}

/** Everything wired to one computer. */
export interface Board {
  readonly name: string
  /** There is nothing behind the outputs, and the world of this board stands still with its host: loop lag is no fault. */
  readonly isSimulated: boolean
  readonly evses: readonly EvseHardware[]
  readonly readers: readonly TokenReader[]
  /** At the connection to the grid, all loads together; power is negative where it is exported. No interlock sees it. */
  readonly grid?: Meter
  readonly emergencyStop: Input | undefined
  /** Active: the housing is open. */
  readonly tamper: Input | undefined
  /** Active: the board itself says that it does not work (supply, expander, self-check). */
  readonly failure: Input | undefined
  /** A relay that drops out unless it is toggled at 10 Hz or more. The guard's tick alone feeds it. */
  readonly deadMan: Output | undefined
  readonly limitInputs: readonly LimitInput[]
  /** `us`: a residual current trip recloses after 5 min, at most 3 times. */
  readonly market: 'eu' | 'us'
  /** What the board file says about the guard's numbers; what it leaves out has the default. */
  readonly safety: Partial<SafetySettings>
  /** An input, a sample or a reading changed. A host that sleeps between deadlines wakes on it. */
  readonly changed: Listenable<void>
  /** A contact that may have to open at once (emergency stop, residual current) changed: looked at without waiting for the next tick. */
  readonly edged?: Listenable<void>
  /** Puts every output OFF and lets go of it. */
  close(): void
}
