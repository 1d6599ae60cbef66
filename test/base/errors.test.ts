import { expect, test } from 'vitest'
import { ConfigError, DeviceError, wordsOf } from '../../src/base/errors.ts'

test('a configuration error names the file, the field and the remedy in one line', () => {
  const error = new ConfigError('station.yaml', 'network.ping', 'is 0', 'Give at least 1 second')
  expect(error.message).toBe('station.yaml: network.ping: is 0. Give at least 1 second')
  expect(error).toMatchObject({ name: 'ConfigError', source: 'station.yaml', field: 'network.ping', remedy: 'Give at least 1 second' })
})

test('without a field the whole source is at fault', () => {
  expect(new ConfigError('--id', '', 'is missing', 'Give one').message).toBe('--id: is missing. Give one')
})

test('a device error keeps its cause', () => {
  const cause = new Error('no answer')
  expect(new DeviceError('meter', 'timeout', cause)).toMatchObject({ message: 'meter: timeout', device: 'meter', problem: 'timeout', cause })
})

test('anything that was thrown has words', () => {
  expect([new Error('a'), 'b', 3, undefined].map(wordsOf)).toEqual(['a', 'b', '3', 'undefined'])
})
