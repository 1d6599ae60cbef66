import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { authorization, type CachedToken } from '../../src/core/authorization.ts'
import type { Authority, TokenInfo } from '../../src/core/charge-point.ts'
import { localList } from '../../src/core/local-list.ts'
import { type SettingValue, settings } from '../../src/core/settings.ts'
import { openStore } from '../../src/store/open.ts'

// Reference rules 18 to 22, OCPP 1.6 §3.5: who is let in, whom we ask, and what is remembered, for every state of list, cache and line.

const memories = ['nothing', 'accepted', 'blocked', 'expired', 'invalid', 'concurrent', 'ranOut'] as const
type Memory = (typeof memories)[number]
const lines = ['says accepted', 'says blocked', 'says concurrent', 'silent', 'offline'] as const
type Line = (typeof lines)[number]
interface Keys {
  readonly LocalPreAuthorize: boolean
  readonly LocalAuthorizeOffline: boolean
  readonly AllowOfflineTxForUnknownId: boolean
  readonly LocalAuthListEnabled: boolean
  readonly AuthorizationCacheEnabled: boolean
}
interface Cell extends Keys {
  readonly list: Memory
  readonly cache: Memory
  readonly line: Line
}
interface Result {
  readonly outcome: string
  readonly isAsked: boolean
  /** The group that the decision names. */
  readonly group: string | undefined
  /** What the cache holds afterwards. */
  readonly kept: string
  readonly hasConflict: boolean
}

/** The specification a second time, as statements about words, without looking at how the house does it. */
function oracle(cell: Cell): Result {
  const words: Record<Memory, string> = {
    ...{ nothing: '', accepted: 'accepted', blocked: 'blocked', expired: 'expired', invalid: 'invalid', concurrent: 'concurrent' },
    ranOut: 'expired',
  }
  const stored: Record<Memory, string> = { ...words, ranOut: 'accepted' }
  const onList = cell.LocalAuthListEnabled ? words[cell.list] : ''
  const inCache = cell.AuthorizationCacheEnabled ? words[cell.cache] : ''
  // §3.5.3: list entries have priority over cache entries for the same identifier.
  const [word, group] = onList !== '' ? [onList, 'LIST'] : [inCache, inCache === '' ? undefined : 'CACHE']
  const answers: Record<Line, string> = { 'says accepted': 'accepted', 'says blocked': 'blocked', 'says concurrent': 'concurrent', silent: '', offline: '' }
  const answer = answers[cell.line]
  const isLetInAtOnce = cell.line !== 'offline' && cell.LocalPreAuthorize && word === 'accepted'
  const isAsked = cell.line !== 'offline' && !isLetInAtOnce
  const isAnswered = isAsked && answer !== ''
  // §3.5.4: what is known and not Accepted MUST be rejected; only what cannot be authorized otherwise is unknown.
  const offlineWord =
    word !== '' && word !== 'accepted'
      ? word
      : word === 'accepted' && cell.LocalAuthorizeOffline
        ? 'accepted by memory'
        : cell.AllowOfflineTxForUnknownId
          ? 'accepted unseen'
          : 'unknownOffline'
  const outcome = isAnswered ? answer : isLetInAtOnce ? 'accepted by memory' : offlineWord
  const isFromMemory = outcome === 'accepted by memory' || (outcome === offlineWord && word !== '' && outcome === word && !isAnswered)
  const learns = isAnswered && onList === '' && cell.AuthorizationCacheEnabled
  const isGood = (each: string) => each === 'accepted' || each === 'concurrent'
  return {
    outcome: outcome.split(' ')[0] ?? '',
    isAsked,
    group: isAnswered ? 'ANSWER' : isFromMemory ? group : undefined,
    kept: learns ? answer : stored[cell.cache],
    hasConflict: isAnswered && onList !== '' && isGood(onList) !== isGood(answer),
  }
}

const clock = simulatedClock()
const store = openStore({ directory: undefined, log: silentLog })
const cache = store.documents<CachedToken>('authorization-cache')
const list = localList({ store, clock, log: silentLog, cache })
const values = settings(store.documents<SettingValue>('settings'))
let version = 0

const infoOf = (memory: Exclude<Memory, 'nothing'>, group: string): TokenInfo =>
  memory === 'ranOut' ? { status: 'accepted', group, expiresAt: clock.now().epochMs - 1 } : { status: memory, group }

async function house(cell: Cell): Promise<Result> {
  list.update(++version, 'full', cell.list === 'nothing' ? [] : [{ token: 'Card', info: infoOf(cell.list, 'LIST') }])
  cache.clear()
  if (cell.cache !== 'nothing') cache.put('card', { ...infoOf(cell.cache, 'CACHE'), storedAt: 1 })
  values.set('localPreAuthorize', cell.LocalPreAuthorize)
  values.set('localAuthorizeOffline', cell.LocalAuthorizeOffline)
  values.set('allowOfflineTxForUnknownId', cell.AllowOfflineTxForUnknownId)
  values.set('localListEnabled', cell.LocalAuthListEnabled)
  values.set('authorizationCacheEnabled', cell.AuthorizationCacheEnabled)
  let asked = 0
  const authority: Authority = {
    isReachable: cell.line !== 'offline',
    isPresentable: () => true,
    async authorize() {
      asked++
      return cell.line === 'silent' || cell.line === 'offline' ? undefined : { status: cell.line.slice(5) as TokenInfo['status'], group: 'ANSWER' }
    },
  }
  const desk = authorization({ cache, list, settings: values, clock, log: silentLog, authority: () => authority })
  const { status, group } = await desk.decide('CARD')
  return { outcome: status, isAsked: asked === 1, group, kept: cache.get('card')?.status ?? '', hasConflict: list.hasConflict }
}

const yesAndNo = [true, false]
const settled: readonly Keys[] = yesAndNo.flatMap((LocalPreAuthorize) =>
  yesAndNo.flatMap((LocalAuthorizeOffline) =>
    yesAndNo.flatMap((AllowOfflineTxForUnknownId) =>
      yesAndNo.flatMap((LocalAuthListEnabled) =>
        yesAndNo.map((AuthorizationCacheEnabled) => ({
          ...{ LocalPreAuthorize, LocalAuthorizeOffline, AllowOfflineTxForUnknownId, LocalAuthListEnabled, AuthorizationCacheEnabled },
        })),
      ),
    ),
  ),
)

describe.each(lines)('a central system that %s', (line) => {
  test.each(memories)('list %s, whatever the cache and the keys', async (inList) => {
    for (const inCache of memories) {
      for (const keys of settled) {
        const cell: Cell = { ...keys, list: inList, cache: inCache, line }
        expect({ cell, ...(await house(cell)) }).toEqual({ cell, ...oracle(cell) })
      }
    }
  })
})

test('the cells are not all alike', () => {
  const cells = lines.flatMap((line) =>
    memories.flatMap((inList) => memories.flatMap((inCache) => settled.map((keys) => ({ ...keys, list: inList, cache: inCache, line })))),
  )
  const outcomes = cells.map((cell) => oracle(cell).outcome)
  expect(cells).toHaveLength(5 * 7 * 7 * 32)
  for (const word of ['accepted', 'blocked', 'expired', 'invalid', 'concurrent', 'unknownOffline']) expect(outcomes).toContain(word)
})
