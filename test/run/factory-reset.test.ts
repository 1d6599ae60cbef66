import { globSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import { devicePassword, newDevicePassword, shownPassword } from '../../src/run/device-password.ts'
import { cleared, confirmedReset, factoryReset, kept } from '../../src/run/factory-reset.ts'
import { lockDirectory } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/open.ts'
import { world } from '../stories/world.ts'

const fresh = () => mkdtempSync(join(tmpdir(), 'pilotwire-reset-'))

/** A state directory with a station that was used, and switched off. */
async function used() {
  const directory = fresh()
  const store = openStore({ directory, log: silentLog })
  const w = await world({ parts: { store }, settings: { HeartbeatInterval: '111' }, offline: true })
  w.core.settings.set('heartbeatInterval', 222)
  w.core.local.limit(1, 10)
  w.core.local.enable(1, false)
  w.core.setAvailability(1, false)
  w.station.place.move({ url: 'ws://elsewhere', identity: 'CP-9' })
  w.core.security.note('startupOfTheDevice', 'not delivered yet')
  await w.clock.advance(seconds(1))
  const waiting = w.station.door.reports().waiting
  w.station.drop()
  store.documents('registers').put('1', { wh: 12_345 })
  store.close()
  return { directory, waiting }
}

async function started(directory: string) {
  const store = openStore({ directory, log: silentLog })
  const w = await world({ parts: { store }, settings: { HeartbeatInterval: '333' }, offline: true })
  return { ...w, store }
}

describe('a factory reset', () => {
  test('what people and central systems decided goes, and the factory values of the station file count again', async () => {
    const { directory } = await used()
    const before = await started(directory)
    expect(before.core.settings.get('heartbeatInterval')).toBe(222)
    expect(before.core.local.limitOf(1)).toBe(10)
    before.station.drop()
    before.store.close()
    factoryReset(directory)
    const w = await started(directory)
    expect(w.core.settings.get('heartbeatInterval')).toBe(333)
    expect(w.core.local.limitOf(1)).toBeUndefined()
    expect(w.core.local.isEnabled(1)).toBe(true)
    expect(w.core.view(1).isOperative).toBe(true)
    expect(w.station.place).toMatchObject({ url: 'ws://memory', identity: 'CP-1', isChanged: false })
    w.core.settings.set('heartbeatInterval', 444)
    w.station.drop()
    w.store.close()
    // Once: what is decided from now on stays.
    expect((await started(directory)).core.settings.get('heartbeatInterval')).toBe(444)
  })

  test('what was charged stays, and what is to be told', async () => {
    const { directory, waiting } = await used()
    expect(waiting).toBeGreaterThan(0)
    factoryReset(directory)
    const store = openStore({ directory, log: silentLog })
    expect(store.documents('registers').get('1')).toEqual({ wh: 12_345 })
    const w = await world({ parts: { store }, offline: true })
    expect(w.station.door.reports().waiting).toBeGreaterThanOrEqual(waiting)
  })

  test('the password of the device goes', async () => {
    const { directory } = await used()
    const { password } = devicePassword(directory)
    factoryReset(directory)
    expect(devicePassword(directory)).toEqual({ password: expect.not.stringMatching(password), isNew: true })
  })

  test('it wants a yes, a charge point, and that none runs on it', async () => {
    const { directory } = await used()
    expect(() => confirmedReset(directory, false)).toThrow(/--yes/)
    expect(() => factoryReset(fresh())).toThrow(/there is no charge point in it/)
    const lock = lockDirectory(directory)
    expect(() => factoryReset(directory)).toThrow(/in use by another process/)
    lock.release()
    confirmedReset(directory, true)
  })

  test('every kind of document either goes or stays', () => {
    const root = fileURLToPath(new URL('../../src', import.meta.url))
    const sources = globSync('**/*.ts', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'))
    const kinds = sources.flatMap((text) => [...text.matchAll(/\.documents(?:<[^(]*>)?\('([\w-]+)'\)/g)].map(([, kind = '']) => kind))
    expect(new Set(kinds).size).toBeGreaterThan(20)
    expect([...new Set(kinds)].sort()).toEqual([...cleared, ...kept].sort())
  })
})

describe('the password of a device', () => {
  test('is made once, readable, for its owner alone, and different for each device', () => {
    const directory = fresh()
    const { password, isNew } = devicePassword(directory)
    expect(isNew).toBe(true)
    expect(password).toMatch(/^[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{4}$/)
    expect(devicePassword(directory)).toEqual({ password, isNew: false })
    expect(shownPassword(directory)).toBe(password)
    expect(statSync(join(directory, 'door-password')).mode & 0o777).toBe(0o600)
    expect(devicePassword(fresh()).password).not.toBe(password)
  })

  test('can be made anew', () => {
    const directory = fresh()
    const { password } = devicePassword(directory)
    const next = newDevicePassword(directory)
    expect(next).not.toBe(password)
    expect(devicePassword(directory)).toEqual({ password: next, isNew: false })
  })

  test('that is not there yet is said, with the way to it', () => {
    expect(() => shownPassword(fresh())).toThrow(/there is no password in it.*login: device.*--new/)
  })
})
