import type { Clock } from '../../src/base/clock.ts'
import type { Amps, Celsius, Millis, Volts, WattHours } from '../../src/base/units.ts'
import type { Lock, PilotDrive, Reading, Register } from '../types.ts'
import { agenda } from './agenda.ts'
import { contacts } from './contacts.ts'
import { dcStage, usualCableAmps } from './dc.ts'
import { type PlantTerminals, simulatedElectronics } from './electronics.ts'
import { energyMeter, type Flow, heat } from './energy.ts'
import { type EvSettings, simulatedEv } from './ev.ts'
import type { PlantFault } from './faults.ts'
import { mains } from './mains.ts'
import { noise } from './noise.ts'
import type { Site } from './site.ts'
import { socket } from './socket.ts'
import type { SimulatedEvseSpec } from './spec.ts'

/** One outlet's world as a person at the desk can touch it: mains, cable, car, heat and faults. */
export interface Plant {
  readonly evse: number
  /** Cable into the socket (if it is not there) and into the car. */
  plugIn(): void
  /** Only the cable, only into the socket. */
  plugCable(): void
  /** Out of the car; on a socket board the cable stays in the socket. */
  unplugEv(): void
  /** Out of the car and, a second later or as soon as the lock lets go, out of the socket. */
  unplug(): void
  setEv(settings: Partial<EvSettings>): void
  /** The car opens S2 for a while (state B), and closes it again. */
  suspend(): void
  resume(): void
  /** The battery is full now. Over with the next plug-in. */
  full(): void
  /** The battery is full after so much energy of this plug-in, or of the next one where no car is there; undefined: when it really is. */
  fullAfter(wh: WattHours | undefined): void
  /** Plugged, but the car stays in state B. */
  delay(isDelayed: boolean): void
  /** Volts of every phase; undefined: the nominal ones again. */
  setVoltage(volts: Volts | undefined): void
  /** What surrounds the charger; 25 degrees C at first. */
  setAmbient(celsius: Celsius): void
  setFault(name: PlantFault, isOn: boolean): void
  /** The supply of the contactor's coil: the dead-man relay. */
  feedCoil(isFed: boolean): void
  /** Unplugged, no faults, a typical car, nominal mains. The meter's register stays. */
  reset(): void
  readonly faults: ReadonlySet<PlantFault>
  readonly ev: EvSettings
  readonly isPlugged: boolean
  readonly hasCable: boolean
  /** What the contacts do. */
  readonly isClosed: boolean
  readonly lock: Lock['position']
  readonly drive: PilotDrive
  /** Where the phase switch stands. */
  readonly phases: 1 | 3
  /** What flows now, A per phase. */
  readonly amps: readonly Amps[]
  /** What has flowed up to now, exactly; the meter shows it up to a second later. */
  readonly wh: WattHours
  /** Charge of the battery, 0 to 1. */
  readonly charge: number
}

const second: Millis = 1_000
const idleReading: Millis = 10_000
const cableFollowsAfter: Millis = 1_000
const heatTimeConstant: Millis = 600_000
/** 25 degrees C above the surroundings at 32 A, or at what a DC cable carries. */
const warmthAtFull: Celsius = 25
/** A leak through a contact that the mirror contact does not see. */
const leakAmps: Amps = 6

export function plant(
  evse: number,
  spec: SimulatedEvseSpec,
  clock: Clock,
  options: { register?: Register; seed?: number } = {},
): Plant & { readonly terminals: PlantTerminals } {
  const faults = new Set<PlantFault>()
  const meter = energyMeter(options.register, clock.monotonic())
  const warmth = heat(25, clock.monotonic(), heatTimeConstant)
  const fullAmps: Amps = spec.dc === undefined ? 32 : (spec.dc.maxAmps ?? usualCableAmps)
  let ambient: Celsius = 25
  let flow: Flow = { volts: [], amps: [] }
  const largestAmps = () => flow.amps.reduce((most, each) => (each > most ? each : most), 0)
  const reached = (at: Millis) => {
    meter.countUntil(at, flow)
    warmth.warmUntil(at, ambient + warmthAtFull * (largestAmps() / fullAmps) ** 2)
  }
  const world = agenda(`plant ${evse}`, clock, reached, () => electronics.tell())
  const site: Site = { spec, seed: (options.seed ?? 1) * 64 + evse, world, faults, recompute: () => recompute() }
  const supply = mains(site)
  const contactor = contacts(site)
  const outlet = socket(site)
  const phaseSwitch: { phases: 1 | 3 } = { phases: spec.phases }
  const ev = simulatedEv(site, () => meter.wh)
  const dc = spec.dc && dcStage(site, spec.dc, ev)

  const recompute = () => {
    const step = Math.floor(world.now / second)
    const leak = faults.has('currentWhileOpen') && ev.isPlugged && !contactor.isClosed ? leakAmps : 0
    flow = dc?.flow(step, contactor.isClosed, leak) ?? acFlow(step, leak)
    if (largestAmps() > 0 && !isMeteringFast) meterBy(second)
  }
  const acFlow = (step: number, leak: Amps): Flow => {
    const amps = contactor.isClosed ? ev.demand(step) : 0
    const volts: Volts[] = []
    const drawn: Amps[] = []
    for (let phase = 0; phase < spec.phases; phase++) {
      const each = supply.volts(phase, step)
      volts.push(each)
      drawn.push(each === 0 ? 0 : phase < Math.min(ev.settings.phases, phaseSwitch.phases) && amps > 0 ? amps : phase === 0 ? leak : 0)
    }
    return { volts, amps: drawn }
  }

  // The meter reads each second while current flows and once after, else each 10 s.
  let reading: Reading | undefined
  let sensed: Celsius = 25
  let isMeteringFast = false
  const meterBy = (period: Millis) => {
    isMeteringFast = period === second
    world.set('meter', (Math.floor(world.now / period) + 1) * period, readMeter)
  }
  const readMeter = () => {
    const frequencyHz = 50 + (noise(site.seed, 9, Math.floor(world.now / second)) - 0.5) * 0.04
    const hadCurrent = meter.hadCurrent
    const more = dc === undefined ? { frequencyHz, powerFactor: 1 } : ev.isAsking ? { evChargePercent: Math.floor(ev.charge * 100) } : {}
    reading = meter.read(world.now, flow, more)
    sensed = Math.round(warmth.celsius * 2) / 2
    ev.weigh()
    ev.think()
    meterBy(hadCurrent || largestAmps() > 0 ? second : idleReading)
  }

  const electronics = simulatedElectronics(site, clock, {
    contactor,
    outlet,
    ev,
    reading: () => reading,
    sensed: () => sensed,
    phaseSwitch,
    breaks: () => setFault('mainsOff', true),
    recompute,
    dc,
    stopped() {
      contactor.release()
      recompute()
    },
  })
  const setFault = (name: PlantFault, isOn: boolean) => {
    if (faults.has(name) === isOn) return
    if (isOn) faults.add(name)
    else faults.delete(name)
    if (name === 'pilotStale') electronics.markStale(isOn)
    contactor.move()
    if (name === 'voltage' || name === 'phaseLoss' || name === 'mainsOff') meterBy(second)
    ev.think()
  }

  world.perform(readMeter)
  return {
    evse,
    terminals: electronics.terminals,
    plugIn: () =>
      world.perform(() => {
        outlet.insert()
        ev.plugIn()
      }),
    plugCable: () => world.perform(outlet.insert),
    unplugEv: () => world.perform(ev.unplug),
    unplug: () =>
      world.perform(() => {
        ev.unplug()
        outlet.leave(cableFollowsAfter)
      }),
    setEv: (settings) => world.perform(() => ev.set(settings)),
    suspend: () => world.perform(ev.suspend),
    resume: () => world.perform(ev.resume),
    full: () => world.perform(ev.full),
    fullAfter: (wh) => world.perform(() => ev.fullAfter(wh)),
    delay: (isDelayed) => world.perform(() => ev.delay(isDelayed)),
    setVoltage: (volts) =>
      world.perform(() => {
        supply.set(volts)
        meterBy(second)
        recompute()
      }),
    setAmbient: (value) =>
      world.perform(() => {
        ambient = value
      }),
    setFault: (name, isOn) => world.perform(() => setFault(name, isOn)),
    feedCoil: (isFed) => world.perform(() => contactor.feed(isFed)),
    reset: () =>
      world.perform(() => {
        for (const name of [...faults]) setFault(name, false)
        supply.set(undefined)
        ambient = 25
        ev.reset()
        outlet.leave(0)
      }),
    faults,
    get ev() {
      return ev.settings
    },
    get isPlugged() {
      return ev.isPlugged
    },
    get hasCable() {
      return spec.cable === 'fixed' ? ev.isPlugged : outlet.hasCable
    },
    get isClosed() {
      return contactor.isClosed
    },
    get lock() {
      return outlet.lock
    },
    get drive() {
      return electronics.drive
    },
    get phases() {
      return phaseSwitch.phases
    },
    get amps() {
      return flow.amps
    },
    get wh() {
      world.perform(() => {})
      return meter.wh
    },
    get charge() {
      return ev.charge
    },
  }
}
