import type { Clock } from '../../src/base/clock.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import type { Celsius, Millis, Volts } from '../../src/base/units.ts'
import type { PilotDrive, PilotSample, Reading } from '../types.ts'
import type { contacts } from './contacts.ts'
import type { simulatedEv } from './ev.ts'
import type { PlantFault } from './faults.ts'
import type { Site } from './site.ts'
import type { socket } from './socket.ts'

/** One outlet as its electronics see and drive it. */
export interface PlantTerminals {
  readonly changed: Listenable<void>
  readonly sample: PilotSample
  readonly mirror: boolean
  readonly ohms: number
  readonly isTripped: boolean
  readonly reading: Reading | undefined
  readonly celsius: Celsius | undefined
  drivePilot(output: PilotDrive): void
  command(isClosed: boolean): void
  moveLock(to: 'locked' | 'unlocked'): void
  testResidualCurrent(): void
  /** Every output OFF, no more events. */
  stop(): void
}

/** Faults that are inputs by themselves; a sample that begins or ceases to age is one. */
const visibleFaults: readonly PlantFault[] = ['emergencyStop', 'protectiveEarth', 'tamper', 'board', 'pilotStale', 'proximity']

export interface Wiring {
  readonly contactor: ReturnType<typeof contacts>
  readonly outlet: ReturnType<typeof socket>
  readonly ev: ReturnType<typeof simulatedEv>
  readonly reading: () => Reading | undefined
  readonly sensed: () => Celsius
  /** The supply of the electronics is gone. */
  readonly stopped: () => void
}

/** Pilot, sensors and drivers of the simulated outlet. They tell of a change exactly when one is there to be seen. */
export function simulatedElectronics({ world, faults }: Site, clock: Clock, { contactor, outlet, ev, reading, sensed, stopped }: Wiring) {
  let drive: PilotDrive = { kind: 'off' }
  let isTestTripped = false
  let staleSince: Millis | undefined
  let freshSince: Millis | undefined
  let isStopped = false
  const changed = signal<void>()

  const highV = (): Volts => (faults.has('pilotShort') || drive.kind === 'off' ? 0 : drive.kind === 'fault' ? -12 : ev.pilotV)
  const lowV = (): Volts => {
    const high = highV()
    if (drive.kind !== 'pwm' || faults.has('pilotShort')) return high
    return ev.isPlugged && faults.has('diode') ? -high : -12
  }
  const celsius = () => (faults.has('temperatureSensor') ? undefined : faults.has('overTemperature') ? 80 : sensed())
  const seenReading = () => (faults.has('meterLost') ? undefined : reading())
  const isTripped = () => isTestTripped || faults.has('residualCurrent')
  /** What is seen as yes or no, in one number. */
  const flags = () => {
    const lock = outlet.lock === 'locked' ? 8 : outlet.lock === 'unlocked' ? 16 : 0
    const broken = faults.size === 0 ? 0 : visibleFaults.reduce((sum, each, at) => sum + (faults.has(each) ? 2 ** (at + 5) : 0), 0)
    return (contactor.isClosed ? 1 : 0) + (isTripped() ? 2 : 0) + (outlet.hasCable ? 4 : 0) + lock + broken
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
    ev.driven(output)
  }
  const terminals: PlantTerminals = {
    changed,
    get sample() {
      const now = clock.monotonic()
      const isFresh = staleSince === undefined || (freshSince !== undefined && now > freshSince)
      return { highV: highV(), lowV: lowV(), at: isFresh ? now : (staleSince as Millis) }
    },
    get mirror() {
      return contactor.isClosed
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
    stop() {
      isStopped = true
      world.perform(() => {
        drivePilot({ kind: 'off' })
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
