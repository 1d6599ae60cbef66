import { highestStackLevel, mostPeriods, mostProfiles } from '../core/charging/profile.ts'
import { longestList, longestUpdate } from '../core/local-list.ts'
import { derived, type Key, text, truth, whole } from './key-kinds.ts'
import type { FeatureProfile } from './messages/catalogue.ts'

const of = (profile: FeatureProfile, ...keys: readonly Key[]): readonly Key[] => keys.map((each) => ({ ...each, profile }))

/** The configuration keys of the feature profiles beside Core (OCPP 1.6 §9.2 to §9.4, errata 3.90). */
export const profileKeys: readonly Key[] = [
  ...of(
    'FirmwareManagement',
    derived('SupportedFileTransferProtocols', 'Protocols for firmware and diagnostics.', ({ firmware }) => firmware?.protocols.join(',') ?? ''),
  ),
  ...of(
    'LocalAuthListManagement',
    truth('LocalAuthListEnabled', 'localListEnabled', 'Heed the list of cards that the central system keeps here.'),
    derived('LocalAuthListMaxLength', 'Largest number of cards in the local list.', () => String(longestList)),
    derived('SendLocalListMaxLength', 'Largest number of cards in one SendLocalList.req.', () => String(longestUpdate)),
  ),
  ...of('Reservation', truth('ReserveConnectorZeroSupported', 'reserveConnectorZeroSupported', 'A reservation may leave the connector open.', 'r')),
  ...of(
    'SmartCharging',
    derived('ChargeProfileMaxStackLevel', 'Highest stackLevel of a charging profile.', () => String(highestStackLevel)),
    derived('ChargingScheduleAllowedChargingRateUnit', 'Units of a charging schedule.', () => 'Current,Power'),
    derived('ChargingScheduleMaxPeriods', 'Largest number of periods in a charging schedule.', () => String(mostPeriods)),
    derived('ConnectorSwitch3to1PhaseSupported', 'Phases are switched while a car charges.', ({ guard: { evses } }) =>
      String(evses.some((evse) => evse.switchesPhases)),
    ),
    derived('MaxChargingProfilesInstalled', 'Largest number of charging profiles.', () => String(mostProfiles)),
  ),
]

/** Of no specification; other charge points know them under the same names. */
export const vendorKeys: readonly Key[] = [
  whole('AuthorizationTimeout', 'authorizationTimeout', 'Seconds for the answer about a card before the offline rules decide; 0: MessageTimeout.'),
  truth('FreeVendActive', 'freeVend', 'Charge every car without a card, under FreeVendIdTag.'),
  text('FreeVendIdTag', 'freeVendToken', 'The card that free charging is told under, at most 20 characters; empty: nothing is free.'),
  truth('MeterValuesInTxOnly', 'samplesInTransactionsOnly', 'Clock-aligned samples only while a transaction runs.'),
  truth('PreBootTransactions', 'preBootTransactions', 'Charge before a central system accepted the station for the first time.'),
  ...of('Reservation', truth('ReservationsEnabled', 'reservationsEnabled', 'Take reservations; false: each is answered Rejected.')),
  truth('SilentOfflineTransactions', 'silentOfflineTransactions', 'What is charged without a central system is never reported to one.'),
]
