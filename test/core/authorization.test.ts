import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, seconds } from '../../src/base/units.ts'
import { authorization, type CachedToken } from '../../src/core/authorization.ts'
import type { Authority, TokenInfo } from '../../src/core/charge-point.ts'
import { localList } from '../../src/core/local-list.ts'
import { type SettingName, type SettingValue, type SettingValues, settings } from '../../src/core/settings.ts'
import { isSameToken } from '../../src/core/token.ts'
import { openStore } from '../../src/store/open.ts'

type Answers = 'offline' | 'silent' | TokenInfo

function desk(answer: Answers, set: Partial<SettingValues> = {}, answersAfter = 0) {
  const clock = simulatedClock()
  const store = openStore({ directory: undefined, log: silentLog })
  const cache = store.documents<CachedToken>('authorization-cache')
  const values = settings(store.documents<SettingValue>('settings'))
  for (const [name, value] of Object.entries(set)) values.set(name as SettingName, value)
  const asked: string[] = []
  const authority: Authority = {
    isReachable: answer !== 'offline',
    isPresentable: () => true,
    async authorize(token) {
      asked.push(token)
      if (answersAfter > 0) await new Promise<void>((resolve) => clock.after('answer', answersAfter, resolve))
      return typeof answer === 'string' ? undefined : answer
    },
  }
  const list = localList({ store, clock, log: silentLog, cache })
  return { clock, cache, list, values, asked, ...authorization({ cache, list, settings: values, clock, log: silentLog, authority: () => authority }) }
}
const accepted: TokenInfo = { status: 'accepted' }

describe('offline: LocalAuthorizeOffline, AllowOfflineTxForUnknownId and what the cache knows', () => {
  const outcome = {
    accepted: 'accepted',
    blocked: 'blocked',
    expired: 'expired',
    invalid: 'invalid',
    concurrent: 'concurrent',
    none: 'unknownOffline',
  } as const
  for (const localAuthorizeOffline of [true, false]) {
    for (const allowOfflineTxForUnknownId of [true, false]) {
      for (const known of Object.keys(outcome) as (keyof typeof outcome)[]) {
        // Refused is refused whatever the settings; accepted wants the first; unknown, and accepted that may not be used, the second.
        const isRefused = known !== 'accepted' && known !== 'none'
        const isTaken = (known === 'accepted' && localAuthorizeOffline) || allowOfflineTxForUnknownId
        const expected = isRefused ? outcome[known] : isTaken ? 'accepted' : 'unknownOffline'
        test.each(['offline', 'silent'] as const)(`${localAuthorizeOffline}, ${allowOfflineTxForUnknownId}, ${known}, %s: ${expected}`, async (how) => {
          const d = desk(how, { localAuthorizeOffline, allowOfflineTxForUnknownId })
          if (known !== 'none') d.learn('TAG', { status: known })
          expect((await d.decide('tag')).status).toBe(expected)
        })
      }
    }
  }
  test('a cached token that has expired since is refused', async () => {
    const d = desk('offline', { allowOfflineTxForUnknownId: true })
    d.learn('TAG', { status: 'accepted', expiresAt: d.clock.now().epochMs + hours(1) })
    expect((await d.decide('TAG')).status).toBe('accepted')
    await d.clock.advance(hours(1))
    expect((await d.decide('TAG')).status).toBe('expired')
  })
  test('with the cache switched off everything is unknown', async () => {
    const d = desk('offline')
    d.learn('TAG', accepted)
    d.values.set('authorizationCacheEnabled', false)
    expect((await d.decide('TAG')).status).toBe('unknownOffline')
    expect(d.clearCache()).toBe(false)
  })
})

describe('online', () => {
  test('LocalPreAuthorize lets a cached accepted token in without asking, with its group', async () => {
    const d = desk({ status: 'blocked' }, { localPreAuthorize: true })
    d.learn('TAG', { status: 'accepted', group: 'FAMILY' })
    expect(await d.decide('tag')).toMatchObject({ status: 'accepted', group: 'FAMILY' })
    expect(d.asked).toEqual([])
  })
  test.each([
    ['refused', { status: 'blocked' }],
    ['expired', { status: 'accepted', expiresAt: 1 }],
    ['unknown', undefined],
  ] as const)('one that is %s is asked about', async (_what, known) => {
    const d = desk(accepted, { localPreAuthorize: true })
    if (known !== undefined) d.learn('TAG', known)
    expect((await d.decide('TAG')).status).toBe('accepted')
    expect(d.asked).toEqual(['TAG'])
  })
  test('without it every token is asked about', async () => {
    const d = desk({ status: 'blocked' })
    d.learn('TAG', accepted)
    expect((await d.decide('TAG')).status).toBe('blocked')
    expect(d.cache.get('tag')?.status).toBe('blocked')
  })
})

test('an answer after authorizationTimeout is late for this time, and known the next', async () => {
  const d = desk({ status: 'blocked' }, { authorizationTimeout: 5, allowOfflineTxForUnknownId: true }, seconds(8))
  const decided = d.decide('TAG')
  await d.clock.advance(seconds(5))
  expect((await decided).status).toBe('accepted')
  expect(d.cache.get('tag')).toBeUndefined()
  await d.clock.advance(seconds(3))
  expect(d.cache.get('tag')?.status).toBe('blocked')
})

describe('the cache', () => {
  const full = async (of: (at: number) => TokenInfo) => {
    const d = desk('offline')
    for (let at = 0; at < 1_000; at++) {
      d.learn(`T${at}`, of(at))
      await d.clock.advance(seconds(1))
    }
    d.learn('NEW', accepted)
    return d
  }
  test('has each token once, whatever its case', () => {
    const d = desk('offline')
    d.learn('Tag', accepted)
    d.learn('tAG', { status: 'blocked' })
    expect(d.cache.entries()).toHaveLength(1)
    expect(d.cache.get('tag')?.status).toBe('blocked')
  })
  test('full of valid ones: the oldest goes', async () => {
    const d = await full(() => accepted)
    expect(d.cache.entries()).toHaveLength(1_000)
    expect(['t0', 't1', 'new'].map((token) => d.cache.get(token)?.status)).toEqual([undefined, 'accepted', 'accepted'])
  })
  test('full: one that is not valid goes before the oldest', async () => {
    const d = await full((at) => (at === 700 ? { status: 'blocked' } : accepted))
    expect(d.cache.get('t700')).toBeUndefined()
    expect(d.cache.get('t0')).toBeDefined()
  })
  test('full: one that has expired is not valid either', async () => {
    const d = await full((at) => (at === 700 ? { status: 'accepted', expiresAt: 1 } : accepted))
    expect(d.cache.get('t700')).toBeUndefined()
    expect(d.cache.get('t0')).toBeDefined()
  })
})

test('identifiers are compared without regard to case, and none is like none', () => {
  expect(isSameToken('abC', 'ABc')).toBe(true)
  expect(isSameToken('abc', 'abcd')).toBe(false)
  expect(isSameToken(undefined, undefined)).toBe(false)
})

test('only ASCII has cases: what merely looks alike is another identifier', () => {
  // The sign of the kelvin, whose small letter is that of K.
  expect([isSameToken('\u212A1', 'k1'), isSameToken('K1', 'k1'), isSameToken('\u00C9', '\u00E9')]).toEqual([false, true, false])
})

test('a cache that is off remembers nothing for later', () => {
  const d = desk('offline', { authorizationCacheEnabled: false })
  d.learn('TAG', accepted)
  expect(d.cache.entries()).toEqual([])
})
