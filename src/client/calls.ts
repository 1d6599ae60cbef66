import { rowNames, type StationCommands } from './commands.ts'

/** Sends a line; resolves to the words after `ok`, rejects with the errors of `errors.ts`. */
export type Ask = (line: string, patienceMs?: number) => Promise<string>

/** `wait 60` takes that much longer than any other line. */
const waits = /^wait (\d+(?:\.\d+)?)$/
const usualWaitS = 5

/** The rows of the table as methods. */
export function callsOver(ask: Ask, patienceMs: number): StationCommands {
  const call = async (name: string, values: readonly unknown[]): Promise<unknown> => {
    const line = lineOf(name, values)
    const extraS = name === 'wait' ? Number(waits.exec(line)?.[1] ?? usualWaitS) : 0
    const words = await ask(line, patienceMs + extraS * 1_000)
    return line === 'status' || line === 'service' ? JSON.parse(words) : words
  }
  const methods = rowNames.map((name) => [name, (...values: readonly unknown[]) => call(name, values)] as const)
  // What each of them takes and gives is in the declaration, which is made of the table.
  return Object.fromEntries(methods) as unknown as StationCommands
}

/** `tag "MY CARD" 2`, and `tag - 2` where an argument is left out before another one. @throws TypeError for a value that no line can say */
export function lineOf(name: string, values: readonly unknown[]): string {
  const given = values.slice(0, values.findLastIndex((each) => each !== undefined) + 1)
  const words = given.map((value) => {
    if (value === undefined) return '-'
    const word = String(value)
    if (/["\r\n]/.test(word)) throw new TypeError(`${name}: "${word.replaceAll(/[\r\n]/g, ' ')}" has a quote or a line break in it, which no line can say`)
    return word === '' || word === '-' || /\s/.test(word) ? `"${word}"` : word
  })
  return [name, ...words].join(' ')
}
