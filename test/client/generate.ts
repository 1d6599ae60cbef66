import { silentLog } from '../../src/base/log.ts'
import type { Command } from '../../src/local/command.ts'
import { commands } from '../../src/local/commands.ts'
import { serviceCommands } from '../../src/local/maintenance.ts'
import { automaticEv } from '../../src/run/automatic-ev.ts'
import { openOffPeak } from '../../src/run/off-peak.ts'
import { simulatedCar, simulatedCommands } from '../../src/run/simulated-commands.ts'
import { handsBy } from '../../src/run/simulated-world.ts'
import { siteCommands } from '../../src/run/site.ts'
import { desk } from '../local/desk.ts'

/** Every row that any station can have. None of them is run: only what they say of themselves is asked for. */
export function allRows(): readonly Command[] {
  const { context } = desk()
  const { chargePoint, clock } = context
  const hands = handsBy(async () => true)
  const auto = automaticEv(chargePoint, simulatedCar(hands, chargePoint.evses), clock, false)
  const saving = openOffPeak({ windows: [], randomDelayS: 0 }, chargePoint, { clock, log: silentLog, chance: () => 0 })
  return commands(context, [...simulatedCommands({ hands, chargePoint, clock, automaticEv: auto }), ...serviceCommands, ...saving.commands, ...siteCommands])
    .rows
}

/** Beside the words after `ok`: rows whose answer without arguments is JSON. */
const pictures: Readonly<Record<string, string>> = { status: 'StationPicture', service: 'readonly ServicePicture[]' }
const widest = 160

/** The text of `src/client/commands.ts`. */
export function declarationOf(rows: readonly Command[]): string {
  const words = rows.flatMap(({ name, parameters }) =>
    parameters.flatMap(({ takes }) => (typeof takes === 'string' ? [] : [`export type ${wordOf(name)} =${unionOf(takes)}`])),
  )
  return `// Made of the table of commands. test/client/commands.test.ts tells when it is no longer true, and makes it anew:
// npx vitest run --project house test/client/commands.test.ts -u
import type { ServicePicture, StationPicture } from './picture.ts'

${words.join('\n\n')}

/** The commands of a station, as docs/control.md describes them. \`c\` is a connector, from 1; without it connector 1 is meant, or what the
 *  table says. Each resolves to the words after \`ok\`. Those of simulated boards are \`error\` (an unknown command) on a real one. */
export interface StationCommands {
${rows.map(methodOf).join('\n')}
}

export const rowNames = [
${rows.map(({ name }) => `  '${name}',\n`).join('')}] as const satisfies readonly (keyof StationCommands)[]
`
}

function methodOf({ name, usage, help, parameters }: Command): string {
  const values = parameters.map(({ name: word, isOptional, takes }) => {
    const type = takes === 'number' ? 'number' : takes === 'text' ? 'string' : wordOf(name)
    return { word: /^\w+$/.test(word) ? word : 'what', isOptional, type }
  })
  const listed = (all: typeof values) => all.map(({ word, isOptional, type }) => `${word}${isOptional ? '?' : ''}: ${type}`).join(', ')
  const comment = `  /** \`${usage}\`: ${help} */`
  const picture = pictures[name]
  if (picture === undefined) return `${comment}\n  ${name}(${listed(values)}): Promise<string>`
  const [first, ...others] = values
  const given = first === undefined ? [] : [{ ...first, isOptional: false }, ...others]
  return `${comment}\n  ${name}(): Promise<${picture}>\n${comment}\n  ${name}(${listed(given)}): Promise<string>`
}

const wordOf = (row: string): string => `${row.charAt(0).toUpperCase()}${row.slice(1)}Word`

function unionOf(words: readonly string[]): string {
  const quoted = words.map((each) => `'${each}'`)
  const inOne = ` ${quoted.join(' | ')}`
  return inOne.length <= widest - 40 ? inOne : quoted.map((each) => `\n  | ${each}`).join('')
}
