import { boolean, dateTime, decimal, integer, list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { object } from './object.ts'
import { evse, idToken, idTokenInfo, messageContent, meterValue } from './types.ts'

// Functional block E, Transactions.

/** §3.82. The more specific one wins. */
export const triggerReasons = [
  'Authorized',
  'CablePluggedIn',
  'ChargingRateChanged',
  'ChargingStateChanged',
  'Deauthorized',
  'EnergyLimitReached',
  'EVCommunicationLost',
  'EVConnectTimeout',
  'MeterValueClock',
  'MeterValuePeriodic',
  'TimeLimitReached',
  'Trigger',
  'UnlockCommand',
  'StopAuthorized',
  'EVDeparted',
  'EVDetected',
  'RemoteStop',
  'RemoteStart',
  'AbnormalCondition',
  'SignedDataReceived',
  'ResetCommand',
] as const
export type TriggerReason = (typeof triggerReasons)[number]

/** §3.16. */
export const chargingStates = ['Charging', 'EVConnected', 'SuspendedEV', 'SuspendedEVSE', 'Idle'] as const
export type ChargingState = (typeof chargingStates)[number]

/** §3.67; Local may be omitted on the wire. */
export const stopReasons = [
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'GroundFault',
  'ImmediateReset',
  'Local',
  'LocalOutOfCredit',
  'MasterPass',
  'Other',
  'OvercurrentFault',
  'PowerLoss',
  'PowerQuality',
  'Reboot',
  'Remote',
  'SOCLimitReached',
  'StoppedByEV',
  'TimeLimitReached',
  'Timeout',
] as const
export type StopReason = (typeof stopReasons)[number]

/** §1.60, E01 to E13. Sent by the charging station. `seqNo` counts the events of a transaction from 0; `offline` in its absence: false.
 *  `timeSpentCharging` in seconds, `cableMaxCurrent` in A. `totalCost` in the currency that the station was told, taxes included. */
export const TransactionEvent = message('TransactionEvent', {
  request: object({
    eventType: oneOf('Ended', 'Started', 'Updated'),
    meterValue: optional(list(meterValue, { minItems: 1 })),
    timestamp: dateTime,
    triggerReason: oneOf(...triggerReasons),
    seqNo: integer,
    offline: optional(boolean),
    numberOfPhasesUsed: optional(integer),
    cableMaxCurrent: optional(integer),
    reservationId: optional(integer),
    transactionInfo: object({
      transactionId: text(36),
      chargingState: optional(oneOf(...chargingStates)),
      timeSpentCharging: optional(integer),
      stoppedReason: optional(oneOf(...stopReasons)),
      remoteStartId: optional(integer),
    }),
    evse: optional(evse),
    idToken: optional(idToken),
  }),
  response: object({
    totalCost: optional(decimal),
    chargingPriority: optional(integer),
    idTokenInfo: optional(idTokenInfo),
    updatedPersonalMessage: optional(messageContent),
  }),
})

/** §1.27, E14. Sent by the CSMS. Without an id: of all, and then the answer has no `ongoingIndicator`. */
export const GetTransactionStatus = message('GetTransactionStatus', {
  request: object({ transactionId: optional(text(36)) }),
  response: object({ ongoingIndicator: optional(boolean), messagesInQueue: boolean }),
})
