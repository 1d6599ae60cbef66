import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The programs of docs/scripting.md, by the order in which they stand there. */
export function examplesOf(page: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^```js\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
}

export interface Started {
  /** Resolves to the group of the first line that fits. */
  said(words: RegExp): Promise<string>
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>
  end(): void
}

/** Starts a program; both of its outputs are heard. */
export function started(file: string, words: readonly string[], options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }): Started {
  const child = spawn(file, words, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end()
  let output = ''
  let listeners: (() => void)[] = []
  const hear = (data: unknown) => {
    output += String(data)
    for (const each of listeners) each()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
  return {
    said: (words) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = words.exec(output)
          if (found !== null) resolve(found[1] ?? '')
        }
        listeners = [...listeners, look]
        look()
        void ended.then(() => reject(new Error(`it ended without saying ${words}: ${output}`)))
      }),
    ended,
    end: () => void child.kill('SIGTERM'),
  }
}

/** Writes a program beside the installed package. */
export function written(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
