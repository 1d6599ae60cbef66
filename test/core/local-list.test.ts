import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours } from '../../src/base/units.ts'
import type { TokenInfo } from '../../src/core/charge-point.ts'
import { type ListEntry, localList, longestList, longestUpdate } from '../../src/core/local-list.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { overriding } from '../overriding.ts'

const accepted: TokenInfo = { status: 'accepted' }
const blocked: TokenInfo = { status: 'blocked' }
const entry = (token: string, info?: TokenInfo): ListEntry => ({ token, ...(info === undefined ? {} : { info }) })
const many = (count: number, from = 0) => Array.from({ length: count }, (_, at) => entry(`CARD${from + at}`, { ...accepted, group: 'FLEET' }))

function desk(store: Store = openStore({ directory: undefined, log: silentLog })) {
  const clock = simulatedClock()
  const cache = store.documents<TokenInfo>('authorization-cache')
  return { clock, store, cache, list: localList({ store, clock, log: silentLog, cache }) }
}

test('is empty at first, with version 0', () => {
  const { list } = desk()
  expect([list.version, list.size, list.find('TAG')]).toEqual([0, 0, undefined])
})

test('a full update replaces, a differential one adds, changes and removes', () => {
  const { list } = desk()
  expect(list.update(3, 'full', [entry('A', accepted), entry('B', accepted)])).toBe('accepted')
  expect(list.update(5, 'differential', [entry('a', blocked), entry('B'), entry('C', accepted), entry('NEVER')])).toBe('accepted')
  expect([list.version, list.size]).toEqual([5, 2])
  expect(['A', 'B', 'C', 'NEVER'].map((token) => list.find(token)?.status)).toEqual(['blocked', undefined, 'accepted', undefined])
  expect(list.update(2, 'full', [entry('D', accepted)])).toBe('accepted')
  expect([list.version, list.size, list.find('A'), list.find('d')]).toEqual([2, 1, undefined, accepted])
})

test('is found whatever the case, and an entry that has run out is expired', async () => {
  const { list, clock } = desk()
  list.update(1, 'full', [entry('Zoë', { ...accepted, expiresAt: clock.now().epochMs + hours(1) })])
  expect(list.find('ZOë')).toMatchObject({ status: 'accepted' })
  await clock.advance(hours(1))
  expect(list.find('zoë')).toMatchObject({ status: 'expired' })
})

test('a full update without entries empties it, and version 0 says so; yet an older difference is not taken', () => {
  const { list } = desk()
  list.update(3, 'full', [entry('A', accepted)])
  expect(list.update(4, 'full', [])).toBe('accepted')
  expect([list.version, list.size, list.find('A')]).toEqual([0, 0, undefined])
  expect(list.update(4, 'differential', [entry('A', accepted)])).toBe('versionMismatch')
  expect(list.update(5, 'differential', [entry('A', accepted)])).toBe('accepted')
  expect(list.version).toBe(5)
})

describe('an update that does not fit changes nothing', () => {
  test.each<[string, string, number, 'full' | 'differential', readonly ListEntry[]]>([
    ['version 0', 'failed', 0, 'full', [entry('X', accepted)]],
    ['version -1', 'failed', -1, 'full', [entry('X', accepted)]],
    ['version 0, differential', 'failed', 0, 'differential', [entry('X', accepted)]],
    ['the same version', 'versionMismatch', 7, 'differential', [entry('X', accepted)]],
    ['an older version', 'versionMismatch', 6, 'differential', [entry('X', accepted)]],
    ['a full entry that says nothing', 'failed', 8, 'full', [entry('X')]],
    ['a card twice', 'failed', 8, 'full', [entry('X', accepted), entry('x', blocked)]],
    ['a card twice, differential', 'failed', 8, 'differential', [entry('X', accepted), entry('x')]],
    ['too many at once', 'failed', 8, 'full', many(longestUpdate + 1)],
    ['too many at once, differential', 'failed', 8, 'differential', many(longestUpdate + 1)],
  ])('%s: %s', (_what, outcome, version, kind, entries) => {
    const { list } = desk()
    list.update(7, 'full', [entry('OLD', accepted)])
    expect(list.update(version, kind, entries)).toBe(outcome)
    expect([list.version, list.size, list.find('OLD'), list.find('X')]).toEqual([7, 1, accepted, undefined])
  })
  test('a disk that is full half-way: nothing of it remains, here and on the disk', () => {
    const real = openStore({ directory: undefined, log: silentLog })
    let puts = Number.POSITIVE_INFINITY
    const documents: Store['documents'] = <Value>(kind: string) => {
      const under = real.documents<Value>(kind)
      const put: typeof under.put = (...args) => {
        if (--puts < 0) throw new StoreError('full', 'no room')
        under.put(...args)
      }
      return overriding(under, { put })
    }
    const store = Object.create(real, { documents: { value: documents } }) as Store
    const { list } = desk(store)
    list.update(1, 'full', [entry('A', accepted), entry('B', blocked)])
    puts = 1
    expect(list.update(2, 'full', [entry('C', accepted), entry('D', accepted)])).toBe('failed')
    for (const each of [list, desk(real).list]) {
      expect([each.version, each.size, each.find('A'), each.find('C')]).toEqual([1, 2, accepted, undefined])
    }
  })
})

test('holds 10,000 cards and not one more; a full update of 1,000 and a look into 10,000 are quick', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-list-'))
  const store = openStore({ directory, log: silentLog })
  const { list } = desk(store)
  const watch = systemClock()
  const begin = watch.monotonic()
  expect(list.update(1, 'full', many(longestUpdate))).toBe('accepted')
  const fullMs = watch.monotonic() - begin
  for (let at = 1; at < longestList / longestUpdate; at++) expect(list.update(at + 1, 'differential', many(longestUpdate, at * longestUpdate))).toBe('accepted')
  expect(list.size).toBe(longestList)
  expect(list.update(100, 'differential', [entry('ONE-MORE', accepted)])).toBe('failed')
  expect(list.update(100, 'differential', [entry('ONE-MORE', accepted), entry('CARD0')])).toBe('accepted')
  expect([list.size, list.find('one-more'), list.find('CARD0')]).toEqual([longestList, accepted, undefined])
  const look = watch.monotonic()
  for (let at = 1; at <= 1_000; at++) list.find(`CARD${at * 9}`)
  const lookMs = watch.monotonic() - look
  // Some 10 and 7 ms on a quiet machine; the whole list read at each look would be minutes.
  expect(fullMs).toBeLessThan(1_000)
  expect(lookMs).toBeLessThan(1_000)
  store.close()
  const again = openStore({ directory, log: silentLog })
  expect(desk(again).list).toMatchObject({ version: 100, size: longestList })
  again.close()
})

test('a card in the list is not in the cache any more', () => {
  const { list, cache } = desk()
  for (const token of ['a', 'b', 'c']) cache.put(token, accepted)
  list.update(1, 'full', [entry('A', accepted)])
  list.update(2, 'differential', [entry('B', blocked)])
  expect(cache.entries().map(([token]) => token)).toEqual(['c'])
})

describe('a conflict', () => {
  const conflicting = () => {
    const d = desk()
    d.list.update(1, 'full', [entry('GOOD', accepted), entry('BAD', blocked)])
    let changes = 0
    d.list.conflictChanged.on(() => changes++)
    return { ...d, changes: () => changes }
  }
  test.each<[string, TokenInfo['status'], boolean]>([
    ['GOOD', 'accepted', false],
    ['good', 'concurrent', false],
    ['GOOD', 'blocked', true],
    ['GOOD', 'invalid', true],
    ['bad', 'accepted', true],
    ['BAD', 'invalid', false],
    ['BAD', 'expired', false],
    ['UNKNOWN', 'blocked', false],
  ])('%s answered as %s: %s', (token, status, isConflict) => {
    const { list } = conflicting()
    list.compare(token, { status })
    expect(list.hasConflict).toBe(isConflict)
  })
  test('is told once, survives a restart, and ends with the next update that is taken', () => {
    const d = conflicting()
    d.list.compare('GOOD', blocked)
    d.list.compare('BAD', accepted)
    expect([d.list.hasConflict, d.changes()]).toEqual([true, 1])
    expect(desk(d.store).list.hasConflict).toBe(true)
    d.list.update(1, 'differential', [])
    expect([d.list.hasConflict, d.changes()]).toEqual([true, 1])
    d.list.update(2, 'differential', [entry('GOOD', blocked)])
    expect([d.list.hasConflict, d.changes()]).toEqual([false, 2])
    expect(desk(d.store).list.hasConflict).toBe(false)
    d.list.update(3, 'differential', [])
    expect(d.changes()).toBe(2)
  })
})

test('any updates in any order leave what a plain map would hold', () => {
  const tokens = fc.constantFrom('a', 'A', 'b', 'c', 'D', 'e')
  const info = fc.option(fc.constantFrom<TokenInfo>(accepted, blocked), { nil: undefined })
  const update = fc.record({
    version: fc.integer({ min: -1, max: 6 }),
    kind: fc.constantFrom('full' as const, 'differential' as const),
    entries: fc.array(fc.record({ token: tokens, info }), { maxLength: 5 }),
  })
  fc.assert(
    fc.property(fc.array(update, { maxLength: 8 }), (updates) => {
      const { list } = desk()
      let model = new Map<string, TokenInfo>()
      let version = 0
      for (const { version: next, kind, entries } of updates) {
        const lines = entries.map(({ token, info: said }) => entry(token, said))
        const before = [...model]
        const outcome = list.update(next, kind, lines)
        if (outcome === 'accepted') {
          model = new Map(kind === 'full' ? [] : before)
          for (const { token, info: said } of lines) said === undefined ? model.delete(token.toLowerCase()) : model.set(token.toLowerCase(), said)
          version = next
        }
        expect(list.size).toBe(model.size)
        expect(list.version).toBe(model.size === 0 ? 0 : version)
        for (const token of ['A', 'b', 'C', 'd', 'E']) expect(list.find(token)).toEqual(model.get(token.toLowerCase()))
      }
    }),
    { numRuns: 60 },
  )
})
