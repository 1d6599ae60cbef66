import type { BuiltBoard } from '../../hal/build.ts'
import type { GuardOptions } from '../safety/guard.ts'
import { type CoreParts, type CoreStation, coreStation } from './core.ts'
import { guardOver } from './guard-over.ts'

/** What a station in one process is made of: everything that touches the world is handed in. */
export interface InlineParts extends Omit<CoreParts, 'guard' | 'leaveGuard'>, Pick<GuardOptions, 'latch' | 'service' | 'everyTick'> {
  /** The board, open. The station closes it. */
  readonly built: BuiltBoard
}

export interface InlineStation extends CoreStation {
  readonly built: BuiltBoard
}

/** Guard, core and OCPP door in one process, over a board that is open. */
export function inlineStation(parts: InlineParts): InlineStation {
  const { built, latch, service, everyTick = false } = parts
  const { guard, off } = guardOver(built, parts, { everyTick, ...(latch === undefined ? {} : { latch }), ...(service === undefined ? {} : { service }) })
  return {
    ...coreStation({ ...parts, guard, leaveGuard: off }),
    built,
  }
}
