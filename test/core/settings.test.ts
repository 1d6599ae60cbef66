import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { type SettingValue, settings } from '../../src/core/settings.ts'
import { openStore } from '../../src/store/open.ts'

test('what another program stored and this one does not allow falls back to the initial value', () => {
  const documents = openStore({ directory: undefined, log: silentLog }).documents<SettingValue>('settings')
  documents.put('heartbeatInterval', -5)
  documents.put('localPreAuthorize', 'yes')
  documents.put('sampleInterval', 90)
  documents.put('ofAnotherProgram', 1)
  const values = settings(documents)
  expect([values.get('heartbeatInterval'), values.get('localPreAuthorize'), values.get('sampleInterval')]).toEqual([300, false, 90])
})

test('a value that is not allowed, or cannot be kept, changes nothing and is told of to nobody', () => {
  const documents = openStore({ directory: undefined, log: silentLog }).documents<SettingValue>('settings')
  const values = settings(documents)
  const told: string[] = []
  values.changed.on((name) => told.push(name))
  expect(() => values.set('connectionTimeout', 1.5)).toThrow(RangeError)
  documents.put = () => {
    throw new Error('no room')
  }
  expect(() => values.set('connectionTimeout', 30)).toThrow('no room')
  values.set('connectionTimeout', 60)
  expect([values.get('connectionTimeout'), told]).toEqual([60, []])
})

test('a value of the station itself holds until one is set, and what was set outlives it', () => {
  const documents = openStore({ directory: undefined, log: silentLog }).documents<SettingValue>('settings')
  const factory = { preBootTransactions: true, freeVendToken: 'FREE' }
  expect(settings(documents).get('preBootTransactions')).toBe(false)
  const values = settings(documents, factory)
  expect([values.get('preBootTransactions'), values.get('freeVendToken')]).toEqual([true, 'FREE'])
  values.set('preBootTransactions', false)
  const again = settings(documents, factory)
  expect([again.get('preBootTransactions'), again.get('freeVendToken')]).toEqual([false, 'FREE'])
})
