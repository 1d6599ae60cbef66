import { describe, expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { credentialTrial, type ShownCredentials } from '../../src/ocpp/credential-trial.ts'
import type { DialError, LinkState } from '../../src/ocpp/link.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { keptLog } from './log-lines.ts'

const old: ShownCredentials = { key: 'old', profile: 0 }

/** A trial over a link that the test opens, drops and lets fail. */
function trying(given: { readonly newest?: ShownCredentials; readonly kept?: ReturnType<typeof documents> } = {}) {
  const clock = simulatedClock()
  const kept = given.kept ?? documents()
  const [opened, received, dropped, failed] = [signal<void>(), signal<string>(), signal<void>(), signal<DialError['reason']>()]
  let state: LinkState = 'connecting'
  let newest = given.newest ?? old
  let isFull = false
  const told: string[] = []
  const drop = () => {
    if (state !== 'connected') return
    state = 'waiting'
    dropped.emit()
  }
  const trial = credentialTrial({
    link: {
      get state() {
        return state
      },
      ...{ opened, received, dropped, failed },
      reconnect() {
        told.push('reconnect')
        drop()
        state = 'connecting'
      },
    },
    clock,
    log: keptLog(),
    kept,
    newest: () => newest,
    restore(before) {
      if (isFull) throw new StoreError('full', 'no room')
      newest = before
      told.push('restored')
    },
    refused: () => told.push('refused'),
  })
  return {
    clock,
    kept,
    trial,
    told,
    get newest() {
      return newest
    },
    drop,
    open() {
      state = 'connected'
      opened.emit()
    },
    say: () => received.emit('[3,"1",{}]'),
    fail(reason: DialError['reason'], times = 1) {
      for (let each = 0; each < times; each++) failed.emit(reason)
    },
    async change(to: ShownCredentials) {
      trial.change(() => {
        newest = to
      })
      await clock.settle()
      await clock.advance(1)
    },
    full(so: boolean) {
      isFull = so
    },
  }
}

function documents() {
  return openStore({ directory: undefined, log: keptLog() }).documents<ShownCredentials>('credentials')
}

const key: ShownCredentials = { key: 'new', profile: 0 }

async function changed(to = key) {
  const w = trying()
  w.open()
  w.say()
  await w.change(to)
  return w
}

describe('a new key', () => {
  test('that works is all that is left', async () => {
    const w = await changed()
    expect([w.told, w.trial.shown, w.kept.get('before')]).toEqual([['reconnect'], key, old])
    w.open()
    w.say()
    expect([w.trial.shown, w.kept.entries()]).toEqual([key, []])
  })

  test('that is refused three times gives way to the one before, which is kept when it works', async () => {
    const w = await changed()
    w.fail('unauthorized', 2)
    expect(w.trial.shown).toEqual(key)
    w.fail('unauthorized')
    expect([w.trial.shown, w.newest]).toEqual([old, key])
    w.open()
    w.say()
    expect([w.trial.shown, w.newest, w.kept.entries()]).toEqual([old, old, [['given', key]]])
    expect(w.told).toEqual(['reconnect', 'refused', 'restored'])
  })

  /** On a poor network the new key looked refused, and the central system took the old one for a while longer. */
  async function wentBack() {
    const w = await changed()
    w.fail('unauthorized', 3)
    w.open()
    w.say()
    return w
  }

  test('is what the central system knows even so: once it refuses the one before, the new one has its turn, also after a restart', async () => {
    const before = await wentBack()
    const w = trying({ newest: old, kept: before.kept })
    for (let each = 0; each < 5; each++) {
      w.open()
      w.say()
      w.drop()
    }
    w.fail('network', 50)
    expect(w.trial.shown).toEqual(old)
    w.fail('unauthorized', 3)
    expect(w.trial.shown).toEqual(key)
    w.open()
    w.say()
    expect([w.trial.shown, w.newest, w.kept.entries()]).toEqual([key, key, []])
  })

  test('that follows one which was refused is tried beside the one that works', async () => {
    const w = await wentBack()
    await w.change({ key: 'third', profile: 0 })
    expect(w.kept.entries()).toEqual([['before', old]])
    w.fail('unauthorized', 3)
    expect(w.trial.shown).toEqual(old)
  })

  test('has its turn again when the one before is refused too', async () => {
    const w = await changed()
    w.fail('unauthorized', 6)
    expect(w.trial.shown).toEqual(key)
    w.open()
    w.say()
    expect([w.trial.shown, w.told]).toEqual([key, ['reconnect', 'refused']])
  })

  test('is not given up for a central system that is away', async () => {
    const w = await changed()
    for (const reason of ['refused', 'network', 'timeout', 'http', 'notFound'] as const) w.fail(reason, 20)
    expect(w.trial.shown).toEqual(key)
  })

  test('is refused too by a central system that opens and closes without a word', async () => {
    const w = await changed()
    for (let each = 0; each < 3; each++) {
      w.open()
      w.drop()
    }
    expect(w.trial.shown).toEqual(old)
  })

  test('is proved by half a minute of silence, not by a word on the connection before', async () => {
    const w = trying()
    w.open()
    w.trial.change(() => {})
    w.say()
    expect(w.kept.get('before')).toEqual(old)
    await w.clock.advance(1)
    w.open()
    await w.clock.advance(seconds(29))
    expect(w.kept.get('before')).toEqual(old)
    await w.clock.advance(seconds(1))
    expect(w.kept.entries()).toEqual([])
  })

  test('of two in a row leaves what was there before both', async () => {
    const w = await changed({ key: 'first', profile: 0 })
    w.open()
    await w.change({ key: 'second', profile: 0 })
    expect(w.kept.get('before')).toEqual(old)
  })

  test('before there was ever a connection has nothing to go back to', async () => {
    const w = trying()
    await w.change(key)
    w.fail('unauthorized', 10)
    expect([w.trial.shown, w.kept.entries()]).toEqual([key, []])
  })

  test('is still on trial after a restart', async () => {
    const before = await changed()
    const w = trying({ newest: key, kept: before.kept })
    expect(w.trial.shown).toEqual(key)
    w.fail('unauthorized', 3)
    expect(w.trial.shown).toEqual(old)
  })

  test('that was refused is forgotten only when the disk took it', async () => {
    const w = await changed()
    w.fail('unauthorized', 3)
    w.full(true)
    w.open()
    w.say()
    w.drop()
    expect([w.trial.shown, w.kept.get('before')]).toEqual([old, old])
    w.full(false)
    w.open()
    w.say()
    expect([w.newest, w.kept.get('before')]).toEqual([old, undefined])
  })
})

describe('a new security profile', () => {
  const profile: ShownCredentials = { key: 'old', profile: 1 }

  test('gives way after five failures of any kind', async () => {
    const w = await changed(profile)
    w.fail('network', 4)
    expect(w.trial.shown).toEqual(profile)
    w.fail('network')
    expect(w.trial.shown).toEqual(old)
  })

  test('that was given up does not come back by itself', async () => {
    const w = await changed(profile)
    w.fail('network', 5)
    w.open()
    w.say()
    expect([w.newest, w.kept.entries()]).toEqual([old, []])
  })

  test('that works after the central system was away for a while is kept', async () => {
    const w = await changed(profile)
    w.fail('network', 10)
    w.open()
    w.say()
    expect([w.trial.shown, w.told]).toEqual([profile, ['reconnect']])
  })
})

test('a refusal is told once, until a connection stood', async () => {
  const w = trying()
  w.fail('unauthorized', 50)
  w.open()
  w.drop()
  w.fail('unauthorized')
  expect(w.told).toEqual(['refused'])
  w.open()
  w.say()
  w.drop()
  w.fail('unauthorized')
  expect(w.told).toEqual(['refused', 'refused'])
})

test('what is closed reconnects no more', async () => {
  const w = trying()
  w.open()
  w.trial.change(() => {})
  w.trial.close()
  await w.clock.advance(seconds(60))
  expect(w.told).toEqual([])
})
