import type { RaisedFault } from '../core/charge-point.ts'

/** The errorCodes of OCPP 1.6 (§7.6 ChargePointErrorCode) and the fault that each one reports. */
export const faultByErrorCode = {
  ConnectorLockFailure: 'connectorLock',
  EVCommunicationError: 'evCommunication',
  GroundFailure: 'ground',
  HighTemperature: 'highTemperature',
  InternalError: 'internal',
  LocalListConflict: 'localList',
  OtherError: 'other',
  OverCurrentFailure: 'overCurrent',
  OverVoltage: 'overVoltage',
  PowerMeterFailure: 'meter',
  PowerSwitchFailure: 'powerSwitch',
  ReaderFailure: 'reader',
  ResetFailure: 'reset',
  UnderVoltage: 'underVoltage',
  WeakSignal: 'weakSignal',
} as const satisfies Record<string, RaisedFault>

export type ErrorCode = keyof typeof faultByErrorCode
export const errorCodes = Object.keys(faultByErrorCode) as readonly ErrorCode[]
