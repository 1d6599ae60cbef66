import type { Clock } from '../src/base/clock.ts'
import { type SimulatedBoard, type SimulatedOptions, simulatedBoard } from './simulated/board.ts'
import type { SimulatedBoardSpec } from './simulated/spec.ts'
import type { WiredBoardSpec } from './spec/board.ts'
import { isNetworked } from './spec/network.ts'
import type { Board, NetworkMeters } from './types.ts'
import type { OpenOptions } from './wired.ts'

export type { OpenOptions } from './wired.ts'

/** What a board file may say, by `kind`. */
export type BoardSpec = SimulatedBoardSpec | WiredBoardSpec

/** A board, and the hands for its world where the world is simulated. */
export interface BuiltBoard {
  readonly board: Board
  readonly simulation: SimulatedBoard | undefined
}

/** Makes a board in software. */
export function buildBoard(spec: SimulatedBoardSpec, { clock, simulated }: { readonly clock: Clock; readonly simulated?: SimulatedOptions }): BuiltBoard {
  const simulation = simulatedBoard(spec, clock, simulated)
  return { board: simulation.board, simulation }
}

/** Makes a board of a board file that was checked, and opens its devices. The drivers are loaded only for wires.
 *  @throws ConfigError for a name that the file does not have, DeviceError for a device that cannot be had at all */
export async function openBoard(spec: BoardSpec, options: OpenOptions): Promise<BuiltBoard> {
  if (spec.kind === 'wired') return { board: await (await import('./wired.ts')).openWired(spec, options), simulation: undefined }
  const { clock, register } = options
  return buildBoard(spec, { clock, ...(register === undefined ? {} : { simulated: { register } }) })
}

/** The meters of a board that the core reads over the network; undefined where there are none. @throws ConfigError as above */
export async function openNetworkMeters(spec: BoardSpec, options: OpenOptions): Promise<NetworkMeters | undefined> {
  // A core that has none never loads a driver.
  const hasSome =
    spec.kind === 'wired' &&
    [...spec.evses, ...(spec.grid === undefined ? [] : [spec.grid])].some(({ meter }) => meter !== undefined && isNetworked(meter, spec))
  return hasSome ? await (await import('./wired.ts')).openNetworkMeters(spec, options) : undefined
}
