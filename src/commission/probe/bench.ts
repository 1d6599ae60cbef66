import { openBoard } from '../../../hal/build.ts'
import { thisMachine } from '../../../hal/bus/machine.ts'
import type { ByteLine } from '../../../hal/bus/serial.ts'
import { wireUp } from '../../../hal/bus/wire-up.ts'
import type { Machine, Opened, Wiring } from '../../../hal/bus/wiring.ts'
import type { WiredBoardSpec, WiredEvseSpec } from '../../../hal/spec/board.ts'
import type { Board, EvseHardware } from '../../../hal/types.ts'
import type { Clock } from '../../base/clock.ts'
import { ConfigError } from '../../base/errors.ts'
import { silentLog } from '../../base/log.ts'
import type { Millis } from '../../base/units.ts'
import { readBoard } from '../../config/files.ts'
import { oneLine, type Terminal, toldLog } from '../terminal.ts'

/** What a probe works with. Tests hand in a machine and a clock of their own. */
export interface Bench {
  readonly clock: Clock
  readonly terminal: Terminal
  readonly machine?: Machine
  /** Devices are looked for: silence is no fault. */
  readonly isScan?: boolean
  /** Resolves when the person has seen enough: ctrl-C. */
  readonly enough?: Promise<void>
}

export interface OutletOptions {
  readonly board: string
  readonly outlet?: number
}

/** @throws ConfigError for a board that is simulated */
export async function wiredBoard(name: string): Promise<WiredBoardSpec> {
  const board = await readBoard(name)
  if (board.kind === 'wired') return board
  throw new ConfigError('--board', '', `${name} is simulated: there is nothing to probe`, 'Name the board file of real wires')
}

/** @throws ConfigError for an outlet that the board does not have */
export function outletOf(spec: WiredBoardSpec, number: number): WiredEvseSpec {
  const found = spec.evses[number - 1]
  if (found !== undefined) return found
  throw new ConfigError(
    '--outlet',
    '',
    `there is no outlet ${number}`,
    `${spec.name} has ${spec.evses.length === 1 ? 'outlet 1' : `1 to ${spec.evses.length}`}`,
  )
}

const connectsWithin: Millis = 3_000

/** This computer's devices; a line that is not there is told at once, where a charger would wait for it. */
function machineOf({ clock, machine, isScan }: Bench): Machine {
  const own = machine ?? thisMachine(clock, silentLog)
  return {
    ...own,
    serial: async (settings) => {
      const line = await opened(await own.serial(settings))
      return isScan === true ? staying(line) : line
    },
    tcp: async (host, port) => {
      const line = await own.tcp(host, port)
      await Promise.race([line.isOpen ? undefined : new Promise<void>((resolve) => void line.opened.on(resolve)), pause(clock, connectsWithin)])
      return await opened(line)
    },
  }
}

/** Where silence is what is expected, a master must not open its line again because of it. */
function staying(line: ByteLine): ByteLine {
  return {
    name: line.name,
    get isOpen() {
      return line.isOpen
    },
    received: line.received,
    opened: line.opened,
    write: (bytes) => line.write(bytes),
    reopen() {},
    close: () => line.close(),
  }
}

/** @throws DeviceError with the reason why it is not open */
async function opened(line: ByteLine): Promise<ByteLine> {
  if (line.isOpen) return line
  try {
    await line.write(new Uint8Array())
    return line
  } catch (error) {
    line.close()
    throw error
  }
}

/** The wires of a board, of which only those are opened that somebody asks for. */
export async function withWires<T>(spec: WiredBoardSpec, bench: Bench, run: (wiring: Opened<Wiring>) => Promise<T>): Promise<T> {
  const { clock, terminal } = bench
  const wiring = wireUp(spec, {
    clock,
    log: bench.isScan === true ? silentLog : toldLog(terminal.stderr),
    machine: machineOf(bench),
    changed() {},
    edged() {},
    health: (device, problem) => void terminal.stderr.write(`${oneLine(`${device}: ${problem ?? 'is back'}`)}\n`),
  })
  try {
    return await run(wiring)
  } finally {
    wiring.close()
  }
}

/** Meters, readers and sensors may be missing while outputs and pilots are tried out. */
function outputsOf({ readers: _readers, evses, ...spec }: WiredBoardSpec): WiredBoardSpec {
  return { ...spec, evses: evses.map(({ meter: _meter, temperature: _temperature, ...evse }) => evse) }
}

/** The board as the guard has it, without its meters and readers. Whatever happens, every output is OFF afterwards. */
export async function withOutlet<T>(
  options: OutletOptions,
  spec: WiredBoardSpec,
  bench: Bench,
  run: (board: Board, evse: EvseHardware) => Promise<T>,
): Promise<T> {
  const { clock, terminal } = bench
  const { board } = await openBoard(outputsOf(spec), { clock, log: toldLog(terminal.stderr), register: nowhere, machine: machineOf(bench) })
  try {
    const evse = board.evses[(options.outlet ?? 1) - 1]
    if (evse === undefined) throw new Error(`outlet ${options.outlet} was there before`)
    return await run(board, evse)
  } finally {
    board.close()
  }
}

/** A probe counts nothing. */
export const nowhere = () => ({ load: () => 0, save() {} })

/** ctrl-C, a lost terminal, or whoever is asked in its place. Whoever waits for it is not killed by it, and can put things OFF. */
export function enoughOf({ enough }: Bench): Promise<void> {
  return (
    enough ??
    new Promise((resolve) => {
      for (const each of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(each, () => resolve())
    })
  )
}

export function pause(clock: Clock, by: Millis): Promise<void> {
  return new Promise((resolve) => clock.after('probe', by, resolve))
}
