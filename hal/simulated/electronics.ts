import type { Clock } from '../../src/base/clock.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import type { Celsius, Millis, Volts, Watts } from '../../src/base/units.ts'
import type { PilotDrive, PilotSample, Reading } from '../types.ts'
import type { contacts } from './contacts.ts'
import type { dcStage } from './dc.ts'
import type { simulatedEv } from './ev.ts'
import type { PlantFault } from './faults.ts'
import type { Site } from './site.ts'
import type { socket } from './socket.ts'

/** One outlet as its electronics see and drive it. */
export interface PlantTerminals {
  readonly changed: Listenable<void>
  readonly sample: PilotSample
  readonly mirror: boolean | undefined
  readonly ohms: number
  readonly isTripped: boolean
  readonly reading: Reading | undefined
  readonly celsius: Celsius | undefined
  drivePilot(output: PilotDrive): void
  command(isClosed: boolean): void
  moveLock(to: 'locked' | 'unlocked'): void
  testResidualCurrent(): void
  /** Where the phase switch stands. */
  readonly phases: 1 | 3
  choosePhases(phases: 1 | 3): void
  breakPilot(isBroken: boolean): void
  fireShuntTrip(): void
  /** What the power stage of a DC outlet may put out. */
  offerDc(watts: Watts): void
  /** Every output OFF, no more events. */
  stop(): void
}

/** Faults that are inputs by themselves; a sample that begins or ceases to age is one. */
const visibleFaults: readonly PlantFault[] = ['emergencyStop', 'protectiveEarth', 'tamper', 'board', 'pilotStale', 'proximity', 'limitInput', 'mirrorLost']

export interface Wiring {
  readonly contactor: ReturnType<typeof contacts>
  readonly outlet: ReturnType<typeof socket>
  readonly ev: ReturnType<typeof simulatedEv>
  readonly reading: () => Reading | undefined
  readonly sensed: () => Celsius
  readonly phaseSwitch: { phases: 1 | 3 }
  readonly dc: ReturnType<typeof dcStage> | undefined
  /** The breaker in front of the outlet goes off. */
  readonly breaks: () => void
  /** Something that decides about the current changed. */
  readonly recompute: () => void
  /** The supply of the electronics is gone. */
  readonly stopped: () => void
}

/** Pilot, sensors and drivers of the simulated outlet. They tell of a change exactly when one is there to be seen. */
export function simulatedElectronics({ spec, world, faults }: Site, clock: Clock, wiring: Wiring) {
  const { contactor, outlet, ev, reading, sensed, phaseSwitch, stopped } = wiring
  const hasPilot = spec.lacks?.includes('pilot') !== true
  const hasMirror = spec.lacks?.includes('mirror') !== true
  let drive: PilotDrive = { kind: 'off' }
  let isTestTripped = false
  let isPilotBroken = false
  let staleSince: Millis | undefined
  let freshSince: Millis | undefined
  let isStopped = false
  const changed = signal<void>()

  const mirror = () => (hasMirror && !faults.has('mirrorLost') ? contactor.isClosed : undefined)
  const highV = (): Volts => {
    // A contact in the socket says that something is plugged in, and nothing else is known.
    if (!hasPilot) return ev.isPlugged ? 6 : 12
    if (faults.has('pilotShort') || drive.kind === 'off') return 0
    return drive.kind === 'fault' ? -12 : isPilotBroken ? 12 : ev.pilotV
  }
  const lowV = (): Volts => {
    const high = highV()
    if (!hasPilot || drive.kind !== 'pwm' || faults.has('pilotShort') || spec.lacks?.includes('negativePeak') === true) return high
    return ev.isPlugged && faults.has('diode') ? -high : -12
  }
  const celsius = () => (faults.has('temperatureSensor') ? undefined : faults.has('overTemperature') ? 80 : sensed())
  const seenReading = () => (faults.has('meterLost') ? undefined : reading())
  const isTripped = () => isTestTripped || faults.has('residualCurrent')
  /** What is seen as yes or no, in one number. */
  const flags = () => {
    const lock = outlet.lock === 'locked' ? 8 : outlet.lock === 'unlocked' ? 16 : 0
    const broken = faults.size === 0 ? 0 : visibleFaults.reduce((sum, each, at) => sum + (faults.has(each) ? 2 ** (at + 5) : 0), 0)
    return (mirror() === true ? 1 : 0) + (isTripped() ? 2 : 0) + (outlet.hasCable ? 4 : 0) + lock + broken + (phaseSwitch.phases === 1 ? 2 ** 20 : 0)
  }
  let told = { high: Number.NaN, low: 0, flags: 0, celsius: undefined as Celsius | undefined, reading: undefined as Reading | undefined }

  const testResidualCurrent = () => {
    if (faults.has('residualSelfTest')) return
    world.set('test trips', world.now + 50, () => {
      isTestTripped = true
    })
    world.set('test ends', world.now + 150, () => {
      isTestTripped = false
    })
  }
  const drivePilot = (output: PilotDrive) => {
    drive = output
    // What is plugged into a household socket takes what it wants.
    ev.driven(hasPilot ? output : { kind: 'pwm', duty: spec.maxAmps / 0.6 })
  }
  const terminals: PlantTerminals = {
    changed,
    get sample() {
      const now = clock.monotonic()
      const isFresh = staleSince === undefined || (freshSince !== undefined && now > freshSince)
      return { highV: highV(), lowV: lowV(), at: isFresh ? now : (staleSince as Millis) }
    },
    get mirror() {
      return mirror()
    },
    get ohms() {
      return outlet.ohms
    },
    get isTripped() {
      return isTripped()
    },
    get reading() {
      return seenReading()
    },
    get celsius() {
      return celsius()
    },
    drivePilot: (output) => world.perform(() => drivePilot(output)),
    command: (isClosed) => world.perform(() => contactor.command(isClosed)),
    moveLock: (to) => world.perform(() => outlet.moveLock(to)),
    testResidualCurrent: () => world.perform(testResidualCurrent),
    get phases() {
      return phaseSwitch.phases
    },
    choosePhases: (phases) =>
      world.perform(() => {
        if (!faults.has('phaseSwitch')) phaseSwitch.phases = phases
        wiring.recompute()
      }),
    breakPilot: (isBroken) =>
      world.perform(() => {
        isPilotBroken = isBroken
        ev.cutOff(isBroken)
      }),
    fireShuntTrip: () => world.perform(wiring.breaks),
    offerDc: (watts) => world.perform(() => wiring.dc?.offer(watts)),
    stop() {
      isStopped = true
      world.perform(() => {
        drivePilot({ kind: 'off' })
        wiring.dc?.offer(0)
        stopped()
      })
      world.stop()
    },
  }
  return {
    terminals,
    get drive() {
      return drive
    },
    tell() {
      const [high, low, present, warm, newest] = [highV(), lowV(), flags(), celsius(), seenReading()]
      if (told.high === high && told.low === low && told.flags === present && told.celsius === warm && told.reading === newest) return
      told = { high, low, flags: present, celsius: warm, reading: newest }
      if (!isStopped) changed.emit()
    },
    /** The samples stop here, or come again. */
    markStale(isOn: boolean) {
      // Set again at the very moment it was cleared: it never ended.
      if (isOn) staleSince = freshSince === world.now && staleSince !== undefined ? staleSince : world.now
      freshSince = isOn ? undefined : world.now
    },
  }
}
