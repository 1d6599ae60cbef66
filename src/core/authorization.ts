import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { seconds } from '../base/units.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Authority } from './charge-point.ts'
import type { LocalList } from './local-list.ts'
import type { Settings } from './settings.ts'
import { keyOf, type TokenInfo } from './token.ts'

/** An answer about a token, and when it came (ms since 1970). */
export interface CachedToken extends TokenInfo {
  readonly storedAt: number
}

export type Decision = TokenInfo | { readonly status: 'unknownOffline'; readonly group?: string }

/** Tokens remembered at the most. When full, one that is not accepted goes first, then the oldest (OCPP 1.6 §3.5.1). */
const cacheLimit = 1_000

export interface Authorization {
  /** Decides about a presented token: local list, then cache, then the authority, then the offline rules. Never rejects. */
  decide(token: string): Promise<Decision>
  /** Remembers what the central system said of a token, or compares it with the local list. */
  learn(token: string, info: TokenInfo): void
  /** False: there is no cache to clear. */
  clearCache(): boolean
}

export function authorization(parts: {
  readonly cache: Documents<CachedToken>
  readonly list: Pick<LocalList, 'find' | 'compare'>
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly authority: () => Authority | undefined
}): Authorization {
  const { cache, list, settings, clock } = parts
  const isExpired = ({ expiresAt }: CachedToken) => expiresAt !== undefined && expiresAt <= clock.now().epochMs
  const listed = (token: string) => (settings.get('localListEnabled') ? list.find(token) : undefined)
  const remembered = (token: string): TokenInfo | undefined => {
    if (!settings.get('authorizationCacheEnabled')) return undefined
    const found = cache.get(keyOf(token))
    if (found === undefined) return undefined
    return isExpired(found) ? { ...found, status: 'expired' } : found
  }
  /** §3.5.3: what the list says counts, and the cache only for a token that is not in it. */
  const known = (token: string) => listed(token) ?? remembered(token)
  const remember = (token: string, info: TokenInfo) => {
    const key = keyOf(token)
    const isNew = cache.get(key) === undefined
    const entries = isNew ? cache.entries() : []
    if (entries.length >= cacheLimit) {
      const rank = ([, value]: readonly [string, CachedToken]) => (value.status === 'accepted' && !isExpired(value) ? 1e15 : 0) + value.storedAt
      const victim = [...entries].sort((a, b) => rank(a) - rank(b))[0]
      if (victim !== undefined) cache.delete(victim[0])
    }
    cache.put(key, { ...info, storedAt: clock.now().epochMs }, 'grouped')
  }
  const learn = (token: string, info: TokenInfo) => {
    // §3.5.3: a token of the list is not added to the cache.
    if (listed(token) !== undefined) return list.compare(token, info)
    if (!settings.get('authorizationCacheEnabled')) return
    // A cache that cannot be written costs a question later, not the session now.
    attempted(
      () => remember(token, info),
      (error) => parts.log.error({ error: error.message }, 'the authorization cache cannot be written'),
    )
  }
  const offline = (token: string): Decision => {
    const found = known(token)
    // An identifier known as refused, or that has run out, is never taken for an unknown one (§3.5.4).
    if (found !== undefined && (found.status !== 'accepted' || settings.get('localAuthorizeOffline'))) return found
    return settings.get('allowOfflineTxForUnknownId') ? { status: 'accepted' } : { status: 'unknownOffline' }
  }
  /** Undefined: no answer, or none within `authorizationTimeout`. One that is late is remembered all the same. */
  const ask = async (authority: Authority, token: string): Promise<TokenInfo | undefined> => {
    const answer = authority.authorize(token).then((info) => {
      if (info !== undefined) learn(token, info)
      return info
    })
    const limit = settings.get('authorizationTimeout')
    if (limit === 0) return answer
    let timer: { stop(): void } | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = clock.after('authorization', seconds(limit), () => resolve(undefined))
    })
    const first = await Promise.race([answer, late])
    timer?.stop()
    return first
  }
  return {
    learn,
    clearCache() {
      if (!settings.get('authorizationCacheEnabled')) return false
      cache.clear()
      return true
    },
    async decide(token) {
      const authority = parts.authority()
      if (authority === undefined || !authority.isReachable) return offline(token)
      const local = settings.get('localPreAuthorize') ? known(token) : undefined
      if (local?.status === 'accepted') return local
      return (await ask(authority, token)) ?? offline(token)
    },
  }
}
