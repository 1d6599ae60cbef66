import type { Fields, Log } from '../base/log.ts'

/** Streams of the terminal, or of a test. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: Printer
  readonly stderr: Printer
}
export interface Printer {
  write(text: string): unknown
  /** A person looks at it: what is printed may be replaced. */
  readonly isTTY?: boolean
}

/** Lines that replace each other where a person looks on; elsewhere each stands below the last. */
export interface LiveText {
  show(text: string): void
  /** What is shown stays, the next stands below. */
  keep(): void
  /** What is shown goes away. */
  clear(): void
}

export function liveText(to: Printer): LiveText {
  let shown = 0
  const up = () => (shown > 0 ? `\x1b[${shown}A` : '')
  return {
    show(text) {
      const lines = text.trimEnd().split('\n')
      const erase = to.isTTY === true ? '\r\x1b[K' : ''
      to.write(`${to.isTTY === true ? up() : ''}${lines.map((line) => `${erase}${line}\n`).join('')}`)
      shown = lines.length
    },
    keep() {
      shown = 0
    },
    clear() {
      if (to.isTTY === true && shown > 0) to.write(`${up()}\r\x1b[J`)
      shown = 0
    },
  }
}

/** What drivers have to say while a person looks on: warnings and errors, in words, without time and level. */
export function toldLog(to: Printer): Log {
  const tell = (fields: Fields, event: string) => {
    const words = Object.entries(fields).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name} ${String(value)}`]))
    to.write(`${oneLine(words.length === 0 ? event : `${event} (${words.join(', ')})`)}\n`)
  }
  const log: Log = { debug() {}, info() {}, warn: tell, error: tell, with: () => log }
  return log
}

/** What came from outside cannot break the line or move the cursor. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
