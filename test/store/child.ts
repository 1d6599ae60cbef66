import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export interface Child {
  readonly pid: number
  /** What it prints, line by line, until its output ends. The last line may lack its end where it was killed: it is left out. */
  lines(): AsyncIterable<string>
  /** SIGKILL. */
  kill(): void
  /** Resolves with the exit code, undefined when it was killed. */
  readonly ended: Promise<number | undefined>
}

/** Another process that runs a TypeScript file of this folder. Its standard input stays open as long as this process lives. */
export function startChild(file: string, ...parameters: readonly string[]): Child {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [path, ...parameters], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? undefined))
  })
  return {
    pid: child.pid ?? 0,
    lines: () => createInterface({ input: child.stdout }),
    kill: () => void child.kill('SIGKILL'),
    ended,
  }
}
