import type { Clock } from '../src/base/clock.ts'
import { ConfigError } from '../src/base/errors.ts'
import type { Log } from '../src/base/log.ts'
import { signal } from '../src/base/signal.ts'
import { closeAll } from './bus/close-all.ts'
import type { InputLine } from './bus/gpio.ts'
import { toldToLog } from './bus/health.ts'
import { thisMachine } from './bus/machine.ts'
import { wireUp } from './bus/wire-up.ts'
import type { Machine, Opened, Wiring } from './bus/wiring.ts'
import { openController } from './evse/open.ts'
import { openSwitched, outputOf } from './evse/switched.ts'
import { openMeter } from './meters/open.ts'
import { openReader } from './readers/open.ts'
import { openSensor } from './sensors/open.ts'
import type { WiredBoardSpec, WiredEvseSpec } from './spec/board.ts'
import type { IndicatorSpec, LimitInputSpec } from './spec/controllers.ts'
import { isNetwork, isNetworked } from './spec/network.ts'
import type { InputSpec, OutputSpec } from './spec/words.ts'
import type { Board, EvseHardware, Indicator, Input, LimitInput, Meter, NetworkMeters, Reading, Register, TokenReader } from './types.ts'

export interface OpenOptions {
  readonly clock: Clock
  readonly log: Log
  /** Where a meter without a register of its own keeps its count. */
  readonly register?: (evse: number) => Register | undefined
  /** A service runs it, with nobody beside it. */
  readonly isService?: boolean
  /** How real devices are reached; this machine's own when left out. */
  readonly machine?: Machine
}

/** A board of real devices. What the guard needs to be safe (lines, converters) must be there or the board is refused;
 *  a meter, a reader or a controller that does not answer is a fault that comes and goes.
 *  @throws ConfigError for what the file says wrong, DeviceError for a line or chip that cannot be had */
export async function openWired(spec: WiredBoardSpec, { clock, log, register, machine, isService = false }: OpenOptions): Promise<Board> {
  checkWires(spec, isService)
  const changed = signal<void>()
  const edged = signal<void>()
  const wiring = wireUp(spec, {
    clock,
    log,
    machine: machine ?? thisMachine(clock, log),
    changed: () => changed.emit(),
    edged: () => edged.emit(),
    health: healthTo(log, clock, () => changed.emit()),
  })
  const devices: { close(): void }[] = []
  const kept = <T extends { close(): void }>(device: T): T => {
    devices.push(device)
    return device
  }
  const close = () => {
    closeAll(devices, log)
    wiring.close()
  }
  try {
    const evses: EvseHardware[] = []
    for (const [at, evse] of spec.evses.entries()) evses.push(await openEvse(at + 1, evse, spec, wiring, register?.(at + 1), kept))
    const gridMeter = spec.grid?.meter
    const grid = gridMeter === undefined || isNetworked(gridMeter, spec) ? undefined : kept(await openMeter(gridMeter, wiring, spec.directory, undefined))
    const readers: TokenReader[] = []
    for (const reader of spec.readers ?? []) readers.push(kept(await openReader(reader, wiring)))
    const limitInputs: LimitInput[] = []
    for (const each of spec.limitInputs ?? []) limitInputs.push(await openLimit(each, wiring))
    return {
      name: spec.name,
      isSimulated: false,
      evses,
      ...(grid === undefined ? {} : { grid }),
      readers,
      emergencyStop: await openInput(spec.emergencyStop, wiring),
      tamper: await openInput(spec.tamper, wiring),
      failure: await openInput(spec.failure, wiring),
      deadMan: await openOutput(spec.deadMan, 'dead-man relay', wiring),
      limitInputs,
      market: spec.market ?? 'eu',
      safety: spec.safety,
      changed,
      edged,
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

async function openEvse(
  number: number,
  spec: WiredEvseSpec,
  board: WiredBoardSpec,
  wiring: Wiring,
  register: Register | undefined,
  kept: <T extends { close(): void }>(device: T) => T,
): Promise<EvseHardware> {
  const { maxAmps, phases, cable, nominalVoltageV, hasVentilation } = spec
  // The contactor first: its output is OFF before anything else of the outlet is asked for.
  const controller = kept(await openController(spec.controller, wiring, { maxAmps, phases }))
  const meter = spec.meter === undefined || isNetworked(spec.meter, board) ? undefined : kept(await openMeter(spec.meter, wiring, board.directory, register))
  return {
    number,
    controller,
    meter,
    temperature: spec.temperature === undefined ? undefined : kept(await openSensor(spec.temperature, wiring)),
    protectiveEarth: await openInput(spec.protectiveEarth, wiring),
    shuntTrip: await openOutput(spec.shuntTrip, 'shunt trip', wiring),
    indicator: await openIndicator(spec.indicator, wiring),
    maxAmps,
    phases,
    cable,
    nominalVoltageV,
    hasVentilation,
  }
}

/** Two drivers of one chip would each write what they know of its outputs. */
function checkAddresses({ name, parts = {} }: WiredBoardSpec): void {
  const known = new Map<string, string>()
  for (const [part, spec] of Object.entries(parts)) {
    const place = 'address' in spec ? `${spec.bus} 0x${spec.address.toString(16)}` : `${spec.bus} ${spec.kind} ${spec.stack ?? 0}`
    const other = known.get(place)
    if (other !== undefined) throw new ConfigError(`board ${name}`, `parts.${part}`, `is the same chip as ${other}`, 'Name it once, and its pins by that name')
    known.set(place, part)
  }
}

/** What the file says that no schema can see. */
function checkWires(spec: WiredBoardSpec, isService: boolean): void {
  checkAddresses(spec)
  if (spec.grid?.meter.kind === 's0')
    throw new ConfigError(`board ${spec.name}`, 'grid.meter.kind', 's0 tells no current', 'Use a meter that is read over a bus or the network')
  for (const [at, { controller, cable }] of spec.evses.entries()) {
    const wrong = (field: string, problem: string, remedy: string) => new ConfigError(`board ${spec.name}`, `evses.${at}.${field}`, problem, remedy)
    // Safety rule 2.
    if (controller.kind === 'evse-wb-din' && isNetwork(spec.buses?.[controller.bus]))
      throw wrong(
        'controller.bus',
        'is a network',
        'An EVSE controller hangs on a serial bus of this computer: a network may fail when the contactor must open',
      )
    // Safety rule 20.
    if (isService && controller.kind === 'native' && spec.benchOnly !== 'accepted' && (spec.deadMan === undefined || controller.residualCurrent === undefined))
      throw wrong(
        'controller',
        `makes its own pilot without ${spec.deadMan === undefined ? 'a dead-man relay (deadMan)' : 'a residual current monitor (residualCurrent)'}: nothing that runs by itself`,
        'Fit and name both; or run it by hand; or say benchOnly: accepted, for a bench without mains',
      )
    if (cable === 'socket' && controller.lock === undefined && controller.kind !== 'socket-outlet')
      throw wrong('controller.lock', 'is missing', 'A socket locks the plug while current may flow. Say cable: fixed for a cable that hangs on the charger')
  }
  for (const [at, { evse }] of [...(spec.readers ?? []), ...(spec.limitInputs ?? [])].entries()) {
    if (evse === undefined || evse <= spec.evses.length) continue
    const isReader = at < (spec.readers ?? []).length
    throw new ConfigError(
      `board ${spec.name}`,
      isReader ? `readers.${at}.evse` : 'limitInputs',
      `there is no EVSE ${evse}`,
      `This board has 1 to ${spec.evses.length}`,
    )
  }
}

async function openInput(spec: InputSpec | undefined, wiring: Wiring): Promise<Input | undefined> {
  return spec === undefined ? undefined : safely(await wiring.input(spec))
}

/** A contact that cannot be read is taken for active: pressed, missing, open. */
function safely(line: InputLine): Input {
  return {
    get isActive() {
      return line.isActive ?? true
    },
  }
}

/** Outputs of the guard's tick: one that cannot be written is told, never thrown. */
async function openOutput(spec: OutputSpec | undefined, what: string, wiring: Wiring) {
  return spec === undefined ? undefined : outputOf(await openSwitched(spec, what, wiring))
}

async function openIndicator(spec: IndicatorSpec | undefined, wiring: Wiring): Promise<Indicator | undefined> {
  if (spec === undefined) return undefined
  return {
    red: await openOutput(spec.red, 'red lamp', wiring),
    green: await openOutput(spec.green, 'green lamp', wiring),
    blue: await openOutput(spec.blue, 'blue lamp', wiring),
    buzzer: await openOutput(spec.buzzer, 'buzzer', wiring),
  }
}

async function openLimit({ name = 'contact', input, amps, evse }: LimitInputSpec, wiring: Wiring): Promise<LimitInput> {
  return { name, input: safely(await wiring.input(input)), amps, evse }
}

/** The meters of a board that hang on the network, for the core: readings only (safety rule 2). */
export async function openNetworkMeters(spec: WiredBoardSpec, { clock, log, machine }: OpenOptions): Promise<NetworkMeters> {
  // 0: the grid.
  const wanted = [spec.grid, ...spec.evses].flatMap((each, evse) =>
    each?.meter !== undefined && isNetworked(each.meter, spec) ? [{ evse, meter: each.meter }] : [],
  )
  const changed = signal<number>()
  const meters = new Map<number, Opened<Meter>>()
  const told = new Map<number, Reading | undefined>()
  /** The wires do not say whose meter spoke. */
  const tell = () => {
    for (const [evse, { newest }] of meters) {
      if (told.get(evse) === newest) continue
      told.set(evse, newest)
      changed.emit(evse)
    }
  }
  const wiring = wireUp(spec, { clock, log, machine: machine ?? thisMachine(clock, log), changed: tell, edged() {}, health: healthTo(log, clock, tell) })
  const close = () => {
    closeAll([...meters.values()], log)
    wiring.close()
  }
  try {
    for (const { evse, meter } of wanted) {
      if (evse > 0 && meter.kind === 'mqtt' && meter.values.importWh === undefined)
        throw new ConfigError(`board ${spec.name}`, `evses.${evse - 1}.meter.values.importWh`, 'is missing', 'A session is counted by it: name its topic')
      meters.set(evse, await openMeter(meter, wiring, spec.directory, undefined))
    }
  } catch (error) {
    close()
    throw error
  }
  const grid = meters.get(0)
  const evses = [...meters.keys()].filter((evse) => evse !== 0)
  return { evses, ...(grid === undefined ? {} : { grid }), newest: (evse) => meters.get(evse)?.newest, changed, close }
}

function healthTo(log: Log, clock: Clock, changed: () => void) {
  const tell = toldToLog(log, clock)
  return (device: string, problem: string | undefined) => {
    tell(device, problem)
    changed()
  }
}
