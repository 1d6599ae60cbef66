import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Listenable, signal } from '../base/signal.ts'
import type { Documents, Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import { keyOf, type TokenInfo } from './token.ts'

/** What became of an update (OCPP 1.6 §5.15). `failed`: it does not fit, and nothing changed. */
export type ListUpdateOutcome = 'accepted' | 'failed' | 'versionMismatch'

/** One line of an update; without `info` a differential update removes the token. */
export interface ListEntry {
  readonly token: string
  readonly info?: TokenInfo
}

/** The list of tokens that the central system keeps here (local authorization list). Only an update changes it. It survives a restart. */
export interface LocalList {
  /** 0: empty, whatever the version of the update that emptied it (OCPP 1.6 §5.10). */
  readonly version: number
  readonly size: number
  /** What the list says of a token, whatever its case. An entry that has run out is `expired`. Undefined: not in the list. */
  find(token: string): TokenInfo | undefined
  /** All or nothing. @param version above 0 */
  update(version: number, kind: 'full' | 'differential', entries: readonly ListEntry[]): ListUpdateOutcome
  /** The central system said of a listed token what contradicts the list, and no update came since (OCPP 1.6 §3.5.2). Survives a restart. */
  readonly hasConflict: boolean
  /** What the central system just said of a token: is it what its list says? */
  compare(token: string, info: TokenInfo): void
  /** `hasConflict` changed. */
  readonly conflictChanged: Listenable<void>
}

/** Tokens in the list at the most, and in one update. */
export const longestList = 10_000
export const longestUpdate = 1_000

/** The list as a whole. Its entries are a document each: a list of 10,000 is never read as one. */
interface ListState {
  readonly version: number
  readonly size: number
  readonly hasConflict?: true
}
const stateKey = 'list'

export function localList(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Tokens in the list are not in it (OCPP 1.6 §3.5.3). */
  readonly cache: Pick<Documents<unknown>, 'delete'>
}): LocalList {
  const { store, clock, log, cache } = parts
  const listed = store.documents<TokenInfo>('local-list')
  const states = store.documents<ListState>('local-list-state')
  const conflictChanged = signal<void>()
  let state: ListState = states.get(stateKey) ?? { version: 0, size: 0 }

  const find = (token: string): TokenInfo | undefined => {
    // Asked about each card; most stations have no list.
    const found = state.size === 0 ? undefined : listed.get(keyOf(token))
    const isOver = found?.expiresAt !== undefined && found.expiresAt <= clock.now().epochMs
    return isOver ? { ...found, status: 'expired' } : found
  }
  const sizeAfter = (entries: readonly ListEntry[]): number =>
    entries.reduce((size, { token, info }) => {
      const was = listed.get(keyOf(token)) === undefined ? 0 : 1
      return size - was + (info === undefined ? 0 : 1)
    }, state.size)
  const write = (next: ListState, isFull: boolean, entries: readonly ListEntry[]) =>
    store.atomically(() => {
      if (isFull) listed.clear()
      for (const { token, info } of entries) {
        const key = keyOf(token)
        if (info === undefined) listed.delete(key)
        else listed.put(key, info)
        cache.delete(key)
      }
      states.put(stateKey, next)
    })
  /** After the disk has it. */
  const become = (next: ListState) => {
    const isNews = next.hasConflict !== state.hasConflict
    state = next
    if (isNews) conflictChanged.emit()
  }

  return {
    get version() {
      return state.size === 0 ? 0 : state.version
    },
    get size() {
      return state.size
    },
    get hasConflict() {
      return state.hasConflict === true
    },
    conflictChanged,
    find,
    update(version, kind, entries) {
      const isFull = kind === 'full'
      // Errata: 0 and -1 mean something else in GetLocalListVersion, and are no version of a list.
      if (version <= 0) return 'failed'
      if (!isFull && version <= state.version) return 'versionMismatch'
      if (entries.length > longestUpdate || (isFull && entries.some(({ info }) => info === undefined))) return 'failed'
      if (new Set(entries.map(({ token }) => keyOf(token))).size !== entries.length) return 'failed'
      const next = { version, size: isFull ? entries.length : sizeAfter(entries) }
      if (next.size > longestList) return 'failed'
      const isWritten = attempted(
        () => write(next, isFull, entries),
        (error) => log.error({ version, error: error.message }, 'the local list cannot be written'),
      )
      if (!isWritten) return 'failed'
      log.info({ ...next, kind }, 'the central system changed the local list')
      become(next)
      return 'accepted'
    },
    compare(token, info) {
      const known = find(token)
      if (known === undefined || isValid(known) === isValid(info) || state.hasConflict) return
      log.warn({ listed: known.status, answered: info.status }, 'the central system contradicts its own local list')
      const next = { ...state, hasConflict: true as const }
      attempted(
        () => states.put(stateKey, next, 'grouped'),
        (error) => log.error({ error: error.message }, 'a conflict of the local list cannot be kept'),
      )
      become(next)
    },
  }
}

/** OCPP 1.6 §3.5.2 counts a token that charges elsewhere among the valid ones. */
function isValid({ status }: TokenInfo): boolean {
  return status === 'accepted' || status === 'concurrent'
}
