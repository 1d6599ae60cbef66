import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { localControl } from '../../src/core/local-control.ts'
import { openStore } from '../../src/store/open.ts'

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
