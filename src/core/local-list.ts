import type { TokenInfo } from './charge-point.ts'

/** What became of an update (OCPP 1.6 §5.15). `failed`: it does not fit, and nothing changed. */
export type ListUpdateOutcome = 'accepted' | 'failed' | 'versionMismatch'

/** One line of an update; without `info` a differential update removes the token. */
export interface ListEntry {
  readonly token: string
  readonly info?: TokenInfo
}

/** The list of tokens that the central system keeps here (local authorization list). Only an update changes it. It survives a restart. */
export interface LocalList {
  /** 0: empty. */
  readonly version: number
  readonly size: number
  /** What the list says of a token, whatever its case. An entry that has run out is `expired`. Undefined: not in the list. */
  find(token: string): TokenInfo | undefined
  /** All or nothing. @param version above 0 */
  update(version: number, kind: 'full' | 'differential', entries: readonly ListEntry[]): ListUpdateOutcome
}

/** Tokens in the list at the most, and in one update. */
export const longestList = 10_000
export const longestUpdate = 1_000
