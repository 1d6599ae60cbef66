import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { madeDurable } from '../base/durable.ts'

/** A file on its way: it grows beside its final name, survives a break, and gets its name when it is whole. */
export interface PartialFile {
  /** Bytes that are there. */
  length(): Promise<number>
  /** What the sender said of the version that they belong to; undefined: nothing to go on with. */
  version(): Promise<string | undefined>
  /** Throws away what is there. `version`: with it a later try may go on from where this one broke. */
  begin(version: string | undefined): Promise<void>
  /** Appends. */
  sink(): Writable
  /** Durable under its final name when it resolves. */
  complete(): Promise<void>
}

export function partialFile(path: string): PartialFile {
  const part = `${path}.part`
  const note = `${path}.version`
  return {
    length: () =>
      stat(part).then(
        ({ size }) => size,
        () => 0,
      ),
    version: () => readFile(note, 'utf8').catch(() => undefined),
    async begin(version) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await rm(note, { force: true })
      await rm(part, { force: true })
      if (version !== undefined) await writeFile(note, version, { mode: 0o600 })
    },
    sink: () => createWriteStream(part, { flags: 'a', mode: 0o600 }),
    async complete() {
      await madeDurable(part)
      await rename(part, path)
      await madeDurable(dirname(path))
      await rm(note, { force: true })
    },
  }
}
