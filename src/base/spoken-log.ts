import { type Fields, type Log, type LogLevel, logLevels } from './log.ts'

/** A log for a person at a prompt: a line of words in place of one of JSON.
 *  `09:05:01.902 warn  no connection to the central system  reason=refused againInMs=2893` */
export function spokenLog(options: { level: LogLevel; now: () => number; print: (line: string) => void }): Log {
  const least = logLevels.indexOf(options.level)
  const build = (fixed: Fields): Log => {
    const at = (level: LogLevel) => (fields: Fields, event: string) => {
      if (logLevels.indexOf(level) < least) return
      const time = new Date(options.now()).toISOString().slice(11, 23)
      options.print(`${time} ${level.padEnd(5)} ${[harmless(event), ...words({ ...fixed, ...fields })].join('  ')}`)
    }
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: (fields) => build({ ...fixed, ...fields }) }
  }
  return build({})
}

/** Which part of the house speaks, and a stack, are for the log of a charger in the field. */
const leftOut = ['station', 'part', 'stack']

function words(fields: Fields): readonly string[] {
  const told = Object.entries(fields).filter(([name, value]) => !leftOut.includes(name) && value !== undefined)
  return told.length === 0 ? [] : [told.map(([name, value]) => `${name}=${valueWords(value)}`).join(' ')]
}

function valueWords(value: unknown): string {
  const text = typeof value === 'string' && /^[^\s="]+$/.test(value) ? value : (JSON.stringify(value) ?? String(value))
  return harmless(text)
}

/** Control characters written out: what came from outside cannot move the cursor. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
