import type { BuiltBoard } from '../../hal/build.ts'
import { faultNames } from '../../hal/simulated/faults.ts'
import type { Clock } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import { type Command, command, connector, type LocalContext, oneOf, optional, type Person, quantity, type Reply, seen } from '../local/command.ts'
import { type AutomaticCar, type AutomaticEv, ordinaryCar } from './automatic-ev.ts'

export type Simulation = NonNullable<BuiltBoard['simulation']>
export type Plant = Simulation['plants'][number]

/** From a cause that went away until the guard has seen that it did (ms): debounce, mirror contact, some ticks. */
const guardNotices = 700

/** What the rows work on. */
export interface SimulatedWorld {
  readonly simulation: Simulation
  readonly chargePoint: ChargePoint
  readonly clock: Clock
  readonly automaticEv: AutomaticEv
}

/** Hands at the simulated charger, for `status <state>`. */
export function simulatedPerson({ simulation, chargePoint, clock }: Omit<SimulatedWorld, 'automaticEv'>): Person {
  const at = plantsOf(simulation)
  return {
    plug: (evse) => at(evse).plugIn(),
    unplug: (evse) => at(evse).unplug(),
    wantEnergy(evse, wants) {
      if (!wants) return at(evse).suspend()
      at(evse).delay(false)
      at(evse).resume()
    },
    clearFaults: (evse) => clearFaults(at(evse), chargePoint, clock),
  }
}

/** The plants as the automatic EV's cars. */
export function simulatedCar(simulation: Simulation): AutomaticCar {
  const at = plantsOf(simulation)
  return {
    plugIn: (evse) => at(evse).plugIn(),
    unplug: (evse) => at(evse).unplug(),
    become(car) {
      for (const each of simulation.plants) each.setEv(car)
    },
  }
}

/** Further rows of the commands' table, for boards whose world is software. Where the table names no connector, every car is meant. */
export function simulatedCommands(world: SimulatedWorld): readonly Command[] {
  const { simulation, chargePoint, clock, automaticEv } = world
  const at = plantsOf(simulation)
  const usualAmps = simulation.plants.map((each) => each.ev.wantsAmps)
  const every = (evse: number | undefined): readonly Plant[] => (evse === undefined ? simulation.plants : [at(evse)])
  /** A row that does one thing to one car, or to every one. */
  const toCars = (name: string, help: string, act: (plant: Plant) => void): Command =>
    command({
      name,
      parameters: [optional(connector)],
      help,
      run(_context, [evse]) {
        every(evse).forEach(act)
        return 'ok'
      },
    })
  let shiftedMs = 0
  const shift = (byMs: number) => {
    clock.shift(byMs)
    shiftedMs += byMs
  }
  return [
    command({
      name: 'plugin',
      parameters: [optional(connector)],
      help: 'the cable into the socket and the car',
      run(context, [evse]) {
        if (at(evse ?? 1).isPlugged) return `error a car is plugged in at connector ${evse ?? 1} already`
        at(evse ?? 1).plugIn()
        return noticed(context, evse ?? 1, true)
      },
    }),
    command({
      name: 'unplug',
      parameters: [optional(connector)],
      help: 'the cable out of the car, and out of the socket as soon as the lock lets go',
      run(context, [evse]) {
        const plant = at(evse ?? 1)
        if (!plant.isPlugged && !plant.hasCable) return `error nothing is plugged in at connector ${evse ?? 1}`
        plant.unplug()
        return noticed(context, evse ?? 1, false)
      },
    }),
    toCars('suspend', 'the car stops taking energy', (plant) => plant.suspend()),
    toCars('resume', 'the car takes energy again', (plant) => plant.resume()),
    toCars('full', 'the battery is full now', (plant) => plant.full()),
    command({
      name: 'fullafter',
      parameters: [quantity('Wh', 'Wh', 0, 1_000_000), optional(connector)],
      help: 'the battery is full after so much energy of this plug-in',
      run(_context, [wh, evse]) {
        for (const each of every(evse)) each.fullAfter(wh)
        return 'ok'
      },
    }),
    toCars('delay', 'the car stays plugged but draws nothing', (plant) => plant.delay(true)),
    toCars('nodelay', 'ends delay', (plant) => plant.delay(false)),
    command({
      name: 'max',
      parameters: [optional(quantity('amps', 'A per phase', 0, 80)), optional(connector)],
      help: 'the current that the car wants; without a number the usual one; below 6 A it wants nothing',
      run(_context, [amps, evse]) {
        const usual = (plant: Plant) => (automaticEv.isOn ? ordinaryCar.wantsAmps : usualAmps[plant.evse - 1]) ?? ordinaryCar.wantsAmps
        for (const each of every(evse)) each.setEv({ wantsAmps: amps ?? usual(each) })
        return 'ok'
      },
    }),
    command({
      name: 'clock',
      parameters: [optional(quantity('s', 'seconds', -1_000_000_000, 1_000_000_000))],
      help: 'shifts the timestamps that are sent; adds up; without a number back to the true time',
      run(_context, [by]) {
        shift(by === undefined ? -shiftedMs : seconds(by))
        return 'ok'
      },
    }),
    command({
      name: 'wait',
      parameters: [optional(quantity('s', 'seconds', 0, 86_400))],
      help: 'answers after some seconds (5)',
      run: (_context, [duration]) => after(clock, 'wait command', seconds(duration ?? 5)).then(() => 'ok' as const),
    }),
    command({
      name: 'fault',
      parameters: [oneOf('name', faultNames), optional(connector)],
      help: `breaks something: ${faultNames.join(', ')}`,
      run(_context, [name, evse]) {
        at(evse ?? 1).setFault(name, true)
        return 'ok'
      },
    }),
    command({
      name: 'clear',
      parameters: [optional(connector)],
      help: 'mends what fault broke, and clears what the guard has latched of it; without a connector everywhere',
      run: (_context, [evse]) => Promise.all(every(evse).map((plant) => clearFaults(plant, chargePoint, clock))).then(() => 'ok' as const),
    }),
    command({
      name: 'reset',
      parameters: [],
      help: 'clears all simulator state: unplugged, nothing broken, the usual car, true time (not an OCPP Reset)',
      async run(): Promise<Reply> {
        shift(-shiftedMs)
        await Promise.all(
          simulation.plants.map(async (plant) => {
            const wasTouched = plant.faults.size > 0 || plant.isPlugged
            plant.reset()
            chargePoint.raise(plant.evse, undefined)
            chargePoint.limit(plant.evse, 'local', undefined)
            if (wasTouched) await after(clock, 'guard notices', guardNotices)
            chargePoint.guard.clear(plant.evse)
          }),
        )
        // A reset car is the usual one; the automatic EV brings its own again.
        if (automaticEv.isOn) automaticEv.set(true)
        return 'ok'
      },
    }),
  ]
}

/** Answers when the charger has seen the car come or go, so that the next line finds it so; a broken pilot may never show it. */
async function noticed(context: LocalContext, evse: number, isPlugged: boolean): Promise<Reply> {
  await seen(context, evse, (view) => view.report.isPlugged === isPlugged, guardNotices)
  return 'ok'
}

async function clearFaults(plant: Plant, chargePoint: ChargePoint, clock: Clock): Promise<void> {
  if (plant.faults.size === 0 && chargePoint.view(plant.evse).faults.length === 0) return
  for (const each of [...plant.faults]) plant.setFault(each, false)
  await after(clock, 'guard notices', guardNotices)
  chargePoint.guard.clear(plant.evse)
}

function after(clock: Clock, name: string, delay: number): Promise<void> {
  return new Promise((resolve) => clock.after(name, delay, resolve))
}

/** The plant of an EVSE. @throws RangeError for one that is not there */
function plantsOf(simulation: Simulation): (evse: number) => Plant {
  return (evse) => {
    const plant = simulation.plants.find((each) => each.evse === evse)
    if (plant === undefined) throw new RangeError(`no EVSE ${evse} on the simulated board`)
    return plant
  }
}
