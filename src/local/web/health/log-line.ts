/** Levels that a person picks from, the least first. */
export const levels = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

/** A line of the log, taken apart. */
export interface LogLine {
  /** Rises; of this view. */
  readonly number: number
  readonly level: Level
  /** ISO 8601; undefined: the line is words alone. */
  readonly at: string | undefined
  readonly event: string
  /** `evse 1, energyWh 4210` */
  readonly fields: string
}

const levelOf = (said: unknown): Level => (said === 'fatal' ? 'error' : (levels.find((level) => level === said) ?? (said === 'trace' ? 'debug' : 'info')))
const told = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** A line of JSON as the log writes them, or words. */
export function logLineOf(number: number, line: string): LogLine {
  const { level, time, msg, station: _, ...fields } = jsonOf(line) ?? { msg: line }
  return {
    number,
    level: levelOf(level),
    at: typeof time === 'string' ? time : undefined,
    event: told(msg ?? ''),
    fields: Object.entries(fields)
      .map(([name, value]) => `${name} ${told(value)}`)
      .join(', '),
  }
}

function jsonOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(line)
    return typeof read === 'object' && read !== null ? (read as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/** Those of at least this level that have the text somewhere, in any case. */
export function linesLike(lines: readonly LogLine[], least: Level, text: string): readonly LogLine[] {
  const words = text.toLowerCase()
  const from = levels.indexOf(least)
  return lines.filter(({ level, event, fields }) => levels.indexOf(level) >= from && (words === '' || `${event} ${fields}`.toLowerCase().includes(words)))
}
