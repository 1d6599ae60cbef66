import { nearest } from '../../base/nearest.ts'
import { seconds } from '../../base/units.ts'
import { longestLimitS } from '../../core/local-control.ts'
import { siteModes } from '../../core/site/settings.ts'
import { quoted, type Reply } from '../command.ts'
import type { LocalPorts } from '../ports.ts'

/** What a command of the whole charger works on. */
interface StationAsked {
  readonly ports: Pick<LocalPorts, 'context' | 'commands'>
  readonly payload: string
}

/** What a command of one outlet works on. */
interface Asked extends StationAsked {
  readonly evse: number
  /** Of a limit without an end of its own, s. */
  readonly limitTtlS: number | undefined
}

/** Words of one line as the table of commands has them: `ok ...` or `error ...`. */
type SetCommand = (asked: Asked) => Reply | Promise<Reply>

const limitWords = 'expected amps as a number, {"amps":16,"ttl_s":300}, or "none"'

/** Everything that can be set: each is a row of the table of commands or the same call of the core. None can do more than the guard allows. */
export const setCommands: Readonly<Record<string, SetCommand>> = {
  current_limit({ ports: { context }, evse, payload, limitTtlS }) {
    const { chargePoint } = context
    const most = chargePoint.guard.evses.find((each) => each.evse === evse)?.maxAmps ?? 0
    const wish = limitIn(payload)
    if (wish === undefined) return `error "${quoted(payload)}" is no limit: ${limitWords}`
    const { amps, ttlS = limitTtlS } = wish
    if (amps !== undefined && !(amps >= 0 && amps <= most)) return `error ${amps} is not a number from 0 to ${most} (A per phase)`
    if (ttlS !== undefined && !(ttlS >= 1 && ttlS <= longestLimitS)) return `error ttl_s ${ttlS} is not a number from 1 to ${longestLimitS} (seconds)`
    chargePoint.local.limit(evse, amps, ttlS === undefined ? undefined : seconds(ttlS))
    if (amps === undefined) return 'ok no limit'
    return `ok ${amps} A${ttlS === undefined ? '' : ` for ${ttlS} s`}`
  },
  enabled({ ports: { context }, evse, payload }) {
    const isEnabled = truthIn(payload)
    if (isEnabled === undefined) return `error "${quoted(payload)}" is neither true nor false`
    context.chargePoint.local.enable(evse, isEnabled)
    return isEnabled ? 'ok enabled' : 'ok disabled: charging pauses'
  },
  start({ ports, evse, payload }) {
    const tag = tagIn(payload)
    return tag === undefined
      ? `error "${quoted(payload)}" is no card: expected 1 to 20 printable characters, or {"tag":"04A2B3C4"}`
      : typed(ports, `start "${tag}" ${evse}`)
  },
  stop: pressed(({ ports, evse }) => typed(ports, `stop ${evse}`)),
  unlock: pressed(({ ports, evse }) => typed(ports, `unlock ${evse}`)),
  reset_fault: pressed(({ ports, evse }) => typed(ports, `service clear ${evse}`)),
}

/** What can be set of the whole charger. */
export const stationCommands: Readonly<Record<string, (asked: StationAsked) => Reply | Promise<Reply>>> = {
  mode({ ports, payload }) {
    const mode = siteModes.find((each) => each === payload.trim())
    if (mode === undefined) return `error "${quoted(payload)}" is no mode: expected ${siteModes.join(', ')}`
    if (ports.context.chargePoint.site?.mode === undefined) return 'error nothing follows the sun here: write site.solar into the station file'
    return typed(ports, `mode ${mode}`)
  },
}

/** The command that somebody may have meant. */
export function meantBy(name: string, commands: Readonly<Record<string, unknown>>): string {
  const known = Object.keys(commands)
  const meant = nearest(name, known)
  return meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${meant}?`
}

function typed({ commands }: Asked['ports'], line: string): Promise<Reply> {
  return commands.run(line, { end() {}, after: (run) => run() })
}

/** A button: nothing happens by an empty payload, which is how retained messages are swept away. */
function pressed(run: SetCommand): SetCommand {
  return (asked) =>
    truthIn(asked.payload) === true || asked.payload.trim().toLowerCase() === 'press'
      ? run(asked)
      : `error "${quoted(asked.payload)}" presses nothing: expected PRESS`
}

function truthIn(payload: string): boolean | undefined {
  const word = payload.trim().toLowerCase()
  if (['true', 'on', '1'].includes(word)) return true
  return ['false', 'off', '0'].includes(word) ? false : undefined
}

/** Undefined: it is no limit. No amps: it is lifted. */
function limitIn(payload: string): { readonly amps: number | undefined; readonly ttlS?: number } | undefined {
  const word = payload.trim()
  if (word.toLowerCase() === 'none') return { amps: undefined }
  const plain = numberIn(word)
  if (plain !== undefined) return { amps: plain }
  const fields = objectIn(word)
  if (fields === undefined || Object.keys(fields).some((name) => name !== 'amps' && name !== 'ttl_s')) return undefined
  const { amps, ttl_s: ttlS } = fields
  if (ttlS !== undefined && typeof ttlS !== 'number') return undefined
  if (amps !== null && typeof amps !== 'number') return undefined
  return { amps: amps ?? undefined, ...(ttlS === undefined ? {} : { ttlS }) }
}

function numberIn(word: string): number | undefined {
  return /^-?\d{1,6}(\.\d{1,6})?$/.test(word) ? Number(word) : undefined
}

function tagIn(payload: string): string | undefined {
  const fields = objectIn(payload)
  const tag = fields === undefined ? payload.trim() : fields['tag']
  // No quotation mark: it would end the word in the line.
  return typeof tag === 'string' && /^[\x20-\x21\x23-\x7e]{1,20}$/.test(tag) && tag.trim() !== '' ? tag : undefined
}

function objectIn(word: string): Readonly<Record<string, unknown>> | undefined {
  if (!word.trim().startsWith('{')) return undefined
  try {
    return JSON.parse(word) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
