import type { Readable, Writable } from 'node:stream'

/** What the program hands to its commands. */
export interface Terminal {
  /** Of the program. */
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly hasColours: boolean
  print(line: string): void
  /** Aborted by SIGINT and SIGTERM, and when nobody reads any more, from the first time that it is asked for. */
  asked(): AbortSignal
  /** Of the process. */
  exitWith(code: number): void
}
