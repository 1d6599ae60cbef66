import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { settingsTable } from '../../src/core/settings.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import { isOffered, isReadOnly, keys } from '../../src/ocpp16/keys.ts'
import { GetConfiguration } from '../../src/ocpp16/messages/core.ts'
import { ownProfiles } from '../../src/ocpp16/profiles.ts'
import { standardKeys } from '../../src/ocpp16/settings.ts'
import { type World, withEvses, world } from '../stories/world.ts'

let w: World
beforeEach(async () => {
  w = await world({ offline: true, board: withEvses(2) })
})
const snapshot = () => JSON.stringify(Object.keys(settingsTable).map((name) => w.core.settings.get(name as keyof typeof settingsTable)))
const writable = keys.filter((key) => key.access !== 'r' && key.write !== undefined)
const find = (name: string) => {
  const key = keys.find((each) => each.key === name)
  if (key === undefined) throw new Error(`no key ${name}`)
  return key
}

describe('the keys as a whole', () => {
  test('each stands once, whatever its case, and fits GetConfiguration.conf', () => {
    expect(new Set(keys.map(({ key }) => key.toLowerCase())).size).toBe(keys.length)
    const configurationKey = keys.map((key) => ({ key: key.key, readonly: isReadOnly(key, w.core), value: key.read(w.core) }))
    expect(violationOf(GetConfiguration.response, { configurationKey })).toBeUndefined()
  })
  test('each key of the Core profile that is required is there (§9.1, errata 3.79)', () => {
    const required = [
      'AuthorizeRemoteTxRequests',
      'ClockAlignedDataInterval',
      'ConnectionTimeOut',
      'ConnectorPhaseRotation',
      'GetConfigurationMaxKeys',
      'HeartbeatInterval',
      'LocalAuthorizeOffline',
      'LocalPreAuthorize',
      'MeterValuesAlignedData',
      'MeterValuesSampledData',
      'MeterValueSampleInterval',
      'NumberOfConnectors',
      'ResetRetries',
      'StopTransactionOnEVSideDisconnect',
      'StopTransactionOnInvalidId',
      'StopTxnAlignedData',
      'StopTxnSampledData',
      'SupportedFeatureProfiles',
      'TransactionMessageAttempts',
      'TransactionMessageRetryInterval',
      'UnlockConnectorOnEVSideDisconnect',
    ]
    expect(required.filter((name) => !keys.some(({ key }) => key === name))).toEqual([])
  })
  test('none of a feature that is not there is offered', () => {
    const foreign = /^(?:Blink|Light|SupportedFile|AdditionalRoot|Certificate|CpoName)/
    expect(keys.filter((key) => isOffered(key, w.core) && foreign.test(key.key)).map(({ key }) => key)).toEqual([])
    expect(find('SupportedFeatureProfiles').read(w.core)).toBe(ownProfiles.filter((each) => each !== 'FirmwareManagement').join(','))
  })
  test('every key is one of the specification', () => {
    expect(standardKeys).toEqual(expect.arrayContaining(keys.map(({ key }) => key)))
    expect(new Set(standardKeys).size).toBe(standardKeys.length)
  })
  test('what a key tells is a value that it takes', () => {
    for (const key of writable) {
      // A security profile is only ever raised (A05.FR.01).
      if (key.access === 'w' || key.key === 'SecurityProfile') continue
      const before = snapshot()
      expect(`${key.key} ${key.write?.(w.core, key.read(w.core))}`).toBe(`${key.key} true`)
      if (key.key !== 'ConnectorPhaseRotation') expect(snapshot()).toBe(before)
    }
  })
})

/** Refused by every key that is neither text nor a list. */
const nonsense = fc.oneof(
  fc.integer({ max: -1 }).map(String),
  fc.double({ noInteger: true, noNaN: true }).map(String),
  fc.integer({ min: 2_147_483_648, max: 9_999_999_999_999 }).map(String),
  fc.constantFrom(
    '',
    ' ',
    '-1',
    '1.0',
    '1e3',
    '0x10',
    '+5',
    'NaN',
    'Infinity',
    'null',
    'undefined',
    'yes',
    '١٢',
    '1,2',
    '9'.repeat(500),
    '-0',
    '1 2',
    'TRUE FALSE',
  ),
  fc.string({ minLength: 1, maxLength: 500 }).filter((text) => !/^\s*(?:\d+|true|false)\s*$/i.test(text)),
)
const isNumber = (value: string) => /^\d+$/.test(value)
/** Any text fits them. */
const textKeys = ['FreeVendIdTag']
const listKeys = ['ConnectorPhaseRotation', 'MeterValuesAlignedData', 'MeterValuesSampledData', 'StopTxnAlignedData', 'StopTxnSampledData']

describe('a bad value is refused and changes nothing', () => {
  test.each(
    writable
      .filter(({ key, access, read }) => access === 'rw' && ![...listKeys, ...textKeys].includes(key) && read !== undefined)
      .map((key) => [key.key, key] as const),
  )('%s', (_name, key) => {
    fc.assert(
      fc.property(nonsense, (value) => {
        const before = snapshot()
        expect(key.write?.(w.core, value)).toBe(false)
        expect(snapshot()).toBe(before)
      }),
    )
    // A number for a truth, a truth for a number.
    expect(key.write?.(w.core, isNumber(key.read(w.core)) ? 'true' : '1')).toBe(false)
  })
  test.each(listKeys)('%s: one unknown word refuses the whole', (name) => {
    const key = find(name)
    const good = name === 'ConnectorPhaseRotation' ? '1.RST' : 'Voltage'
    expect(key.write?.(w.core, good)).toBe(true)
    const before = snapshot()
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 50 }).filter((word) => !/^\s*$/.test(word) && !word.includes(',')),
        fc.boolean(),
        (word, isFirst) => {
          expect(key.write?.(w.core, isFirst ? `${word}x,${good}` : `${good},${word}x`)).toBe(false)
          expect(snapshot()).toBe(before)
        },
      ),
    )
  })
  test.each([
    ['ConnectorPhaseRotation', '3.RST'],
    ['ConnectorPhaseRotation', '1.RST,1.RTS'],
    ['ConnectorPhaseRotation', '1.XYZ'],
    ['ConnectorPhaseRotation', '01.RST'],
    ['MeterValuesSampledData', Array.from({ length: 21 }, () => 'Voltage').join(',')],
    ['MeterValuesSampledData', 'Voltage;Frequency'],
    ['MessageTimeout', '0'],
    ['SupportedFeatureProfiles', 'RemoteTrigger'],
    ['GetConfigurationMaxKeys', '0'],
    ['FreeVendIdTag', 'x'.repeat(21)],
    ['AuthorizationKey', ''],
    ['AuthorizationKey', 'x'.repeat(65)],
    ['AuthorizationKey', 'line\nbreak'],
    ['SecurityProfile', '0'],
    ['SecurityProfile', '1'],
    ['SecurityProfile', '2'],
    ['SecurityProfile', '3'],
    ['SecurityProfile', '-1'],
    ['SecurityProfile', '01'],
  ])('%s = %j', (name, value) => {
    const before = snapshot()
    expect(find(name).write?.(w.core, value)).toBe(false)
    expect(snapshot()).toBe(before)
  })
})

test.each([
  ['MeterValuesSampledData', ' Voltage , Current.Import.L2,', 'Voltage,Current.Import.L2'],
  ['StopTxnSampledData', '', ''],
  ['ConnectorPhaseRotation', '0.RST, 1.RST, 2.RTS', '0.RST,1.RST,2.RTS'],
  ['LocalPreAuthorize', ' TRUE ', 'true'],
  ['HeartbeatInterval', '2147483647', '2147483647'],
  ['MeterValueSampleInterval', '0', '0'],
])('%s takes %j and tells %j', (name, value, told) => {
  expect(find(name).write?.(w.core, value)).toBe(true)
  expect(find(name).read(w.core)).toBe(told)
})

test('until somebody says how the phases are wired, each connector has an entry', () => {
  expect(find('ConnectorPhaseRotation').read(w.core)).toBe('1.Unknown,2.Unknown')
  expect(find('ConnectorPhaseRotationMaxLength').read(w.core)).toBe('3')
})

test('a key that is only written is never read', () => {
  expect(find('AuthorizationKey').write?.(w.core, 'a fine password')).toBe(true)
  expect(find('AuthorizationKey').read(w.core)).toBe('')
})
