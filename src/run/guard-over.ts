import type { BuiltBoard } from '../../hal/build.ts'
import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Guard, type GuardOptions, guard } from '../safety/guard.ts'

/** A board under guard. */
export interface Guarded {
  readonly guard: Guard
  /** Every output OFF at once, and the board is let go. Harmless the second time. */
  off(): void
}

/** The guard of a board that is open. @throws ConfigError when the board file's numbers do not fit together; the board is closed then */
export function guardOver({ board }: BuiltBoard, { clock, log }: { readonly clock: Clock; readonly log: Log }, options: GuardOptions): Guarded {
  let keeper: Guard
  try {
    keeper = guard(board, clock, log.with({ part: 'guard' }), options)
  } catch (error) {
    board.close()
    // Numbers that fit one by one, but not together.
    if (error instanceof RangeError) throw new ConfigError(`board ${board.name}`, '', error.message, 'Mend the board file')
    throw error
  }
  let isOff = false
  const off = () => {
    if (isOff) return
    isOff = true
    process.off('exit', off)
    keeper.close()
    board.close()
    // A meter that only pulses tells its last count as it is closed.
    options.service?.close()
  }
  // Whatever ends this process, an error that nobody foresaw too, and leaves it a moment: the outputs are OFF (rule 19).
  // Behind simulated ones there is nothing, and a fleet has thousands.
  if (!board.isSimulated) process.on('exit', off)
  return { guard: keeper, off }
}
