import { pino } from 'pino'
import { lineWriter } from './line-writer.ts'

export type Fields = Readonly<Record<string, unknown>>
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** An event in words with its data in fields: `log.info({ evse: 1, energyWh: 4210 }, 'transaction ended')`. */
export interface Log {
  debug(fields: Fields, event: string): void
  info(fields: Fields, event: string): void
  warn(fields: Fields, event: string): void
  error(fields: Fields, event: string): void
  /** The same log with `fields` in every line. */
  with(fields: Fields): Log
}

/** JSON lines to a file descriptor (2: standard error) or a file. `now` supplies the time of each line, in ms since 1970;
 *  `also` hears each line.
 *  @throws the system's error when the file cannot be opened */
export function jsonLog(options: { level: LogLevel; now: () => number; to?: number | string; also?: (line: string) => void }): Log & {
  /** Writes a line that is no event of the log, beside them. */
  line(text: string): void
  close(): void
} {
  const lines = lineWriter(options.to ?? 2)
  const { also } = options
  const log = wrap(
    pino(
      {
        level: options.level,
        base: null,
        timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      also === undefined
        ? lines
        : {
            write(line: string) {
              lines.write(line)
              also(line)
            },
          },
    ),
  )
  return { ...log, line: (text) => lines.write(`${text}\n`), close: lines.close }
}

function wrap(inner: pino.Logger): Log {
  return {
    debug: (fields, event) => inner.debug(fields, event),
    info: (fields, event) => inner.info(fields, event),
    warn: (fields, event) => inner.warn(fields, event),
    error: (fields, event) => inner.error(fields, event),
    with: (fields) => wrap(inner.child(fields)),
  }
}

/** A log that goes nowhere. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog }
