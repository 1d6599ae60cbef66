import { expect } from 'vitest'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

interface Told {
  readonly configurationKey?: readonly { readonly key: string; readonly readonly: boolean; readonly value?: string }[]
  readonly unknownKey?: readonly string[]
}
const configuration = async (t: Rig, ...key: readonly string[]): Promise<Told> => (await t.asks('GetConfiguration', key.length === 0 ? {} : { key })) as Told

/** The keys that OCPP 1.6 §9 (errata 3.79: StopTransactionOnEVSideDisconnect is optional) requires of whoever has the profile. */
const required: Readonly<Record<string, readonly string[]>> = {
  Core: [
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
  ],
  FirmwareManagement: ['SupportedFileTransferProtocols'],
  LocalAuthListManagement: ['LocalAuthListEnabled', 'LocalAuthListMaxLength', 'SendLocalListMaxLength'],
  Reservation: [],
  SmartCharging: ['ChargeProfileMaxStackLevel', 'ChargingScheduleAllowedChargingRateUnit', 'ChargingScheduleMaxPeriods', 'MaxChargingProfilesInstalled'],
  RemoteTrigger: [],
}

octt(
  'TC_019_CS Retrieve configuration',
  async (t) => {
    await t.boots()
    const { configurationKey = [], unknownKey = [] } = await configuration(t)
    expect(unknownKey).toEqual([])
    const [one] = (await configuration(t, 'SupportedFeatureProfiles')).configurationKey ?? []
    expect(one).toMatchObject({ key: 'SupportedFeatureProfiles', readonly: true })
    const profiles = one?.value?.split(',') ?? []
    expect(profiles.toSorted()).toEqual(Object.keys(required).sort())
    const needed = profiles.flatMap((profile) => required[profile] ?? [])
    expect(configurationKey.map(({ key }) => key)).toEqual(expect.arrayContaining(needed))
    expect(configurationKey.every(({ value }) => value !== undefined)).toBe(true)
    // As many as may be asked for at once, one of them unknown.
    const most = Number((await configuration(t, 'GetConfigurationMaxKeys')).configurationKey?.[0]?.value)
    const known = configurationKey.map(({ key }) => key).slice(0, most - 1)
    const asked = await configuration(t, ...known, 'NoSuchKey')
    expect(asked.configurationKey?.map(({ key }) => key)).toEqual(known)
    expect(asked.unknownKey).toEqual(['NoSuchKey'])
  },
  { hasFiles: true },
)

octt('TC_021_CS Change/set configuration', async (t) => {
  await t.boots()
  expect(await t.valueOf('MeterValueSampleInterval')).toBe('0')
  await t.configures({ MeterValueSampleInterval: '17' })
  expect(await t.valueOf('MeterValueSampleInterval')).toBe('17')
  // A reboot changes nothing.
  await t.powerCycle()
  await t.boots()
  expect(await t.valueOf('MeterValueSampleInterval')).toBe('17')
})

octt('TC_040_1_CS Configuration key - NotSupported', async (t) => {
  await t.boots()
  expect(await t.asks('ChangeConfiguration', { key: 'NoSuchKey', value: '1' })).toEqual({ status: 'NotSupported' })
})

octt('TC_040_2_CS Configuration key - invalid value', async (t) => {
  await t.boots()
  for (const [key, value] of [
    ['MeterValueSampleInterval', '-1'],
    ['MeterValueSampleInterval', 'often'],
    ['MeterValuesSampledData', 'Energy.Active.Import.Register,Happiness'],
    ['LocalPreAuthorize', 'perhaps'],
    ['NumberOfConnectors', '3'],
  ] as const) {
    const before = await t.valueOf(key)
    expect([key, value, await t.asks('ChangeConfiguration', { key, value })]).toEqual([key, value, { status: 'Rejected' }])
    expect(await t.valueOf(key)).toBe(before)
  }
})
