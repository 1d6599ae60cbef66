import { createInterface } from 'node:readline'
import type { WriteStream } from 'node:tty'
import { folded } from '../base/folded.ts'

export interface PromptOptions {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** A person sits there: prompt and line editing. */
  readonly isTerminal: boolean
  /** First words that the tab key completes. */
  readonly names: () => readonly string[]
  /** A line came; the next one waits until this is done. Never rejects. */
  readonly heard: (line: string) => Promise<void>
  /** Nothing more comes: the input ended (on a pipe once every line was done), or ctrl-C.
   *  @param hasRead false: the input was empty from the start */
  readonly ended: (hasRead: boolean) => void
}

export interface Prompt {
  /** Prints a line above the prompt. @param indent columns under which a folded line goes on */
  print(line: string, indent?: number): void
  close(): void
}

/** A prompt. On a pipe it reads line by line, and nothing is printed but what is asked to be. */
export function openPrompt({ input, output, isTerminal, names, heard, ended }: PromptOptions): Prompt {
  const completer = (line: string): [string[], string] => [names().filter((name) => name.startsWith(line)), line]
  const lines = createInterface({ input, output, terminal: isTerminal, prompt: '> ', completer, historySize: 200 })
  let isClosed = false
  let hasPrompt = isTerminal
  let hasRead = false
  const columns = () => {
    const told = isTerminal ? (output as Partial<WriteStream>).columns : undefined
    // A terminal that does not know its width says 0.
    return told === 0 ? undefined : told
  }
  const queue = inOrder(heard)
  const close = () => {
    if (isClosed) return
    isClosed = true
    lines.close()
  }
  output.on('error', close)
  lines.on('line', (line) => {
    hasRead = true
    queue.add(line)
  })
  lines.on('SIGINT', () => ended(true))
  lines.on('close', () => {
    hasPrompt = false
    if (isClosed) return
    if (isTerminal) ended(true)
    else void queue.whenDone().then(() => ended(hasRead))
  })
  return {
    print(line, indent) {
      if (hasPrompt) output.write('\r\x1b[K')
      output.write(`${folded(line, columns(), indent)}\n`)
      if (hasPrompt) lines.prompt(true)
    },
    close,
  }
}

/** The commands, each with what it means, for people. */
export function tellRows(rows: readonly { readonly usage: string; readonly help: string }[], print: (line: string, indent: number) => void): void {
  const widest = Math.min(24, Math.max(...rows.map((row) => row.usage.length)))
  for (const { usage, help } of rows) {
    if (usage.length > widest) print(`  ${usage}`, widest + 4)
    print(`  ${(usage.length > widest ? '' : usage).padEnd(widest)}  ${help}`, widest + 4)
  }
}

/** Asks for the list of all commands. */
export const asksForHelp = (line: string): boolean => /^\s*(help|\?)\s*$/i.test(line)

/** Runs jobs one at a time, in their order. */
function inOrder(job: (line: string) => Promise<void>): { add(line: string): void; whenDone(): Promise<void> } {
  let last: Promise<void> = Promise.resolve()
  return {
    add(line) {
      last = last.then(() => job(line))
    },
    async whenDone() {
      for (let seen: Promise<void> | undefined; seen !== last; ) {
        seen = last
        await seen
      }
    },
  }
}
