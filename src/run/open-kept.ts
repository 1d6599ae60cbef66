import { join } from 'node:path'
import { type BoardSpec, type BuiltBoard, openBoard } from '../../hal/build.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Millis } from '../base/units.ts'
import { type ServiceBook, serviceBook } from '../safety/wear.ts'
import { latchFile } from './latch-file.ts'
import { registerFile } from './register-file.ts'

/** A board that is open, with the guard's memory of it. */
export interface KeptBoard {
  readonly built: BuiltBoard
  readonly service: ServiceBook
  /** Resolves when everything that the guard kept is on the disk, and the last words to controllers on buses have left. */
  settled(): Promise<void>
}

/** A Modbus master makes the writes that wait when its board is closed. */
const lastWords: Millis = 500

/** Opens a board whose welds, counters and registers are kept in `directory`, which is there.
 *  @throws ConfigError, DeviceError as `openBoard` does */
export async function openKept(board: BoardSpec, directory: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<KeptBoard> {
  const latch = latchFile(join(directory, 'latch.json'), log)
  const service = serviceBook(latch)
  // A simulated meter has a register of its own, as a real one has; one that only pulses counts into the guard's memory.
  const register = (evse: number) => (board.kind === 'simulated' ? registerFile(join(directory, `simulated-meter-${evse}`), log) : service.register(evse))
  const settled = async () => {
    await latch.settled()
    if (board.kind === 'wired') await new Promise<void>((resolve) => clock.after('last words', lastWords, resolve))
  }
  // systemd gives each start of a unit an id.
  const isService = process.env['INVOCATION_ID'] !== undefined
  return { built: await openBoard(board, { clock, log: log.with({ part: 'hal' }), register, isService }), service, settled }
}
