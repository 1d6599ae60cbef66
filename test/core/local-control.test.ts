import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { localControl } from '../../src/core/local-control.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { overriding } from '../overriding.ts'

function desk(store = openStore({ directory: undefined, log: silentLog })) {
  const clock = simulatedClock()
  const applied: string[] = []
  const start = () =>
    localControl({ store, clock, log: silentLog, evses: [1, 2], apply: (evse, name, amps) => applied.push(`${evse} ${name} ${amps ?? 'none'}`) })
  return { clock, applied, start }
}

describe('the local limit', () => {
  test('is a limit of one outlet, or of all, and survives a restart', () => {
    const at = desk()
    const local = at.start()
    local.limit('all', 16)
    local.limit(2, undefined)
    expect(at.applied).toEqual(['1 local 16', '2 local 16', '2 local none'])
    expect([local.limitOf(1), local.limitOf(2)]).toEqual([16, undefined])
    at.applied.length = 0
    expect(at.start().limitOf(1)).toBe(16)
    expect(at.applied).toEqual(['1 local 16'])
  })

  test('with a time to live is lifted by itself, and by a restart', async () => {
    const at = desk()
    const local = at.start()
    local.limit(1, 10, seconds(60))
    expect(at.start().limitOf(1)).toBeUndefined()
    await at.clock.advance(seconds(59))
    expect(local.limitOf(1)).toBe(10)
    await at.clock.advance(seconds(1))
    expect(local.limitOf(1)).toBeUndefined()
    expect(at.applied).toEqual(['1 local 10', '1 local none'])
  })

  test('a newer limit is not lifted by the end of an older one', async () => {
    const at = desk()
    const local = at.start()
    local.limit(1, 10, seconds(60))
    local.limit(1, 12)
    await at.clock.advance(seconds(120))
    expect(local.limitOf(1)).toBe(12)
  })
})

describe('what is kept', () => {
  /** A store that tells how often the wishes are written. */
  function counting() {
    const store = openStore({ directory: undefined, log: silentLog })
    let writes = 0
    const documents: typeof store.documents = <Value>(kind: string) => {
      const kept = store.documents<Value>(kind)
      return overriding(kept, {
        put: (...words: Parameters<typeof kept.put>) => {
          writes++
          kept.put(...words)
        },
        delete: (key: string) => {
          writes++
          kept.delete(key)
        },
      })
    }
    return { store: { ...store, documents }, writes: () => writes }
  }

  test('is written at once by a person, and once a minute for an automation that never rests', async () => {
    const { store, writes } = counting()
    const at = desk(store)
    const local = at.start()
    local.limit(1, 16)
    expect([writes(), at.start().limitOf(1)]).toEqual([1, 16])
    for (let count = 0; count < 360; count++) {
      await at.clock.advance(seconds(10))
      local.limit(2, 16 + (count % 3))
      local.limit(1, 6 + (count % 2))
      local.enable(1, count % 3 > 0)
    }
    expect(writes()).toBeLessThanOrEqual(65)
    expect(at.applied.length).toBeGreaterThan(1_000)
    await at.clock.advance(seconds(61))
    const next = at.start()
    expect([next.limitOf(1), next.limitOf(2), next.isEnabled(1)]).toEqual([local.limitOf(1), local.limitOf(2), local.isEnabled(1)])
  })

  test('the same wish again, or one with an end, is not written', async () => {
    const { store, writes } = counting()
    const at = desk(store)
    const local = at.start()
    for (let count = 0; count < 100; count++) {
      local.limit(1, 10, seconds(30))
      local.limit(2, 16)
      await at.clock.advance(seconds(61))
    }
    expect(writes()).toBe(1)
  })

  test('what waits for its minute is written when the charger ends, and no timer is left', async () => {
    const { store, writes } = counting()
    const at = desk(store)
    const local = at.start()
    for (const amps of [16, 15, 14, 13, 12, 8]) local.limit(1, amps)
    local.enable(2, false)
    expect([writes(), at.start().limitOf(1)]).toEqual([5, 12])
    local.close()
    const next = at.start()
    expect([next.limitOf(1), next.isEnabled(2), writes()]).toEqual([8, false, 7])
    store.documents('local-control').clear()
    await at.clock.advance(seconds(120))
    expect(writes()).toBe(7)
  })

  test('after a rest a person has as many writes as before; what changes nothing costs none', async () => {
    const { store, writes } = counting()
    const at = desk(store)
    const local = at.start()
    for (let round = 1; round <= 3; round++) {
      for (let count = 0; count < 20; count++) local.enable(2, true)
      for (const amps of [10, 11, 12, 13, 14]) local.limit(1, amps)
      expect(writes()).toBe(5 * round)
      await at.clock.advance(seconds(301))
    }
  })

  test('a disk that takes nothing is asked again', async () => {
    const { store } = counting()
    let isFull = true
    const documents: typeof store.documents = <Value>(kind: string) => {
      const kept = store.documents<Value>(kind)
      return overriding(kept, {
        put: (...words: Parameters<typeof kept.put>) => {
          if (isFull) throw new StoreError('full', 'x')
          kept.put(...words)
        },
      })
    }
    const at = desk({ ...store, documents })
    at.start().limit(1, 16)
    expect(at.start().limitOf(1)).toBeUndefined()
    isFull = false
    await at.clock.advance(seconds(61))
    expect(at.start().limitOf(1)).toBe(16)
  })
})

describe('the switch of the owner', () => {
  test('pauses over a restart until it is enabled again', () => {
    const at = desk()
    at.start().enable(1, false)
    const next = at.start()
    expect([next.isEnabled(1), next.isEnabled(2)]).toEqual([false, true])
    next.enable('all', true)
    expect(at.start().isEnabled(1)).toBe(true)
    expect(at.applied.filter((each) => each.startsWith('1'))).toEqual(['1 disabled 0', '1 disabled 0', '1 disabled none'])
  })
})
