import type { Clock } from '../../src/base/clock.ts'
import { minutes } from '../../src/base/units.ts'
import type { Dial } from '../../src/ocpp/socket.ts'
import type { DeskStation } from '../../src/run/desk-station.ts'
import { type Lives, lives } from '../desk/lives.ts'
import { CallWatch } from './call-watch.ts'
import { configOf, type StationOf } from './config.ts'
import { type FaultyLine, faultyLine } from './faulty-line.ts'
import type { Ev } from './pattern.ts'
import type { Tally } from './tally.ts'

export interface StationParts extends StationOf {
  readonly n: number
  readonly clock: Clock
  readonly dial: Dial
  readonly tally: Tally
  readonly realMs: () => number
  readonly chance: () => number
  readonly latencyMs: number
  readonly keepsTime: boolean
  /** ms of its time. */
  readonly dialTimeout: number | undefined
}

/** Nobody looks back on what a station in memory has delivered, and hundreds of them would fill the computer. */
const inMemory = { most: 20, trimEvery: minutes(10) } as const

/** A car as it comes to an outlet. */
export interface Arriving {
  readonly ev: Ev
  /** Of its battery, 0 to 1. */
  readonly charge: number
  readonly wantsWh?: number | undefined
}

/** One charge point of a fleet: the whole program on a simulated board, and hands for its cables and cards. */
export class FleetStation {
  /** From 1 on. */
  readonly n: number
  readonly id: string
  readonly #life: Lives
  readonly #line: FaultyLine
  readonly #watch: CallWatch

  /** It does not connect by itself. @throws ConfigError for a board with real hardware, and for settings that are none */
  constructor({ n, id, clock, dial, tally, realMs, chance, latencyMs, keepsTime, dialTimeout, ...of }: StationParts) {
    this.n = n
    this.id = id
    this.#watch = new CallWatch(tally, realMs)
    this.#line = faultyLine(dial, clock, latencyMs, (reason) => tally.failed(`connection not made: ${reason}`))
    this.#life = lives({
      config: configOf({ id, ...of }),
      time: { clock, isSimulated: false },
      dial: this.#line.dial,
      framePassed: (frame) => this.#watch.passed(frame),
      disconnected: () => {
        this.#watch.disconnected()
        // What it closed itself (a Reset, a command, its end) is no loss.
        if (this.#line.isDown) tally.noted('connections cut by the pattern')
        else if (this.#life.isRunning && this.#life.station.link.state !== 'disconnected') tally.failed('connection lost')
      },
      ...{ chance, keepsTime, dialTimeout },
      ...(of.stateDirectory === undefined ? { keeps: inMemory } : { directory: of.stateDirectory }),
    })
  }

  /** The present program, or the last one while none runs. */
  get station(): DeskStation {
    return this.#life.station
  }

  get isRunning(): boolean {
    return this.#life.isRunning
  }

  /** The central system has accepted it, and it is connected. */
  get isOnline(): boolean {
    return this.#life.isRunning && this.#life.station.isOnline
  }

  /** For how long its CALL has waited for an answer, ms of real time; undefined: none does. */
  get waitsMs(): number | undefined {
    return this.#watch.waitsMs
  }

  /** Its CALL counts as one without an answer. */
  giveUp(): void {
    this.#watch.giveUp()
  }

  get outlets(): readonly number[] {
    return this.station.core.evses
  }

  /** Dials, and keeps at it. */
  connect(): void {
    this.station.link.connect()
  }

  /** The line is torn for so long, ms. */
  cut(outage: number): void {
    this.#line.cut(outage)
  }

  /** A line as at the control door: `plugin`, `limit 10`. Resolves to the reply. */
  run(line: string): Promise<string> {
    return this.station.run(line)
  }

  /** A car comes and takes the cable. False: one is there already. */
  plug(evse = 1, car?: Arriving): boolean {
    const plant = this.#plant(evse)
    if (plant === undefined || plant.isPlugged || plant.hasCable) return false
    if (car !== undefined) {
      const { batteryKwh, maxAmps = 16, phases = 3, dcKw = 100 } = car.ev
      plant.setEv({ wantsAmps: maxAmps, phases, wantsWatts: dcKw * 1_000, batteryWh: batteryKwh * 1_000, charge: car.charge })
      plant.fullAfter(car.wantsWh)
    }
    plant.plugIn()
    return true
  }

  /** The car is unplugged as soon as its plug is let go, and leaves. */
  unplug(evse = 1): void {
    this.#plant(evse)?.unplug()
  }

  /** A card is held to the reader of an outlet. */
  tag(card: string, evse = 1): void {
    this.#simulation?.present(card, evse)
  }

  isFree(evse: number): boolean {
    const plant = this.#plant(evse)
    return plant !== undefined && !plant.isPlugged && !plant.hasCable
  }

  /** Registers of all its outlets, Wh; it only grows. */
  get registerWh(): number {
    return this.#simulation?.plants.reduce((sum, { wh }) => sum + wh, 0) ?? 0
  }

  get #simulation() {
    return this.station.built.simulation
  }

  #plant(evse: number) {
    return this.#simulation?.plants.find((each) => each.evse === evse)
  }

  /** It is switched off in good order: what runs is stopped, and told if that can be. */
  stop(): Promise<void> {
    return this.#life.stop()
  }

  /** The same at once. */
  drop(): void {
    this.#life.drop()
  }
}
