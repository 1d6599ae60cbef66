import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Fields, Log } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'

/** A path in a new directory that goes with the test. Nothing is at the path yet. */
export function newDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'pilotwire-store-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  return join(parent, 'state')
}

/** The same, for tests that need many: `next` gives one after the other. */
export function manyDirectories(): { next(): string } {
  const parent = newDirectory()
  mkdirSync(parent)
  let count = 0
  return { next: () => join(parent, `${count++}`) }
}

/** A log that keeps its lines. */
export function keptLog(): Log & { readonly lines: { readonly level: string; readonly event: string; readonly fields: Fields }[] } {
  const lines: { level: string; event: string; fields: Fields }[] = []
  const at = (level: string) => (fields: Fields, event: string) => void lines.push({ level, event, fields })
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: () => log }
  return Object.assign(log, { lines })
}

export const someMoment: Moment = { bootMs: 1_234.5, boot: 'boot-1', epochMs: Date.UTC(2026, 2, 1, 8, 0, 0), trusted: true }

/** A fact of these tests. */
export interface Counted {
  readonly kind: 'counted'
  readonly n: number
  readonly filler?: string
}

/** The work of a user id that may not write: only root can lend it, everybody else is such a user already. */
export function asNobody<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run()
  process.seteuid?.(65_534)
  try {
    return run()
  } finally {
    process.seteuid?.(0)
  }
}
