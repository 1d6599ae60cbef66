import { buildBoard } from '../../../hal/build.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/base/simulated-clock.ts'
import { type Millis, seconds } from '../../../src/base/units.ts'
import type { SimulatedBoard } from '../../../src/config/board.ts'
import type { Restart } from '../../../src/core/charge-point.ts'
import type { StopReason } from '../../../src/core/facts.ts'
import type { Dial } from '../../../src/ocpp/socket.ts'
import { type InlineParts, type InlineStation, inlineStation } from '../../../src/run/inline.ts'
import type { Simulation } from '../../../src/run/simulated-world.ts'
import { openStore } from '../../../src/store/open.ts'
import { openedAgain } from '../../stories/mortal.ts'
import type { FileUser } from './files.ts'
import type { Traffic } from './traffic.ts'

export type Plant = Simulation['plants'][number]

export interface LivesOptions {
  readonly board: SimulatedBoard
  readonly csmsUrl: string
  readonly dial: Dial
  readonly traffic: Traffic
  /** Factory values of OCPP keys. */
  readonly settings: Readonly<Record<string, string>>
  /** Further parts of a program, made for it. */
  readonly parts: (user: FileUser) => Partial<InlineParts>
  /** A program begins. */
  readonly begins: () => void
}

/** One station, from program to program: its store, its meters and its cars outlive each of them. */
export interface Lives {
  readonly clock: SimulatedClock
  readonly station: InlineStation
  readonly plants: readonly Plant[]
  /** Lets the next thing happen that falls due within `limit`; real input and output comes to rest before and after. Returns the ms that passed. */
  step(limit: Millis): Promise<Millis>
  /** The mains fail, and come back after `outage`: another boot of the computer. Faults are gone, cars hang on. */
  powerCycle(outage: Millis): Promise<void>
  /** The program ends in good order, and does not begin again before a power cycle. */
  endsFor(reason: StopReason): Promise<void>
  end(): void
}

/** Power-up to the first line of the program, and from there to the first dial: by then a car on the cable is seen. */
const startUp = seconds(2)
const networkUp = seconds(0.2)

export function lives(options: LivesOptions): Lives {
  const store = openStore({ directory: undefined, log: silentLog })
  const registers = new Map<number, number>()
  let count = 0
  let life = begin(simulatedClock())
  /** Its shut-down is under way. */
  let ending: { isOver: boolean; isFinal: boolean } | undefined

  function begin(clock: SimulatedClock, before?: { readonly plants: readonly Plant[] }) {
    options.begins()
    const isFirst = ++count === 1
    const register = (evse: number) => ({ load: () => registers.get(evse) ?? 0, save: (wh: number) => void registers.set(evse, wh) })
    const built = buildBoard(options.board, { clock, simulated: { register } })
    const plants = built.simulation?.plants ?? []
    comeAgain(before?.plants ?? [], plants)
    let ids = 0
    const kept = isFirst ? store : openedAgain(store)
    const station: InlineStation = inlineStation({
      id: 'CP-1',
      csmsUrl: options.csmsUrl,
      built,
      settings: options.settings,
      identity: { vendor: 'Pilotwire', model: 'Simulated', firmwareVersion: '1.0.0', chargePointSerial: 'SN-1' },
      password: undefined,
      bootAfterReconnect: false,
      preBootTransactions: false,
      clock,
      log: silentLog,
      store: kept,
      dial: options.dial,
      chance: () => 0.5,
      newId: () => `${count}-${++ids}`,
      ...options.parts({ clock, store: kept, core: () => station.core }),
    })
    const restarting: { by: Restart | undefined } = { by: undefined }
    station.core.restarting.on((restart) => {
      restarting.by = restart
    })
    clock.after('network is up', networkUp, station.link.connect)
    return { clock, station, plants, restarting }
  }

  const shutDown = (reason: StopReason) => {
    const closing = { isOver: false, isFinal: false }
    ending = closing
    void life.station.shutDown(reason).then(() => {
      closing.isOver = true
    })
    return closing
  }
  /** What the init system does for a program that asked for a restart. */
  const follow = () => {
    if (ending === undefined && life.restarting.by !== undefined) shutDown(life.restarting.by.stop)
    if (ending?.isOver !== true || ending.isFinal) return
    ending = undefined
    life = begin(life.clock, life)
  }
  const step = async (limit: Millis) => {
    await options.traffic.rest(life.clock)
    follow()
    // A program that ends has no timers left: it is not waited for by the hour.
    const by = Math.max(0, Math.min(life.clock.untilNext() ?? limit, limit, ending === undefined ? limit : seconds(0.1)))
    await life.clock.advance(by)
    await options.traffic.rest(life.clock)
    follow()
    return by
  }
  return {
    get clock() {
      return life.clock
    },
    get station() {
      return life.station
    },
    get plants() {
      return life.plants
    },
    step,
    async powerCycle(outage) {
      if (ending?.isOver !== true) life.station.drop()
      await options.traffic.rest(life.clock)
      ending = undefined
      const epochMs = life.clock.now().epochMs + outage
      life = begin(simulatedClock({ epochMs, bootMs: startUp, boot: `boot-${count + 1}` }), life)
    },
    async endsFor(reason) {
      const closing = shutDown(reason)
      closing.isFinal = true
      while (!closing.isOver) await step(seconds(0.1))
    },
    end() {
      life.station.drop()
      store.close()
    },
  }
}

/** The cars of one life in the next one. */
function comeAgain(before: readonly Plant[], plants: readonly Plant[]): void {
  for (const [at, { hasCable, isPlugged, ev }] of before.entries()) {
    plants[at]?.setEv(ev)
    if (isPlugged) plants[at]?.plugIn()
    else if (hasCable) plants[at]?.plugCable()
  }
}
