import type { Log } from '../base/log.ts'
import type { Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'

/** Where the central system is, and under which identity the station connects. */
export interface Whereabouts {
  readonly url: string
  readonly identity: string
}

/** What a person changed at the charger, and what the flags or the station file said then. */
interface KeptChange {
  readonly configured: Whereabouts
  readonly changed: Whereabouts
}

/** A password that counts at one central system. */
interface KeptKey {
  readonly origin: string
  /** As AuthorizationKey is written. A secret. */
  readonly key: string
}

/** What is kept of a place: for who must know its secrets, so as not to tell them. */
export function keptPlace(store: Store): { readonly identity: string | undefined; readonly key: string | undefined } {
  const change = store.documents<KeptChange>('csms-place').get('change')
  return { identity: change?.changed.identity, key: store.documents<KeptKey>('csms-place').get('key')?.key }
}

/** The whereabouts in force: what a person changed, until the configuration says something new. */
export interface CsmsPlace extends Whereabouts {
  readonly isChanged: boolean
  /** Not the host of the configuration: what the station knows of passwords was not meant for this one. */
  readonly isElsewhere: boolean
  /** The password for this host alone, as AuthorizationKey is written; undefined: it has none of its own. A secret. */
  readonly key: string | undefined
  /** True: `setKey` keeps what `key` tells. Else the setting AuthorizationKey does. */
  readonly keepsKey: boolean
  /** @throws StoreError */
  setKey(key: string): void
  /** A key is kept for a host that the station file has left since. */
  readonly hasLeftKey: boolean
  /** @throws StoreError */
  forgetKey(): void
  /** True: it is another host. */
  leadsAway(url: string): boolean
  /** Counts from the next connection on. @param key for another host: its password
   *  @param also written together with it */
  move(to: Whereabouts, key?: string, also?: () => void): void
}

/** Scheme, host and port: what a secret is given to. */
const originOf = (url: string) => URL.parse(url)?.origin ?? url

export function csmsPlace({ store, log, configured }: { readonly store: Store; readonly log: Log; readonly configured: Whereabouts }): CsmsPlace {
  const kept = store.documents<KeptChange>('csms-place')
  const keptKeys = store.documents<KeptKey>('csms-place')
  let now = inForce(configured, kept.get('change'))
  let own = keptKeys.get('key')
  const leadsAway = (url: string) => originOf(url) !== originOf(now.url)
  const ownHere = () => (own?.origin === originOf(now.url) ? own : undefined)
  const place: CsmsPlace = {
    get url() {
      return now.url
    },
    get identity() {
      return now.identity
    },
    get isChanged() {
      return !isSamePlace(now, configured)
    },
    get isElsewhere() {
      return originOf(now.url) !== originOf(configured.url)
    },
    get key() {
      return ownHere()?.key
    },
    get keepsKey() {
      return place.isElsewhere || ownHere() !== undefined
    },
    setKey(key) {
      const next = { origin: originOf(now.url), key }
      keptKeys.put('key', next)
      own = next
    },
    get hasLeftKey() {
      return own !== undefined && ownHere() === undefined
    },
    forgetKey() {
      own = undefined
      keptKeys.delete('key')
    },
    leadsAway,
    move(to, key, also = () => {}) {
      if (leadsAway(to.url)) own = key === undefined ? undefined : { origin: originOf(to.url), key }
      now = to
      attempted(
        () =>
          store.atomically(() => {
            if (own === undefined) keptKeys.delete('key')
            else keptKeys.put('key', own)
            if (isSamePlace(to, configured)) kept.delete('change')
            else kept.put('change', { configured, changed: to })
            also()
          }),
        (error) => log.error({ error: error.message }, 'the central system was changed, but a restart would forget it'),
      )
    },
  }
  return place
}

export const isSamePlace = (one: Whereabouts, other: Whereabouts) => one.url === other.url && one.identity === other.identity

function inForce(configured: Whereabouts, kept: KeptChange | undefined): Whereabouts {
  if (kept === undefined) return configured
  return {
    url: kept.configured.url === configured.url ? kept.changed.url : configured.url,
    identity: kept.configured.identity === configured.identity ? kept.changed.identity : configured.identity,
  }
}
