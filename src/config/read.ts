import { readFileSync, statSync } from 'node:fs'
import { ConfigError } from '../base/errors.ts'
import type { LineOf, Path } from './check.ts'

/** No file that a person writes is larger; a mistaken path (a log, a disk image) is refused unread. */
const largestBytes = 1_048_576

/** @throws ConfigError when the file is not there, not readable or too large */
export function readText(path: string, what: string): string {
  try {
    const { size } = statSync(path)
    if (size > largestBytes) throw new ConfigError(path, '', `is larger than ${largestBytes} bytes`, `Is it really a ${what}?`)
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new ConfigError(path, '', `${problems[code] ?? `cannot be read (${code})`}`, `Name a readable ${what}`)
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a directory',
}

/** The content of a secret's file without the line break at its end. */
export function readSecret(path: string, what: string): string {
  const content = readText(path, what).replace(/\r?\n$/, '')
  if (content === '' || content.includes('\n'))
    throw new ConfigError(path, '', content === '' ? 'is empty' : 'has more than one line', `Write the ${what} as its only line`)
  return content
}

/** A parsed file and where its fields stand. */
export interface Parsed {
  readonly value: unknown
  readonly lineOf: LineOf
}

/** YAML 1.2, of which JSON is a part: a file that ends in `.json` is read without loading the YAML parser. */
export async function parseFile(path: string, what: string): Promise<Parsed> {
  const text = readText(path, what)
  return path.toLowerCase().endsWith('.json') ? { value: parseJson(path, text), lineOf: () => undefined } : parseYaml(path, text)
}

export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words may quote the content, and with it a secret.
    throw new ConfigError(path, '', `is not JSON: line ${lineOfMistake(text)}`, 'Look there for a missing or surplus quote, comma or bracket')
  }
}

/** The line (from 1) with which a text stops being the beginning of JSON: found by halving, since what follows a mistake mends nothing. */
function lineOfMistake(text: string): number {
  const lines = text.split('\n')
  let [fine, broken] = [0, lines.length]
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1
    if (canGoOn(lines.slice(0, middle).join('\n'))) fine = middle
    else broken = middle
  }
  return broken
}

function canGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning)
    return true
  } catch (error) {
    const { message } = error as Error
    return message.includes('end of JSON input') || Number(/position (\d+)/.exec(message)?.[1]) >= beginning.length
  }
}

async function parseYaml(path: string, text: string): Promise<Parsed> {
  const { LineCounter, parseDocument } = await import('./yaml.ts')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const error = document.errors[0]
  if (error !== undefined) {
    throw new ConfigError(
      path,
      '',
      `is not YAML: line ${lines.linePos(error.pos[0]).line}: ${error.message}`,
      'Check the indentation, quotes and colons of that line',
    )
  }
  const lineOf = (at: Path): number | undefined => {
    for (let length = at.length; length > 0; length--) {
      const parent = length === 1 ? document.contents : document.getIn(at.slice(0, length - 1), true)
      const node = keyOf(parent, at[length - 1]) ?? document.getIn(at.slice(0, length), true)
      const start = (node as { readonly range?: readonly number[] } | undefined)?.range?.[0]
      if (start !== undefined) return lines.linePos(start).line
    }
    return undefined
  }
  try {
    return { value: document.toJS({ maxAliasCount: 20 }) ?? {}, lineOf }
  } catch (cause) {
    throw new ConfigError(path, '', `is not YAML that can be used: ${(cause as Error).message}`, 'Write the values out instead of using anchors')
  }
}

/** The key's own node: a field's line is where its name stands, not its value. */
function keyOf(parent: unknown, name: string | number | undefined): unknown {
  const items = (parent as { readonly items?: readonly unknown[] } | undefined)?.items ?? []
  for (const item of items) {
    const key = (item as { readonly key?: { readonly value?: unknown } } | undefined)?.key
    if (key !== undefined && key?.value === name) return key
  }
  return undefined
}
