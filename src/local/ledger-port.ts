import type { Fact } from '../core/facts.ts'

/** A fact as it was noted; no fact holds a secret. */
export interface NotedFact {
  /** 1, 2, ... in the order of noting. */
  readonly number: number
  /** ms since 1970, as it was believed then. */
  readonly at: number
  readonly fact: Fact
}

/** What the station has noted for its central system. */
export interface LedgerPort {
  /** Of the newest fact; 0: none was ever noted. */
  readonly last: number
  /** The central system was told of everything up to this one. */
  readonly position: number
  readonly waiting: number
  /** Oldest first. @param after only those after this number */
  after(after: number, limit: number): readonly NotedFact[]
  /** Facts that the central system would not take, the oldest first, with what it said. */
  undeliverable(): readonly (NotedFact & { readonly reason: string })[]
}
