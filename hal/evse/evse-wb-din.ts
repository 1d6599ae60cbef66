import type { Log } from '../../src/base/log.ts'
import type { Amps, Millis, Volts } from '../../src/base/units.ts'
import { type Health, healthOf, problemOf } from '../bus/health.ts'
import type { Modbus } from '../bus/modbus.ts'
import { rounds } from '../bus/rounds.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerSpec } from '../spec/controllers.ts'
import type { EvseController, PilotSample, Proximity } from '../types.ts'
import { closing, openCommon } from './common.ts'
import { roundedDown } from './duty.ts'
import { followed } from './followed.ts'
import { type Wish, wishes } from './wish.ts'

/** EVSE-WB, EVSE DIN and what speaks the same registers (holding, 9600 8N1, unit 1). The device makes the pilot, checks the diode and switches its
 *  own output within the 100 ms; it closes by itself when the car asks and a current is set. What it is told it keeps when nobody speaks any more:
 *  its boot current is set to 0 here, and its supply belongs behind the dead-man relay (safety rule 21).
 *  Register numbers and bits: the maker's data sheet as public projects use it; not verified on a device. */

type Spec = Extract<ControllerSpec, { kind: 'evse-wb-din' }>

/** The device wants 100 ms between two frames. */
const betweenFrames: Millis = 100
/** Safety rule 8: it opens within 100 ms by itself. */
const staleAfter: Millis = 1_000

const live = { at: 1000, amps: 0, output: 1, vehicle: 2, cable: 3, commands: 4, firmware: 5, status: 7, count: 8 } as const
const boot = { at: 2000, amps: 0, config: 5, count: 6 } as const
const turnOff = 1
/** Bit 7 of 2005, since firmware 17: currents in steps of 0.01 A. */
const precise = 0x80

/** Register 1002: the positive peak that the device saw. 5 is a failure (diode, ventilation, residual current): 0 V, which the guard takes for a pilot
 *  that cannot be trusted and opens. */
const vehicleV: Readonly<Record<number, Volts>> = { 1: 12, 2: 9, 3: 6, 4: 3, 5: 0 }
const failure = 5
/** Bits of 1007. */
const failures: readonly (readonly [bit: number, words: string])[] = [
  [0x02, 'the diode check'],
  [0x04, 'a car that wants ventilation'],
  [0x08, 'a pilot that was not let go'],
  [0x10, 'the residual current monitor'],
]

/** The proximity resistor that stands for the cable limit of register 1003 (A), the next smaller one: the register may be bounded by 2007 as well.
 *  Below 13 A there is no cable. */
export function ohmsFor(cableAmps: Amps): number {
  if (cableAmps >= 63) return 100
  if (cableAmps >= 32) return 220
  if (cableAmps >= 20) return 680
  return cableAmps >= 13 ? 1_500 : Number.POSITIVE_INFINITY
}

/** @throws ConfigError for wires that the file does not have. A device that does not answer is a fault that comes and goes. */
export async function openEvseWbDin(spec: Spec, wiring: Wiring, outlet: { readonly maxAmps: Amps }): Promise<Opened<EvseController>> {
  const { clock } = wiring
  const common = await openCommon(spec, wiring)
  const unit = spec.unit ?? 1
  const bus = await wiring.modbus(spec.bus).catch(closing(common))
  const device = new Device(bus, unit, healthOf(`evse-wb-din unit ${unit} on ${spec.bus}`, wiring), wiring.log)
  let sample: PilotSample | undefined
  let highV: Volts | undefined
  const isAsking = () => highV === undefined || highV === 6 || highV === 3
  const wish = wishes(clock, { maxAmps: outlet.maxAmps, isAlone: common.contactor === undefined, lock: common.lock, isAsking })
  const relay = common.contactor === undefined ? undefined : followed(common.contactor, clock, staleAfter, wiring.changed)
  let told = ''
  const seen = (registers: Uint16Array) => {
    highV = vehicleV[registers[live.vehicle] ?? 0]
    if (highV !== undefined) sample = { highV, lowV: highV, at: clock.monotonic() }
    relay?.pollEnded()
    const news = `${highV} ${device.cableAmps}`
    if (news !== told) wiring.changed()
    told = news
  }
  const round = rounds(`evse-wb-din ${spec.bus}`, clock, async () => {
    relay?.pollBegins()
    const registers = await device.turn(wish.now)
    if (registers !== undefined) seen(registers)
    return betweenFrames
  })
  const proximity: Proximity = {
    get ohms() {
      return device.cableAmps === undefined ? undefined : ohmsFor(device.cableAmps)
    },
  }
  return {
    pilot: {
      get sample() {
        // The negative half is the device's to check: while PWM is wanted it is taken for good, a failure is state 5.
        return sample === undefined ? undefined : { ...sample, lowV: wish.drive === 'pwm' && sample.highV !== 0 ? -12 : sample.highV }
      },
      drive(output) {
        wish.pilot(output)
      },
    },
    contactor: {
      close() {
        wish.close()
        relay?.close()
      },
      open() {
        wish.open()
        relay?.open()
      },
      get isClosed() {
        return relay?.isClosed
      },
    },
    lock: common.lock,
    proximity: common.proximity ?? proximity,
    residualCurrent: common.residualCurrent,
    phaseSwitch: common.phaseSwitch,
    pilotBreak: undefined,
    hasPilot: true,
    seesNegativePeak: false,
    staleAfter,
    close() {
      relay?.open()
      round.close()
      device.leave()
      common.close()
    },
  }
}

/** The registers. */
class Device {
  readonly #bus: Modbus
  readonly #unit: number
  readonly #health: Health
  readonly #log: Log
  /** 1000 to 1007 as last read; undefined: the device was silent, and may be another one by now. */
  #registers: Uint16Array | undefined
  /** 2000 to 2005 as last read; undefined: to be read. */
  #boot: Uint16Array | undefined
  /** It was told to have no boot current. Not again and again: its memory wears out. */
  #isBootTold = false

  constructor(bus: Modbus, unit: number, health: Health, log: Log) {
    this.#bus = bus
    this.#unit = unit
    this.#health = health
    this.#log = log
  }

  /** Register 1003; undefined while the device is silent. */
  get cableAmps(): Amps | undefined {
    return this.#registers?.[live.cable]
  }

  /** Writes the first register that is not as wished, and reads them all: a write counts when it is read back. Both are asked for at once, so that
   *  nobody else on the bus comes between them. Returns what was read, if it makes sense. */
  async turn(wish: Wish): Promise<Uint16Array | undefined> {
    const wrong = this.#wrongRegister(wish)
    const reading = this.#read(live.at, live.count)
    const settled = await Promise.allSettled([
      wrong === undefined ? undefined : this.#write(...wrong),
      this.#boot === undefined ? this.#readBoot() : undefined,
      reading.then((registers) => {
        this.#registers = registers
      }),
    ])
    const failed = settled.find((each) => each.status === 'rejected')
    if (failed === undefined) return this.#judge(await reading)
    // One that is lost is lost, in however many ways it does not answer.
    const problem = problemOf(failed.reason)
    if (this.#registers !== undefined || !this.#health.isBad) this.#health.bad(problem)
    this.#registers = undefined
    this.#boot = undefined
    return undefined
  }

  /** Off, as well as it can be told without waiting. */
  leave(): void {
    const told = [this.#write(live.at + live.commands, turnOff), this.#write(live.at, 0)]
    for (const each of told) each.catch((error) => this.#log.warn({ problem: problemOf(error) }, 'the controller was not told to be off'))
  }

  #read(at: number, count: number): Promise<Uint16Array> {
    return this.#bus.read({ unit: this.#unit, from: 'holding', at, count, gapMs: betweenFrames, isUrgent: true })
  }

  #write(at: number, value: number): Promise<void> {
    return this.#bus.write({ unit: this.#unit, at, values: [value], gapMs: betweenFrames })
  }

  async #readBoot(): Promise<void> {
    this.#boot = await this.#read(boot.at, boot.count)
    const bootAmps = this.#boot[boot.amps]
    if (bootAmps === 0) this.#isBootTold = false
    else if (this.#isBootTold)
      this.#log.error({ unit: this.#unit, bootAmps }, 'the controller keeps its boot current: no fail-safe. Set its register 2000 to 0')
    else this.#log.warn({ unit: this.#unit, bootAmps }, 'the controller offers a current as soon as it has supply: its boot current is set to 0')
  }

  #judge(registers: Uint16Array): Uint16Array | undefined {
    const vehicle = registers[live.vehicle] ?? 0
    if (vehicleV[vehicle] === undefined) {
      this.#health.bad(`says vehicle state ${vehicle} in register 1002, which does not exist. Check the unit id`)
      return undefined
    }
    const words = failures.filter(([bit]) => ((registers[live.status] ?? 0) & bit) !== 0).map(([, each]) => each)
    if (vehicle === failure) this.#health.bad(`reports a failure: ${words.join(', ') || 'it does not say which'}`)
    else this.#health.good()
    return registers
  }

  /** The first register that is not as wanted, and what it is to hold. What reduces goes first. Undefined: none, or it is not known yet. */
  #wrongRegister(wish: Wish): readonly [at: number, value: number] | undefined {
    const [registers, config] = [this.#registers, this.#boot]
    if (registers === undefined || config === undefined) return undefined
    const isPrecise = ((config[boot.config] ?? 0) & precise) !== 0 && (registers[live.firmware] ?? 0) >= 17
    const isOff = ((registers[live.commands] ?? 0) & turnOff) !== 0
    const amps = wish.kind === 'offer' ? roundedDown(wish.amps, isPrecise ? 0.01 : 1) : 0
    if (wish.kind === 'off' && !isOff) return [live.at + live.commands, turnOff]
    if (registers[live.amps] !== amps) return [live.at + live.amps, amps]
    if (wish.kind !== 'off' && isOff) return [live.at + live.commands, 0]
    if (config[boot.amps] === 0 || this.#isBootTold) return undefined
    this.#isBootTold = true
    this.#boot = undefined
    return [boot.at + boot.amps, 0]
  }
}
