import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Authority, TokenInfo } from './charge-point.ts'
import type { Settings } from './settings.ts'

/** An answer about a token, and when it came (ms since 1970). */
export interface CachedToken extends TokenInfo {
  readonly storedAt: number
}

export type Decision = TokenInfo | { readonly status: 'unknownOffline'; readonly group?: string }

/** Tokens remembered at the most. When full, one that is not accepted goes first, then the oldest (OCPP 1.6 §3.5.1). */
const cacheLimit = 1_000

/** Two identifiers are the same whatever their case (OCPP 1.6: CiString20). */
export function isSameToken(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one.toLowerCase() === other.toLowerCase()
}

export interface Authorization {
  /** Decides about a presented token: cache, then the authority, then the offline rules. Never rejects. */
  decide(token: string): Promise<Decision>
  /** Remembers what the central system said of a token. */
  learn(token: string, info: TokenInfo): void
  /** False: there is no cache to clear. */
  clearCache(): boolean
}

export function authorization(parts: {
  readonly cache: Documents<CachedToken>
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly authority: () => Authority | undefined
}): Authorization {
  const { cache, settings, clock } = parts
  const isExpired = ({ expiresAt }: CachedToken) => expiresAt !== undefined && expiresAt <= clock.now().epochMs
  const remembered = (token: string): TokenInfo | undefined => {
    if (!settings.get('authorizationCacheEnabled')) return undefined
    const found = cache.get(token.toLowerCase())
    if (found === undefined) return undefined
    return isExpired(found) ? { ...found, status: 'expired' } : found
  }
  const remember = (token: string, info: TokenInfo) => {
    const key = token.toLowerCase()
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
    if (!settings.get('authorizationCacheEnabled')) return
    // A cache that cannot be written costs a question later, not the session now.
    attempted(
      () => remember(token, info),
      (error) => parts.log.error({ error: error.message }, 'the authorization cache cannot be written'),
    )
  }
  const offline = (token: string): Decision => {
    const found = remembered(token)
    // An identifier known as refused is never taken for an unknown one.
    if (found !== undefined && (found.status !== 'accepted' || settings.get('localAuthorizeOffline'))) return found
    return settings.get('allowOfflineTxForUnknownId') ? { status: 'accepted' } : { status: 'unknownOffline' }
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
      const local = settings.get('localPreAuthorize') ? remembered(token) : undefined
      if (local?.status === 'accepted') return local
      const answer = await authority.authorize(token)
      if (answer === undefined) return offline(token)
      learn(token, answer)
      return answer
    },
  }
}
