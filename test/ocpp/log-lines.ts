import type { Fields, Log } from '../../src/base/log.ts'

export interface Line {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: Fields
}

/** A log that keeps its lines. */
export function keptLog(): Log & { readonly lines: Line[]; events(level: Line['level']): string[] } {
  const lines: Line[] = []
  const at = (level: Line['level'], more: Fields) => (fields: Fields, event: string) => {
    lines.push({ level, event, fields: { ...more, ...fields } })
  }
  const build = (more: Fields): Log => ({
    debug: at('debug', more),
    info: at('info', more),
    warn: at('warn', more),
    error: at('error', more),
    with: (fields) => build({ ...more, ...fields }),
  })
  return { ...build({}), lines, events: (level) => lines.filter((line) => line.level === level).map((line) => line.event) }
}
