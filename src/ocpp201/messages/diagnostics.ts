import { boolean, dateTime, decimal, integer, list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, certificateHashData, component, componentVariable, deviceModelStatuses, idToken, statusInfo, variable } from './types.ts'

// Functional block N, Diagnostics.

/** §3.87. */
export const logUploadStatuses = [
  'BadMessage',
  'Idle',
  'NotSupportedOperation',
  'PermissionDenied',
  'Uploaded',
  'UploadFailure',
  'Uploading',
  'AcceptedCanceled',
] as const
export type LogUploadStatus = (typeof logUploadStatuses)[number]

/** §3.55. Periods in seconds. */
const monitorType = oneOf('UpperThreshold', 'LowerThreshold', 'Delta', 'Periodic', 'PeriodicClockAligned')

// Sent by the charging station.

/** §1.31, N01: progress of GetLog. `requestId` is absent only when Idle was asked for by a trigger. */
export const LogStatusNotification = message('LogStatusNotification', {
  request: object({ status: oneOf(...logUploadStatuses), requestId: optional(integer) }),
  response: nothing,
})

/** §1.34, N09 and N10. Parts of one report count `seqNo` from 0; `tbc`: there is more. */
export const NotifyCustomerInformation = message('NotifyCustomerInformation', {
  request: object({ data: text(512), tbc: optional(boolean), seqNo: integer, generatedAt: dateTime, requestId: integer }),
  response: nothing,
})

/** §1.38, N07 and N08. Parts of one report count `seqNo` from 0; `tbc`: there is more. `cause` is the `eventId` of another event. */
export const NotifyEvent = message('NotifyEvent', {
  request: object({
    generatedAt: dateTime,
    tbc: optional(boolean),
    seqNo: integer,
    eventData: list(
      object({
        eventId: integer,
        timestamp: dateTime,
        trigger: oneOf('Alerting', 'Delta', 'Periodic'),
        cause: optional(integer),
        actualValue: text(2500),
        techCode: optional(text(50)),
        techInfo: optional(text(500)),
        cleared: optional(boolean),
        transactionId: optional(text(36)),
        component,
        variableMonitoringId: optional(integer),
        eventNotificationType: oneOf('HardWiredNotification', 'HardWiredMonitor', 'PreconfiguredMonitor', 'CustomMonitor'),
        variable,
      }),
      { minItems: 1 },
    ),
  }),
  response: nothing,
})

/** §1.39, N02. Parts of one report count `seqNo` from 0; `tbc`: there is more. Severity from 0 (danger) to 9 (debug). */
export const NotifyMonitoringReport = message('NotifyMonitoringReport', {
  request: object({
    monitor: optional(
      list(
        object({
          component,
          variable,
          variableMonitoring: list(object({ id: integer, transaction: boolean, value: decimal, type: monitorType, severity: integer }), { minItems: 1 }),
        }),
        { minItems: 1 },
      ),
    ),
    requestId: integer,
    tbc: optional(boolean),
    seqNo: integer,
    generatedAt: dateTime,
  }),
  response: nothing,
})

// Sent by the CSMS.

/** §1.10, N06. */
export const ClearVariableMonitoring = message('ClearVariableMonitoring', {
  request: object({ id: list(integer, { minItems: 1 }) }),
  response: object({
    clearMonitoringResult: list(object({ status: oneOf('Accepted', 'Rejected', 'NotFound'), id: integer, statusInfo: optional(statusInfo) }), {
      minItems: 1,
    }),
  }),
})

/** §1.12, N09 and N10. One of token, certificate and identifier names the customer. */
export const CustomerInformation = message('CustomerInformation', {
  request: object({
    customerCertificate: optional(certificateHashData),
    idToken: optional(idToken),
    requestId: integer,
    report: boolean,
    clear: boolean,
    customerIdentifier: optional(text(64)),
  }),
  response: answer('Accepted', 'Rejected', 'Invalid'),
})

/** §1.24, N01. `retryInterval` in seconds. A second GetLog cancels the first one's upload: AcceptedCanceled. */
export const GetLog = message('GetLog', {
  request: object({
    log: object({ remoteLocation: text(512), oldestTimestamp: optional(dateTime), latestTimestamp: optional(dateTime) }),
    logType: oneOf('DiagnosticsLog', 'SecurityLog'),
    requestId: integer,
    retries: optional(integer),
    retryInterval: optional(integer),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled'), statusInfo: optional(statusInfo), filename: optional(text(255)) }),
})

/** §1.25, N02. The report comes in NotifyMonitoringReport. */
export const GetMonitoringReport = message('GetMonitoringReport', {
  request: object({
    componentVariable: optional(list(componentVariable, { minItems: 1 })),
    requestId: integer,
    monitoringCriteria: optional(list(oneOf('ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring'), { minItems: 1, maxItems: 3 })),
  }),
  response: answer(...deviceModelStatuses),
})

/** §1.53, N03. */
export const SetMonitoringBase = message('SetMonitoringBase', {
  request: object({ monitoringBase: oneOf('All', 'FactoryDefault', 'HardWiredOnly') }),
  response: answer(...deviceModelStatuses),
})

/** §1.54, N05. Events up to this severity are told: from 0 (danger) to 9 (debug). */
export const SetMonitoringLevel = message('SetMonitoringLevel', {
  request: object({ severity: integer }),
  response: answer('Accepted', 'Rejected'),
})

/** §1.56, N04. With an id: that monitor is replaced. `transaction`: only while one runs; false in its absence. */
export const SetVariableMonitoring = message('SetVariableMonitoring', {
  request: object({
    setMonitoringData: list(
      object({ id: optional(integer), transaction: optional(boolean), value: decimal, type: monitorType, severity: integer, component, variable }),
      { minItems: 1 },
    ),
  }),
  response: object({
    setMonitoringResult: list(
      object({
        id: optional(integer),
        statusInfo: optional(statusInfo),
        status: oneOf('Accepted', 'UnknownComponent', 'UnknownVariable', 'UnsupportedMonitorType', 'Rejected', 'Duplicate'),
        type: monitorType,
        component,
        variable,
        severity: integer,
      }),
      { minItems: 1 },
    ),
  }),
})
