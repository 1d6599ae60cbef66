import type { Clock } from '../../src/base/clock.ts'
import { signal } from '../../src/base/signal.ts'
import type { Board, EvseHardware, Input, Register, Token, TokenReader } from '../types.ts'
import { usualBatteryV } from './dc.ts'
import { deadMan } from './dead-man.ts'
import type { PlantTerminals } from './electronics.ts'
import type { PlantFault } from './faults.ts'
import { type House, house } from './house.ts'
import { simulatedOutput } from './output.ts'
import { type Plant, plant } from './plant.ts'
import type { SimulatedBoardSpec, SimulatedEvseSpec } from './spec.ts'

export interface SimulatedOptions {
  /** Where the meter of an EVSE keeps its register; without one it starts at 0 Wh. */
  readonly register?: (evse: number) => Register | undefined
  /** Another number is another night: fluctuation of mains and current. */
  readonly seed?: number
}

export interface SimulatedBoard {
  readonly board: Board
  readonly plants: readonly Plant[]
  /** Undefined: the board file has none. */
  readonly house: House | undefined
  /** A card at the reader of an EVSE; without one at the reader for all.
   *  @throws RangeError for an EVSE that the board does not have */
  present(id: string, evse?: number): void
}

/** A board whose mains, cables, cars and meters are software. All its time comes from `clock`. */
export function simulatedBoard(spec: SimulatedBoardSpec, clock: Clock, options: SimulatedOptions = {}): SimulatedBoard {
  const changed = signal<void>()
  const plants = spec.evses.map((each, at) => {
    const register = options.register?.(at + 1)
    return plant(at + 1, each, clock, { ...(register === undefined ? {} : { register }), ...(options.seed === undefined ? {} : { seed: options.seed }) })
  })
  for (const each of plants) each.terminals.changed.on(() => changed.emit())
  const home = spec.grid === undefined ? undefined : house(spec.grid, plants, clock)
  home?.changed(() => changed.emit())
  const readers = [undefined, ...plants.map((each) => each.evse)].map((evse) => ({ evse, presented: signal<Token>() }))
  const anyHas = (fault: PlantFault): Input => ({
    get isActive() {
      return plants.some((each) => each.faults.has(fault))
    },
  })
  const feedCoils = (isFed: boolean) => {
    for (const each of plants) each.feedCoil(isFed)
  }
  const relay = spec.hasDeadMan === true ? deadMan(clock, feedCoils) : undefined
  let isClosed = false
  const board: Board = {
    name: spec.name,
    isSimulated: true,
    evses: plants.map((each, at) => hardware(each, each.terminals, spec.evses[at] as SimulatedEvseSpec)),
    readers: readers satisfies readonly TokenReader[],
    ...(home === undefined ? {} : { grid: home.meter }),
    emergencyStop: anyHas('emergencyStop'),
    tamper: anyHas('tamper'),
    failure: anyHas('board'),
    deadMan: relay,
    limitInputs: (spec.limitInputs ?? []).map(({ amps, evse }) => ({ name: 'contact', input: anyHas('limitInput'), amps, evse })),
    market: spec.market ?? 'eu',
    safety: spec.safety ?? {},
    changed,
    close() {
      isClosed = true
      relay?.close()
      home?.stop()
      for (const each of plants) each.terminals.stop()
    },
  }
  return {
    board,
    plants,
    house: home,
    present(id, evse) {
      const reader = readers.find((each) => each.evse === evse)
      if (reader === undefined) throw new RangeError(`no EVSE ${evse} on board ${spec.name}: it has 1 to ${plants.length}`)
      if (!isClosed) reader.presented.emit({ id })
    },
  }
}

function hardware(world: Plant, terminals: PlantTerminals, spec: SimulatedEvseSpec): EvseHardware {
  const hasPilot = spec.lacks?.includes('pilot') !== true
  const isSocket = spec.cable === 'socket'
  const has = (what: NonNullable<SimulatedEvseSpec['has']>[number]) => spec.has?.includes(what) === true
  return {
    number: world.evse,
    controller: {
      pilot: {
        get sample() {
          return terminals.sample
        },
        drive: (output) => terminals.drivePilot(output),
      },
      contactor: {
        close: () => terminals.command(true),
        open: () => terminals.command(false),
        get isClosed() {
          return terminals.mirror
        },
        hasMirror: spec.lacks?.includes('mirror') !== true,
      },
      lock: isSocket
        ? {
            lock: () => terminals.moveLock('locked'),
            unlock: () => terminals.moveLock('unlocked'),
            get position() {
              return world.lock
            },
          }
        : undefined,
      proximity:
        isSocket && hasPilot
          ? {
              get ohms() {
                return terminals.ohms
              },
            }
          : undefined,
      residualCurrent: {
        get isTripped() {
          return terminals.isTripped
        },
        test: () => terminals.testResidualCurrent(),
      },
      phaseSwitch: has('phaseSwitch')
        ? {
            choose: (phases) => terminals.choosePhases(phases),
            get phases() {
              return terminals.phases
            },
          }
        : undefined,
      pilotBreak: has('pilotBreak') ? simulatedOutput((isOn) => terminals.breakPilot(isOn)) : undefined,
      hasPilot,
      seesNegativePeak: hasPilot && spec.lacks?.includes('negativePeak') !== true,
      staleAfter: 60,
    },
    meter: {
      get newest() {
        return terminals.reading
      },
    },
    temperature: {
      get celsius() {
        return terminals.celsius
      },
    },
    protectiveEarth: {
      get isActive() {
        return world.faults.has('protectiveEarth')
      },
    },
    shuntTrip: has('shuntTrip') ? simulatedOutput((isOn) => isOn && terminals.fireShuntTrip()) : undefined,
    indicator: has('indicator') ? { red: simulatedOutput(), green: simulatedOutput(), blue: simulatedOutput(), buzzer: simulatedOutput() } : undefined,
    maxAmps: spec.maxAmps,
    phases: spec.phases,
    cable: spec.cable,
    nominalVoltageV: spec.nominalVoltageV ?? 230,
    ...(spec.dc && { dc: { maxWatts: spec.dc.maxWatts, nominalVoltageV: spec.dc.voltageV ?? usualBatteryV, offer: terminals.offerDc } }),
    hasVentilation: spec.hasVentilation ?? false,
  }
}
