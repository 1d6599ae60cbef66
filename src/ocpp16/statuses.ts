import type { EvseStatus, EvseView, Fault, RaisedFault } from '../core/charge-point.ts'
import type { ChargePointErrorCode, ChargePointStatus } from './messages/types.ts'

/** OCPP 1.6 §7.7. */
export const wireStatus = {
  available: 'Available',
  preparing: 'Preparing',
  charging: 'Charging',
  suspendedEv: 'SuspendedEV',
  suspendedEvse: 'SuspendedEVSE',
  finishing: 'Finishing',
  reserved: 'Reserved',
  unavailable: 'Unavailable',
  faulted: 'Faulted',
} as const satisfies Record<EvseStatus, ChargePointStatus>

/** The pairs that §4.9 allows, from a status to those that may follow it (B6 by errata 3.20). */
const next: Readonly<Record<ChargePointStatus, readonly ChargePointStatus[]>> = {
  Available: ['Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Reserved', 'Unavailable', 'Faulted'],
  Preparing: ['Available', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Faulted'],
  Charging: ['Available', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Unavailable', 'Faulted'],
  SuspendedEV: ['Available', 'Charging', 'SuspendedEVSE', 'Finishing', 'Unavailable', 'Faulted'],
  SuspendedEVSE: ['Available', 'Charging', 'SuspendedEV', 'Finishing', 'Unavailable', 'Faulted'],
  Finishing: ['Available', 'Preparing', 'Unavailable', 'Faulted'],
  Reserved: ['Available', 'Preparing', 'Unavailable', 'Faulted'],
  Unavailable: ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Faulted'],
  Faulted: ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Reserved', 'Unavailable'],
}

export function mayFollow(from: ChargePointStatus, to: ChargePointStatus): boolean {
  return next[from].includes(to)
}

/** The statuses to report so that each pair is one of the table's: `to` alone, or a stop between that a person would believe (a car
 *  that is taken over from Finishing passes Preparing; a place that is closed while one waits is Available first). Where it is not
 *  known which of some statuses the central system has heard, the likeliest last, each pair holds for every one of them. */
export function pathFromAny(froms: readonly ChargePointStatus[], to: ChargePointStatus): readonly ChargePointStatus[] {
  const holds = ([first, ...rest]: readonly ChargePointStatus[]) =>
    first !== undefined && froms.every((from) => from === first || mayFollow(from, first)) && rest.every((each, at) => mayFollow(rest[at - 1] ?? first, each))
  // What was said last is said again before a stop is made up; Available, which may follow on everything, comes late.
  const again = froms.toReversed()
  const stops: readonly (readonly ChargePointStatus[])[] = [
    [],
    ...again.map((each) => [each]),
    ['Preparing'],
    ...again.map((each): readonly ChargePointStatus[] => [each, 'Preparing']),
    ['Available'],
    ['Available', 'Preparing'],
  ]
  return stops.map((stop) => [...stop, to]).find(holds) ?? [to]
}

/** What StatusNotification says is wrong. A vendor code names the cause where OCPP has no word for it. */
export interface Complaint {
  readonly errorCode: ChargePointErrorCode
  readonly vendorErrorCode?: string
}

const other = (vendorErrorCode: string): Complaint => ({ errorCode: 'OtherError', vendorErrorCode })

/** Safety rule 23. A diode or pilot short is never EVCommunicationError: that one may not stand with Faulted (§7.6). */
const complaintOfFault = {
  emergencyStop: other('EmergencyStop'),
  residualCurrent: { errorCode: 'GroundFailure' },
  residualSelfTest: { errorCode: 'GroundFailure', vendorErrorCode: 'ResidualCurrentSelfTest' },
  weld: { errorCode: 'PowerSwitchFailure', vendorErrorCode: 'ContactorWelded' },
  noClose: { errorCode: 'PowerSwitchFailure', vendorErrorCode: 'ContactorDoesNotClose' },
  currentWhileOpen: { errorCode: 'PowerSwitchFailure', vendorErrorCode: 'CurrentWhileOpen' },
  evNotFollowing: { errorCode: 'OverCurrentFailure', vendorErrorCode: 'EvDoesNotFollow' },
  overCurrent: { errorCode: 'OverCurrentFailure' },
  overTemperature: { errorCode: 'HighTemperature' },
  temperatureSensor: other('TemperatureSensor'),
  protectiveEarth: { errorCode: 'GroundFailure', vendorErrorCode: 'ProtectiveEarth' },
  diode: other('EvDiode'),
  pilotShort: other('PilotShort'),
  pilotStale: other('PilotStale'),
  ventilation: other('VentilationRequired'),
  proximity: other('Proximity'),
  voltage: other('VoltageOutOfRange'),
  phaseLoss: other('PhaseLoss'),
  lock: { errorCode: 'ConnectorLockFailure' },
  meterLost: { errorCode: 'PowerMeterFailure' },
  tamper: other('Tamper'),
  loopLag: { errorCode: 'InternalError', vendorErrorCode: 'LoopLag' },
  board: { errorCode: 'InternalError', vendorErrorCode: 'Board' },
} as const satisfies Record<Fault, Complaint>

const complaintOfRaised = {
  connectorLock: 'ConnectorLockFailure',
  evCommunication: 'EVCommunicationError',
  ground: 'GroundFailure',
  highTemperature: 'HighTemperature',
  internal: 'InternalError',
  localList: 'LocalListConflict',
  other: 'OtherError',
  overCurrent: 'OverCurrentFailure',
  overVoltage: 'OverVoltage',
  meter: 'PowerMeterFailure',
  powerSwitch: 'PowerSwitchFailure',
  reader: 'ReaderFailure',
  reset: 'ResetFailure',
  underVoltage: 'UnderVoltage',
  weakSignal: 'WeakSignal',
} as const satisfies Record<RaisedFault, ChargePointErrorCode>

/** §7.6: EVCommunicationError goes only with these. */
const withEvCommunication: readonly ChargePointStatus[] = ['Preparing', 'SuspendedEV', 'SuspendedEVSE', 'Finishing']

export function complaintOf(view: Pick<EvseView, 'status' | 'faults' | 'raised'>): Complaint {
  const [fault] = view.faults
  if (fault !== undefined) return complaintOfFault[fault]
  if (view.raised === undefined) return { errorCode: 'NoError' }
  const errorCode = complaintOfRaised[view.raised]
  if (errorCode === 'EVCommunicationError' && !withEvCommunication.includes(wireStatus[view.status])) return other(errorCode)
  return { errorCode }
}
