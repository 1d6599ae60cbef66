import type { ChargePoint } from '../core/charge-point.ts'
import { isMeasurand } from '../core/measurands.ts'
import { commaList, derived, type Key, type NameOf, put, truth, whole, words } from './key-kinds.ts'
import { profileKeys, vendorKeys } from './profile-keys.ts'
import { profilesOf } from './profiles.ts'
import { securityKeys } from './security-keys.ts'

/** More measurands than this make messages that some central systems refuse. */
const mostMeasurands = 20
/** Of the AC outlets. */
const phasesOf = ({ guard: { evses } }: ChargePoint) =>
  evses.reduce<0 | 1 | 3>((most, { dc, phases }) => (dc === undefined && phases > most ? phases : most), 0)
const hasDc = ({ guard: { evses } }: ChargePoint) => evses.some(({ dc }) => dc !== undefined)
const measurandList = (key: string, name: NameOf<readonly string[]>, effect: string) => [
  {
    ...words(
      key,
      name,
      effect,
      (word, core) => isMeasurand(word, phasesOf(core), hasDc(core)),
      () => mostMeasurands,
    ),
    values: 'measurands with commas between; Voltage.L1 for one phase',
  },
  derived(`${key}MaxLength`, `Largest number of measurands in ${key}.`, () => String(mostMeasurands)),
]

const mostRotations = (core: ChargePoint) => core.evses.length + 1
const rotation = words(
  'ConnectorPhaseRotation',
  'phaseRotation',
  'How the phases are wired, for the central system to know; load management counts by it: 0.RST,1.RST.',
  isRotation,
  mostRotations,
)
const areOnce = (list: readonly (string | undefined)[]) => new Set(list).size === list.length

const hasFixedCable = (core: ChargePoint) => core.guard.evses.every((evse) => evse.cable === 'fixed')
const unlockOnEvSideDisconnect = truth(
  'UnlockConnectorOnEVSideDisconnect',
  'unlockOnEvSideDisconnect',
  'Unlock the plug when the cable is unplugged at the EV; with a fixed cable false and read-only.',
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
    values: 'connector.rotation, with commas between; Unknown, NotApplicable, RST, RTS, SRT, STR, TRS, TSR',
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
  truth('LocalAuthorizeOffline', 'localAuthorizeOffline', 'Offline: charge with cards that the local list or the cache has as accepted.'),
  truth('LocalPreAuthorize', 'localPreAuthorize', 'Charge with such cards without asking first, online too.'),
  whole('MaxEnergyOnInvalidId', 'maxEnergyOnInvalidId', 'Wh that a transaction may still draw after its card was refused, where it is not ended.'),
  whole('MessageTimeout', 'messageTimeout', 'Seconds that an answer to a message may take.'),
  ...measurandList('MeterValuesAlignedData', 'alignedMeasurands', 'Measurands of clock-aligned samples.'),
  ...measurandList('MeterValuesSampledData', 'sampledMeasurands', 'Measurands of periodic samples.'),
  whole('MeterValueSampleInterval', 'sampleInterval', 'Seconds between samples of a transaction; 0: none.'),
  whole('MinimumStatusDuration', 'minimumStatusDuration', 'Seconds a status must hold before it is reported; 0: every change.'),
  derived('NumberOfConnectors', 'Outlets of this station.', (core) => String(core.evses.length)),
  whole('ResetRetries', 'resetRetries', 'How often a reset that fails half-way is tried again.'),
  truth('StopTransactionOnEVSideDisconnect', 'stopTransactionOnEvSideDisconnect', 'End the transaction when the cable is unplugged at the EV.'),
  truth('StopTransactionOnInvalidId', 'stopTransactionOnInvalidId', 'End the transaction when its card is refused afterwards.'),
  ...measurandList('StopTxnAlignedData', 'endAlignedMeasurands', 'Clock-aligned measurands in StopTransaction.req.'),
  ...measurandList('StopTxnSampledData', 'endSampledMeasurands', 'Periodic measurands in StopTransaction.req.'),
  {
    key: 'SupportedFeatureProfiles',
    access: 'r',
    effect: 'Feature profiles that are offered; a settings file may name fewer.',
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
  ...securityKeys,
  ...profileKeys,
  ...vendorKeys,
]

/** Whether its feature profile is offered here. */
export function isOffered({ profile = 'Core' }: Key, core: ChargePoint): boolean {
  // Those two always are: most keys need no look.
  return profile === 'Core' || profile === 'Security' || profilesOf(core).includes(profile)
}

/** True when only a person at the charger, never the central system, may change the key. */
export function isReadOnly(key: Key, core: ChargePoint): boolean {
  return key.access === 'r' || (key.key === unlockOnEvSideDisconnect.key && hasFixedCable(core))
}

function isRotation(word: string, core: ChargePoint): boolean {
  const found = /^(0|[1-9]\d*)\.(NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR)$/.exec(word)
  return found !== null && (found[1] === '0' || core.evses.includes(Number(found[1])))
}
