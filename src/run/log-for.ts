import type { Clock } from '../base/clock.ts'
import { ConfigError, wordsOf } from '../base/errors.ts'
import { jsonLog, type Log } from '../base/log.ts'
import { spokenLog } from '../base/spoken-log.ts'
import type { StationConfig } from '../config/station.ts'

/** JSON lines on standard error or in a file; above a prompt, words for whoever sits there. @throws ConfigError for a file that cannot be written */
export function logFor(
  { log: { level, file } }: Pick<StationConfig, 'log'>,
  clock: Clock,
  isTerminal: boolean,
  print: (line: string) => void,
): Log & { close?(): void } {
  const now = () => clock.now().epochMs
  if (file === undefined) return isTerminal ? spokenLog({ level, now, print }) : jsonLog({ level, now })
  try {
    return jsonLog({ level, now, to: file })
  } catch (error) {
    throw new ConfigError(`log file ${file}`, '', `cannot be written (${wordsOf(error)})`, 'Name another one with OCPP_LOG_FILE or log.file, or leave it out')
  }
}
