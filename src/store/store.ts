import type { Moment } from '../base/moment.ts'
import type { Listenable } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'

/** What survives power loss: one SQLite database in the state directory.
 *  `durable` is on the disk when the call returns; `grouped` survives the death of the process at once and a
 *  power cut within 60 s. */
export type Durability = 'durable' | 'grouped'

/** One fact as the ledger keeps it. */
export interface Entry<Fact> {
  /** 1, 2, ... in the order of appending; never used twice, even after a crash. */
  readonly sequence: number
  readonly at: Moment
  /** What the fact is about, for instance a transaction's id. */
  readonly subject: string | undefined
  readonly fact: Fact
}

/** What the moments of the entries tell of one boot. */
export interface NotedBoot {
  readonly boot: string
  /** Of its last entry, ms since the boot. */
  readonly lastMs: Millis
  /** Wall time of its monotonic zero, ms since 1970, by its newest entry with a trusted time; undefined without one. */
  readonly trustedOriginMs: number | undefined
  /** The same by its newest entry, as the clock of the computer had it. */
  readonly believedOriginMs: number | undefined
}

/** An append-only list of facts. Readers keep cursors into it; nothing in it is ever changed. */
export interface Ledger<Fact extends { readonly kind: string }> {
  append(at: Moment, fact: Fact, options: { readonly subject?: string; readonly durability: Durability }): Entry<Fact>
  /** Each entry, once it is committed. */
  readonly appended: Listenable<Entry<Fact>>
  /** Entries after `sequence` in order, at most `limit`. */
  after(sequence: number, limit: number): readonly Entry<Fact>[]
  /** All entries about a subject, in order. */
  about(subject: string): readonly Entry<Fact>[]
  /** The boots that the entries were noted in, the oldest first. Reads the whole ledger. */
  boots(): readonly NotedBoot[]
  /** Entries of this kind after `sequence`. Reads all of them. */
  count(kind: Fact['kind'], sequence: number): number
  /** Deletes entries that a reader can do without, for instance every second sample; those that a reader gave up stay. Returns how many. */
  remove(sequences: readonly number[]): number
  /** Sequence of the newest entry, 0 when empty. */
  readonly last: number
  /** Where a reader stands: the sequence of the last entry it is done with, 0 at first. */
  position(reader: string): number
  moveTo(reader: string, sequence: number, durability: Durability): void
  /** Notes that a reader gave an entry up. It stays in the ledger and in `undeliverable` (see `TrimOptions`). */
  giveUp(reader: string, sequence: number, reason: string): void
  undeliverable(reader: string): readonly { readonly entry: Entry<Fact>; readonly reason: string }[]
}

/** JSON values by key. `get` returns what was last put, undefined when nothing. */
export interface Documents<Value> {
  get(key: string): Value | undefined
  put(key: string, value: Value, durability?: Durability): void
  delete(key: string): void
  entries(): readonly (readonly [key: string, value: Value])[]
  /** Without reading the values. */
  keys(): readonly string[]
  clear(): void
}

/** What may go: entries that all `readers` are done with, beyond the newest `keep`. Undeliverable entries stay, the newest
 *  10,000 of each kind. */
export interface TrimOptions {
  readonly keep: number
  /** Every reader that matters; one that never moved stands at 0 and keeps everything. */
  readonly readers: readonly string[]
  /** Subjects whose entries stay however old, for instance running transactions. */
  readonly spare?: readonly string[]
}

/** Space that is set aside for the day on which the disk is full: SQLite writes before it deletes. */
export interface Reserve {
  /** Sets it aside, if the disk has plenty and it is not there yet. */
  setAside(): void
  /** Gives it back. While the disk stays full the database grows no more: what is appended takes the place of what was deleted, and a
   *  deletion finds room in the log. */
  release(): void
}

export interface Store {
  ledger<Fact extends { readonly kind: string }>(): Ledger<Fact>
  /** The documents of one kind (`settings`, `authorization-cache`, ...). Durable unless a put says otherwise. */
  documents<Value>(kind: string): Documents<Value>
  /** Everything that `run` writes becomes durable together, or not at all when it throws. Calls may nest: an inner call that throws
   *  takes back its own part. With 'grouped' the whole reaches the disk later, together, unless something durable is in it. */
  atomically<T>(run: () => T, durability?: Durability): T
  /** True when no document was ever put: factory values apply. */
  readonly isNew: boolean
  /** Deletes old facts, at most a batch of 500 per call; returns how many. Sequences are never used again. */
  trim(options: TrimOptions): number
  /** Space that is set aside for a full disk. */
  readonly reserve: Reserve
  /** True while grouped writes wait for `flush` (or for the next durable write, which takes them along). */
  readonly hasUnflushed: boolean
  /** Makes grouped writes durable now. */
  flush(): void
  close(): void
}
