import type { Clock } from '../src/base/clock.ts'
import { type SimulatedBoard, type SimulatedOptions, simulatedBoard } from './simulated/board.ts'
import type { SimulatedBoardSpec } from './simulated/spec.ts'
import type { Board } from './types.ts'

/** What a board file may say, by `kind`. */
export type BoardSpec = SimulatedBoardSpec

export interface BuildOptions {
  readonly clock: Clock
  readonly simulated?: SimulatedOptions
}

/** A board, and the hands for its world where the world is simulated. */
export interface BuiltBoard {
  readonly board: Board
  readonly simulation: SimulatedBoard | undefined
}

/** The one catalogue of drivers: the kind of board to what builds it. */
const catalogue: { readonly [Kind in BoardSpec['kind']]: (spec: Extract<BoardSpec, { kind: Kind }>, options: BuildOptions) => BuiltBoard } = {
  simulated(spec, { clock, simulated }) {
    const simulation = simulatedBoard(spec, clock, simulated)
    return { board: simulation.board, simulation }
  },
}

/** Makes a board of a board file that was checked. */
export function buildBoard(spec: BoardSpec, options: BuildOptions): BuiltBoard {
  return catalogue[spec.kind](spec, options)
}
