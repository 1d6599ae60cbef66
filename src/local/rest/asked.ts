import type { Static } from 'typebox'
import * as schema from '../../base/schema.ts'
import { millis } from '../../base/units.ts'
import type { LocalPorts } from '../ports.ts'
import { Refusal } from './route.ts'
import { closed, type Done } from './shapes.ts'

/** What routes are asked with, and the way to the table of commands. */

export const EvsePath = schema.object({ evse: schema.integer({ description: 'Number of the outlet, from 1.', minimum: 1, maximum: 64 }) }, closed)
/** OCPP 1.6 CiString20; a quote would end the word of the command. */
export const idTag = schema.string({
  description: 'A card: 1 to 20 characters, no quotes.',
  minLength: 1,
  maxLength: 20,
  pattern: '^[^"\\u0000-\\u001f\\u007f]+$',
})

/** An outlet that is there. @throws Refusal 404 */
export function evseIn({ evse }: Static<typeof EvsePath>, { context: { chargePoint } }: LocalPorts): number {
  if (chargePoint.evses.includes(evse)) return evse
  const last = chargePoint.evses.length
  throw new Refusal(404, 'No such outlet', `There is no outlet ${evse}: ${last === 1 ? 'there is only 1' : `they are 1 to ${last}`}`, 'path.evse')
}

/** The reply of a `quit` is sent before the program ends. */
const afterReply = millis(100)

/** Types words, as a person at the console would. @throws Refusal 409 with the charger's words when it says no */
export function obeyed(ports: LocalPorts, ...words: readonly (string | number)[]): Promise<{ readonly body: Done }> {
  return typed(ports, words.map(written).join(' '))
}

/** No word of the table has an exponent, or more than six decimals; a bare `-` would be a word left out. */
function written(word: string | number): string {
  if (typeof word === 'number') return String(Number(word.toFixed(6)))
  return word === '-' || /\s/.test(word) ? `"${word}"` : word
}

/** Types a whole line. @throws Refusal 409 with the charger's words when it says no */
export async function typed({ commands, context: { clock } }: LocalPorts, line: string): Promise<{ readonly body: Done }> {
  const reply = await commands.run(line, { end() {}, after: (run) => void clock.after('after the reply', afterReply, run) })
  if (reply.startsWith('error ')) throw new Refusal(409, 'The charger says no', reply.slice('error '.length))
  return { body: { reply: reply === 'ok' ? 'done' : reply.replace(/^ok /, '') } }
}

/** A page of a list: bounded, so that no answer is endless. */
export const paging = (most: number, usual: number) => ({
  limit: schema.optional(schema.integer({ description: `At most so many; ${usual} when left out.`, minimum: 1, maximum: most, default: usual })),
})
