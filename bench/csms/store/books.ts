import type { Clock } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/base/log.ts'
import { signal } from '../../../src/base/signal.ts'
import { chargerBook } from './chargers.ts'
import type { Engine } from './engine.ts'
import { frameBook } from './frames.ts'
import { forgetting } from './retention.ts'
import { siteBook } from './sites.ts'
import { statisticsOf } from './statistics.ts'
import { ask } from './steps.ts'
import type { BenchStore } from './store.ts'
import { tokenBook } from './tokens.ts'
import { transactionBook } from './transactions.ts'
import { type Writer, writerTo } from './writer.ts'

export interface BooksOptions {
  readonly clock: Clock
  readonly log: Log
  readonly currency: string
  readonly tariffPerKwh: number
  /** Frames that are kept. */
  readonly frames?: number
  /** How long samples are kept, days; undefined: for ever. */
  readonly keepDays?: number | undefined
}

/** The store over a database. */
export function booksOver(engine: Engine, { clock, log, currency, tariffPerKwh, frames, keepDays }: BooksOptions): BenchStore {
  const chargerChanged = signal<string>()
  const siteChanged = signal<string>()
  const transactionChanged = signal<{ readonly transaction: number; readonly charger: string }>()
  const writer = writerTo(engine, { clock, log })
  const parts = { engine, writer, clock, currency, tariffPerKwh, chargerChanged, siteChanged, transactionChanged }
  const stopForgetting = keepDays === undefined ? undefined : forgetting(parts, keepDays, log)
  let closing: Promise<void> | undefined
  return {
    engine: engine.name,
    sites: siteBook(parts),
    chargers: chargerBook(parts),
    transactions: transactionBook(parts),
    tokens: tokenBook(parts),
    frames: frameBook(parts, frames),
    statistics: statisticsOf(parts),
    chargerChanged,
    siteChanged,
    transactionChanged,
    health: pulse(writer, clock),
    close() {
      stopForgetting?.()
      closing ??= writer.close().then(() => engine.close())
      return closing
    },
  }
}

/** Writes something, to see. A database that says nothing at all is given up by its driver, whose time is real: the clock may be a faster one. */
function pulse(writer: Writer, clock: Clock): () => Promise<string | undefined> {
  let beating: Promise<string | undefined> | undefined
  const beat = async () => {
    try {
      await writer.write('', () => ask('UPDATE pulse SET at = $1 WHERE id = 1', clock.now().epochMs))
      return undefined
    } catch (error) {
      return wordsOf(error)
    } finally {
      beating = undefined
    }
  }
  return () => {
    beating ??= beat()
    return beating
  }
}
