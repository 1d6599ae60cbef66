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
  /** Hears each line, with its time. */
  also: (line: string) => void = () => {},
): Log & { line(text: string): void; close?(): void } {
  const now = () => clock.now().epochMs
  if (file === undefined && isTerminal) {
    const both = (line: string) => {
      print(line)
      also(`${new Date(now()).toISOString()} ${line}`)
    }
    return { ...spokenLog({ level, now, print: both }), line: print }
  }
  if (file === undefined) return jsonLog({ level, now, also })
  try {
    return jsonLog({ level, now, to: file, also })
  } catch (error) {
    throw new ConfigError(`log file ${file}`, '', `cannot be written (${wordsOf(error)})`, 'Name another one with OCPP_LOG_FILE or log.file, or leave it out')
  }
}
