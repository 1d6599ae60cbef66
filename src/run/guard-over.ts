import type { BuiltBoard } from '../../hal/build.ts'
import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Guard, type GuardOptions, guard } from '../safety/guard.ts'

/** The guard of a board. @throws ConfigError when the board file's numbers do not fit together */
export function guardOver({ board }: BuiltBoard, { clock, log }: { readonly clock: Clock; readonly log: Log }, options: GuardOptions): Guard {
  try {
    return guard(board, clock, log.with({ part: 'guard' }), options)
  } catch (error) {
    // Numbers that fit one by one, but not together.
    if (error instanceof RangeError) throw new ConfigError(`board ${board.name}`, '', error.message, 'Mend the board file')
    throw error
  }
}
