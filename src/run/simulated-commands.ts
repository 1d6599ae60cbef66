import { typicalEv } from '../../hal/simulated/ev.ts'
import { faultNames } from '../../hal/simulated/faults.ts'
import type { Clock } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import { type Command, command, connector, type LocalContext, oneOf, optional, type Person, quantity, type Reply, seen } from '../local/command.ts'
import { type AutomaticCar, type AutomaticEv, ordinaryCar } from './automatic-ev.ts'
import { houseCommands } from './simulated-house.ts'
import type { Hands } from './simulated-world.ts'

/** From a cause that went away until the guard has seen that it did (ms): debounce, mirror contact, some ticks. */
const guardNotices = 700

/** What the rows work on. */
export interface SimulatedWorld {
  readonly hands: Hands
  readonly chargePoint: ChargePoint
  readonly clock: Clock
  readonly automaticEv: AutomaticEv
}

/** Hands at the simulated charger, for `status <state>`. */
export function simulatedPerson({ hands, chargePoint, clock }: Omit<SimulatedWorld, 'automaticEv'>): Person {
  return {
    plug: (evse) => void hands.plugIn(evse),
    unplug: (evse) => void hands.unplug(evse),
    wantEnergy(evse, wants) {
      if (!wants) return void hands.suspend(evse)
      void hands.noDelay(evse)
      void hands.resume(evse)
    },
    clearFaults: (evse) => clearFaults(evse, hands, chargePoint, clock),
  }
}

/** The cars of the simulated world as the automatic EV's. */
export function simulatedCar(hands: Hands, evses: readonly number[]): AutomaticCar {
  return {
    plugIn: (evse) => void hands.plugIn(evse),
    unplug: (evse) => void hands.unplug(evse),
    become({ wantsAmps, phases }) {
      for (const evse of evses) void hands.become(evse, wantsAmps, phases)
    },
  }
}

/** Further rows of the commands' table, for boards whose world is software. Where the table names no connector, every car is meant. */
export function simulatedCommands(world: SimulatedWorld): readonly Command[] {
  const { hands, chargePoint, clock, automaticEv } = world
  const every = (evse: number | undefined): readonly number[] => (evse === undefined ? chargePoint.evses : [evse])
  const each = (evse: number | undefined, act: (evse: number) => Promise<unknown>): Promise<Reply> =>
    Promise.all(every(evse).map((one) => act(one))).then(() => 'ok' as const)
  /** A row that does one thing to one car, or to every one. */
  const toCars = (name: string, help: string, act: (evse: number) => Promise<boolean>): Command =>
    command({ name, parameters: [optional(connector)], help, run: (_context, [evse]) => each(evse, act) })
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
      async run(context, [evse = 1]) {
        if (!(await hands.plugIn(evse))) return `error a car is plugged in at connector ${evse} already`
        return noticed(context, evse, true)
      },
    }),
    command({
      name: 'unplug',
      parameters: [optional(connector)],
      help: 'the cable out of the car, and out of the socket as soon as the lock lets go',
      async run(context, [evse = 1]) {
        if (!(await hands.unplug(evse))) return `error nothing is plugged in at connector ${evse}`
        return noticed(context, evse, false)
      },
    }),
    toCars('suspend', 'the car stops taking energy', hands.suspend),
    toCars('resume', 'the car takes energy again', hands.resume),
    toCars('full', 'the battery is full now', hands.full),
    command({
      name: 'fullafter',
      parameters: [quantity('Wh', 'Wh', 0, 1_000_000), optional(connector)],
      help: 'the battery is full after so much energy of this plug-in',
      run: (_context, [wh, evse]) => each(evse, (one) => hands.fullAfter(one, wh)),
    }),
    toCars('delay', 'the car stays plugged but draws nothing', hands.delay),
    toCars('nodelay', 'ends delay', hands.noDelay),
    command({
      name: 'max',
      parameters: [optional(quantity('amps', 'A per phase', 0, 80)), optional(connector)],
      help: 'the current that the car wants; without a number the usual one; below 6 A it wants nothing; at a DC connector only that, see maxpower',
      run: (_context, [amps, evse]) => each(evse, (one) => hands.want(one, amps ?? (automaticEv.isOn ? ordinaryCar : typicalEv).wantsAmps)),
    }),
    command({
      name: 'maxpower',
      parameters: [optional(quantity('watts', 'W', 0, 1_000_000)), optional(connector)],
      help: 'the power that the car wants at a DC connector; without a number the usual one',
      run: (_context, [watts, evse]) => each(evse, (one) => hands.wantPower(one, watts ?? typicalEv.wantsWatts)),
    }),
    command({
      name: 'phases',
      parameters: [oneOf('1|3', ['1', '3']), optional(connector)],
      help: 'the phases that the car uses',
      run: (_context, [phases, evse]) => each(evse, (one) => hands.phases(one, phases === '1' ? 1 : 3)),
    }),
    command({
      name: 'battery',
      parameters: [quantity('Wh', 'Wh', 1, 1_000_000), optional(quantity('percent', '%', 0, 100)), optional(connector)],
      help: 'the size of the battery, and how full it comes (20 %): counts from the next plug-in',
      run: (_context, [wh, percent, evse]) => each(evse, (one) => hands.battery(one, wh, percent ?? typicalEv.charge * 100)),
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
      run: (_context, [name, evse = 1]) => each(evse, (one) => hands.break(one, name)),
    }),
    command({
      name: 'clear',
      parameters: [optional(connector)],
      help: 'mends what fault broke, and clears what the guard has latched of it; without a connector everywhere',
      run: (_context, [evse]) => each(evse, (one) => clearFaults(one, hands, chargePoint, clock)),
    }),
    ...houseCommands(hands.house),
    command({
      name: 'reset',
      parameters: [],
      help: 'clears all simulator state: unplugged, nothing broken, the usual car, true time (not an OCPP Reset)',
      async run(): Promise<Reply> {
        shift(-shiftedMs)
        await hands.house.reset()
        await each(undefined, async (evse) => {
          const wasTouched = await hands.reset(evse)
          chargePoint.raise(evse, undefined)
          chargePoint.local.limit(evse, undefined)
          chargePoint.local.enable(evse, true)
          if (wasTouched) await after(clock, 'guard notices', guardNotices)
          chargePoint.guard.clear(evse)
        })
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

async function clearFaults(evse: number, hands: Hands, chargePoint: ChargePoint, clock: Clock): Promise<void> {
  if (!(await hands.mend(evse)) && chargePoint.view(evse).faults.length === 0) return
  await after(clock, 'guard notices', guardNotices)
  chargePoint.guard.clear(evse)
}

function after(clock: Clock, name: string, delay: number): Promise<void> {
  return new Promise((resolve) => clock.after(name, delay, resolve))
}
