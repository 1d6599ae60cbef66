import type { ChargePoint } from '../core/charge-point.ts'
import { isMeasurand } from '../core/measurands.ts'
import type { SettingName, SettingValues } from '../core/settings.ts'
import { passwordOf } from '../ocpp/security.ts'
import type { FeatureProfile } from './messages/catalogue.ts'

/** The feature profiles that this program has. */
export const ownProfiles = ['Core', 'RemoteTrigger'] as const satisfies readonly FeatureProfile[]

/** What an OCPP key is made of. Values are text on the wire. */
export interface Key {
  readonly key: string
  /** `w`: never told. */
  readonly access: 'rw' | 'r' | 'w'
  /** What it does, for people. */
  readonly effect: string
  read(core: ChargePoint): string
  /** Sets it, whoever asks; false: not a value of this key. Absent: derived from something else. */
  write?(core: ChargePoint, value: string): boolean
}

type NameOf<T> = { [N in SettingName]: SettingValues[N] extends T ? N : never }[SettingName]

const put = <N extends SettingName>(core: ChargePoint, name: N, value: SettingValues[N]): boolean => {
  try {
    core.settings.set(name, value)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const truth = (key: string, name: NameOf<boolean>, effect: string, access: Key['access'] = 'rw'): Key => ({
  key,
  access,
  effect,
  read: (core) => String(core.settings.get(name)),
  write(core, value) {
    const said = value.trim().toLowerCase()
    return (said === 'true' || said === 'false') && put(core, name, said === 'true')
  },
})

const whole = (key: string, name: NameOf<number>, effect: string, access: Key['access'] = 'rw'): Key => ({
  key,
  access,
  effect,
  read: (core) => String(core.settings.get(name)),
  write: (core, value) => /^\d{1,10}$/.test(value.trim()) && put(core, name, Number(value)),
})

/** CiString500Type: what GetConfiguration.conf can carry. */
const longestValue = 500
const commaList = (value: string) =>
  value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

const words = (
  key: string,
  name: NameOf<readonly string[]>,
  effect: string,
  isAllowed: (word: string, core: ChargePoint) => boolean,
  maxLength: (core: ChargePoint) => number,
): Key => ({
  key,
  access: 'rw',
  effect,
  read: (core) => core.settings.get(name).join(','),
  write(core, value) {
    const list = commaList(value)
    // One word that is not known refuses the whole (OCPP 1.6 §3.16.4): nothing changes.
    return value.length <= longestValue && list.length <= maxLength(core) && list.every((word) => isAllowed(word, core)) && put(core, name, list)
  },
})

const derived = (key: string, effect: string, read: (core: ChargePoint) => string): Key => ({ key, access: 'r', effect, read })

/** More measurands than this make messages that some central systems refuse. */
const mostMeasurands = 20
/** Of the AC outlets. */
const phasesOf = ({ guard: { evses } }: ChargePoint) =>
  evses.reduce<0 | 1 | 3>((most, { dc, phases }) => (dc === undefined && phases > most ? phases : most), 0)
const hasDc = ({ guard: { evses } }: ChargePoint) => evses.some(({ dc }) => dc !== undefined)
const measurandList = (key: string, name: NameOf<readonly string[]>, effect: string) => [
  words(
    key,
    name,
    effect,
    (word, core) => isMeasurand(word, phasesOf(core), hasDc(core)),
    () => mostMeasurands,
  ),
  derived(`${key}MaxLength`, `Largest number of measurands in ${key}.`, () => String(mostMeasurands)),
]

export function profilesOf(core: ChargePoint): readonly string[] {
  const chosen = core.settings.get('featureProfiles')
  return ownProfiles.filter((profile) => profile === 'Core' || chosen.length === 0 || chosen.includes(profile))
}

const mostRotations = (core: ChargePoint) => core.evses.length + 1
const rotation = words('ConnectorPhaseRotation', 'phaseRotation', 'How the phases are wired: 0.RST,1.RST.', isRotation, mostRotations)
const areOnce = (list: readonly (string | undefined)[]) => new Set(list).size === list.length

const hasFixedCable = (core: ChargePoint) => core.guard.evses.every((evse) => evse.cable === 'fixed')
const unlockOnEvSideDisconnect = truth(
  'UnlockConnectorOnEVSideDisconnect',
  'unlockOnEvSideDisconnect',
  'Unlock the plug when the cable is unplugged at the EV.',
)

/** The configuration keys of OCPP 1.6 §9 that have an effect here, in the order they are told. */
export const keys: readonly Key[] = [
  truth('AllowOfflineTxForUnknownId', 'allowOfflineTxForUnknownId', 'Offline: charge with cards that were never seen.'),
  truth('AuthorizationCacheEnabled', 'authorizationCacheEnabled', "Remember the central system's answers about cards."),
  truth('AuthorizeRemoteTxRequests', 'authorizeRemoteTxRequests', 'Ask about the card of a remote start as if it were at the reader.'),
  whole('ClockAlignedDataInterval', 'clockAlignedInterval', 'Seconds between clock-aligned samples, from midnight UTC; 0: none.'),
  whole('ConnectionTimeOut', 'connectionTimeout', 'Seconds that a card waits for the cable, or a cable for the card; 0: for ever.'),
  {
    ...rotation,
    // Until somebody says how it is wired: one entry a connector, as many as fit.
    read: (core) =>
      rotation.read(core) ||
      core.guard.evses
        .map(({ evse, phases }) => `${evse}.${phases === 1 ? 'NotApplicable' : 'Unknown'}`)
        .slice(0, 30)
        .join(','),
    write: (core, value) => areOnce(commaList(value).map((word) => word.split('.')[0])) && rotation.write?.(core, value) === true,
  },
  derived('ConnectorPhaseRotationMaxLength', 'Largest number of entries in ConnectorPhaseRotation.', (core) => String(mostRotations(core))),
  whole('GetConfigurationMaxKeys', 'getConfigurationMaxKeys', 'Largest number of keys in one GetConfiguration.req.', 'r'),
  whole('HeartbeatInterval', 'heartbeatInterval', 'Seconds of silence before a Heartbeat; 0: one a day.'),
  truth('LocalAuthorizeOffline', 'localAuthorizeOffline', 'Offline: charge with cards that are remembered as accepted.'),
  truth('LocalPreAuthorize', 'localPreAuthorize', 'Charge with remembered cards without asking first.'),
  whole('MessageTimeout', 'messageTimeout', 'Seconds that an answer to a message may take.'),
  ...measurandList('MeterValuesAlignedData', 'alignedMeasurands', 'Measurands of clock-aligned samples.'),
  ...measurandList('MeterValuesSampledData', 'sampledMeasurands', 'Measurands of periodic samples.'),
  whole('MeterValueSampleInterval', 'sampleInterval', 'Seconds between samples of a transaction; 0: none.'),
  whole('MinimumStatusDuration', 'minimumStatusDuration', 'Seconds a status must hold before it is reported; 0: every change.'),
  derived('NumberOfConnectors', 'Outlets of this station.', (core) => String(core.evses.length)),
  whole('ResetRetries', 'resetRetries', 'How often a reset that finds a contactor closed is tried again.'),
  truth('StopTransactionOnEVSideDisconnect', 'stopTransactionOnEvSideDisconnect', 'End the transaction when the cable is unplugged at the EV.'),
  truth('StopTransactionOnInvalidId', 'stopTransactionOnInvalidId', 'End the transaction when its card is refused afterwards.'),
  ...measurandList('StopTxnAlignedData', 'endAlignedMeasurands', 'Clock-aligned measurands in StopTransaction.req.'),
  ...measurandList('StopTxnSampledData', 'endSampledMeasurands', 'Periodic measurands in StopTransaction.req.'),
  {
    key: 'SupportedFeatureProfiles',
    access: 'r',
    effect: 'Feature profiles that are offered.',
    read: (core) => profilesOf(core).join(','),
    write(core, value) {
      const list = commaList(value)
      return list.includes('Core') && put(core, 'featureProfiles', list)
    },
  },
  whole('TransactionMessageAttempts', 'transactionMessageAttempts', "Transmissions of a transaction's message that is refused or not answered."),
  whole('TransactionMessageRetryInterval', 'transactionMessageRetryInterval', 'Seconds before such a message is sent again, times its transmissions so far.'),
  {
    ...unlockOnEvSideDisconnect,
    // Errata 3.83: a fixed cable is never unlocked.
    read: (core) => (hasFixedCable(core) ? 'false' : unlockOnEvSideDisconnect.read(core)),
    write: (core, value) => !hasFixedCable(core) && unlockOnEvSideDisconnect.write?.(core, value) === true,
  },
  whole('WebSocketPingInterval', 'webSocketPingInterval', 'Seconds between pings of the connection; 0: none.'),
  {
    key: 'AuthorizationKey',
    access: 'w',
    effect: 'Password for the connection (security profile 1). Never told.',
    read: () => '',
    // What cannot be a password would lock the station out of its central system.
    write: (core, value) => 'bytes' in passwordOf(value, 'auto') && put(core, 'authorizationKey', value),
  },
]

const byName: ReadonlyMap<string, Key> = new Map(keys.map((each) => [each.key.toLowerCase(), each]))

/** Keys are compared without regard to case (CiString50Type). */
export function findKey(name: string): Key | undefined {
  return byName.get(name.toLowerCase())
}

/** True when only a person at the charger, never the central system, may change the key. */
export function isReadOnly(key: Key, core: ChargePoint): boolean {
  return key.access === 'r' || (key.key === unlockOnEvSideDisconnect.key && hasFixedCable(core))
}

function isRotation(word: string, core: ChargePoint): boolean {
  const found = /^(0|[1-9]\d*)\.(NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR)$/.exec(word)
  return found !== null && (found[1] === '0' || core.evses.includes(Number(found[1])))
}

/** Every key of the specification, its errata and the security whitepaper, offered here or not. */
export const standardKeys: readonly string[] = [
  ...keys.map(({ key }) => key),
  'BlinkRepeat',
  'LightIntensity',
  'MaxEnergyOnInvalidId',
  'SupportedFeatureProfilesMaxLength',
  'SupportedFileTransferProtocols',
  'LocalAuthListEnabled',
  'LocalAuthListMaxLength',
  'SendLocalListMaxLength',
  'ReserveConnectorZeroSupported',
  'ChargeProfileMaxStackLevel',
  'ChargingScheduleAllowedChargingRateUnit',
  'ChargingScheduleMaxPeriods',
  'ConnectorSwitch3to1PhaseSupported',
  'MaxChargingProfilesInstalled',
  'AdditionalRootCertificateCheck',
  'CertificateSignedMaxChainSize',
  'CertificateStoreMaxLength',
  'CpoName',
  'SecurityProfile',
]

/** What became of one factory value. */
export type FactoryOutcome = 'set' | 'refused' | 'derived' | 'notOffered' | 'unknown'

/** Applies a value of the settings file, whatever the central system's access to the key. */
export function applyFactory(core: ChargePoint, name: string, value: string): FactoryOutcome {
  const key = findKey(name)
  if (key === undefined) return standardKeys.some((each) => each.toLowerCase() === name.toLowerCase()) ? 'notOffered' : 'unknown'
  if (key.write === undefined) return key.read(core) === value ? 'set' : 'derived'
  return key.write(core, value) ? 'set' : 'refused'
}
