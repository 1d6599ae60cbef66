// One example of every message of OCPP 2.0.1, with what is required and a little more.

const time = '2026-03-01T08:00:00.000Z'
const card = { idToken: '04A2B3C4', type: 'ISO14443' }
const component = { name: 'EVSE', evse: { id: 1 } }
const variable = { name: 'Power' }
const schedule = { id: 1, startSchedule: time, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] }
const profile = { id: 1, stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Absolute', chargingSchedule: [schedule] }
const hashes = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
const content = { format: 'UTF8', content: 'Hello' }

const fromStation = {
  Authorize: { idToken: card },
  BootNotification: { chargingStation: { vendorName: 'Foreign', model: 'Two', serialNumber: '1' }, reason: 'PowerUp' },
  ClearedChargingLimit: { chargingLimitSource: 'EMS', evseId: 1 },
  DataTransfer: { vendorId: 'foreign', data: { any: ['thing'] } },
  FirmwareStatusNotification: { status: 'Downloading', requestId: 1 },
  Get15118EVCertificate: { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action: 'Install', exiRequest: 'AA==' },
  GetCertificateStatus: { ocspRequestData: { ...hashes, responderURL: 'http://ocsp.example' } },
  Heartbeat: {},
  LogStatusNotification: { status: 'Uploading', requestId: 1 },
  MeterValues: {
    evseId: 1,
    meterValue: [{ timestamp: time, sampledValue: [{ value: 1.5, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W', multiplier: 3 } }] }],
  },
  NotifyChargingLimit: { evseId: 1, chargingLimit: { chargingLimitSource: 'SO' }, chargingSchedule: [schedule] },
  NotifyCustomerInformation: { data: 'none', seqNo: 0, generatedAt: time, requestId: 1 },
  NotifyDisplayMessages: { requestId: 1, messageInfo: [{ id: 1, priority: 'InFront', message: content }] },
  NotifyEVChargingNeeds: { evseId: 1, chargingNeeds: { requestedEnergyTransfer: 'AC_three_phase' } },
  NotifyEVChargingSchedule: { timeBase: time, chargingSchedule: schedule, evseId: 1 },
  NotifyEvent: {
    generatedAt: time,
    seqNo: 0,
    eventData: [
      { eventId: 1, timestamp: time, trigger: 'Delta', actualValue: 'Occupied', eventNotificationType: 'HardWiredNotification', component, variable },
    ],
  },
  NotifyMonitoringReport: {
    ...{ requestId: 1, seqNo: 0, generatedAt: time },
    monitor: [{ component, variable, variableMonitoring: [{ id: 1, transaction: false, value: 1, type: 'Delta', severity: 5 }] }],
  },
  NotifyReport: { requestId: 1, generatedAt: time, seqNo: 0, reportData: [{ component, variable, variableAttribute: [{ value: '1' }] }] },
  PublishFirmwareStatusNotification: { status: 'Published', location: ['http://files.example'], requestId: 1 },
  ReportChargingProfiles: { requestId: 1, chargingLimitSource: 'CSO', chargingProfile: [profile], evseId: 1 },
  ReservationStatusUpdate: { reservationId: 1, reservationUpdateStatus: 'Expired' },
  SecurityEventNotification: { type: 'StartupOfTheDevice', timestamp: time },
  SignCertificate: { csr: '-----BEGIN CERTIFICATE REQUEST-----' },
  StatusNotification: { timestamp: time, connectorStatus: 'Occupied', evseId: 1, connectorId: 1 },
  TransactionEvent: {
    ...{ eventType: 'Started', timestamp: time, triggerReason: 'Authorized', seqNo: 0, offline: true },
    ...{ transactionInfo: { transactionId: 'tx-1', chargingState: 'Charging' }, evse: { id: 1 }, idToken: card },
  },
}

const toStation = {
  CancelReservation: { reservationId: 1 },
  CertificateSigned: { certificateChain: '-----BEGIN CERTIFICATE-----' },
  ChangeAvailability: { operationalStatus: 'Operative', evse: { id: 1, connectorId: 1 } },
  ClearCache: {},
  ClearChargingProfile: { chargingProfileId: 1 },
  ClearDisplayMessage: { id: 1 },
  ClearVariableMonitoring: { id: [1] },
  CostUpdated: { totalCost: 1.5, transactionId: 'tx-1' },
  CustomerInformation: { requestId: 1, report: true, clear: false, customerIdentifier: 'somebody' },
  DataTransfer: { vendorId: 'bench', messageId: 'hello', data: 'text' },
  DeleteCertificate: { certificateHashData: hashes },
  GetBaseReport: { requestId: 1, reportBase: 'SummaryInventory' },
  GetChargingProfiles: { requestId: 1, chargingProfile: { stackLevel: 0 } },
  GetCompositeSchedule: { duration: 60, evseId: 1 },
  GetDisplayMessages: { requestId: 1 },
  GetInstalledCertificateIds: { certificateType: ['CSMSRootCertificate'] },
  GetLocalListVersion: {},
  GetLog: { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'http://files.example/' } },
  GetMonitoringReport: { requestId: 1 },
  GetReport: { requestId: 1, componentVariable: [{ component }] },
  GetTransactionStatus: { transactionId: 'tx-1' },
  GetVariables: { getVariableData: [{ component, variable }] },
  InstallCertificate: { certificateType: 'CSMSRootCertificate', certificate: '-----BEGIN CERTIFICATE-----' },
  PublishFirmware: { location: 'http://files.example/', checksum: 'aa', requestId: 1 },
  RequestStartTransaction: { idToken: card, remoteStartId: 1, evseId: 1, chargingProfile: profile },
  RequestStopTransaction: { transactionId: 'tx-1' },
  ReserveNow: { id: 1, expiryDateTime: time, idToken: card, evseId: 1 },
  Reset: { type: 'OnIdle' },
  SendLocalList: { versionNumber: 1, updateType: 'Full', localAuthorizationList: [{ idToken: card, idTokenInfo: { status: 'Accepted' } }] },
  SetChargingProfile: { evseId: 1, chargingProfile: profile },
  SetDisplayMessage: { message: { id: 1, priority: 'InFront', message: content } },
  SetMonitoringBase: { monitoringBase: 'All' },
  SetMonitoringLevel: { severity: 5 },
  SetNetworkProfile: {
    configurationSlot: 1,
    connectionData: {
      ...{ ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: 'wss://csms.example' },
      ...{ messageTimeout: 30, securityProfile: 2, ocppInterface: 'Wired0' },
    },
  },
  SetVariableMonitoring: { setMonitoringData: [{ value: 1, type: 'Delta', severity: 5, component, variable }] },
  SetVariables: { setVariableData: [{ attributeValue: '1', component, variable }] },
  TriggerMessage: { requestedMessage: 'Heartbeat' },
  UnlockConnector: { evseId: 1, connectorId: 1 },
  UnpublishFirmware: { checksum: 'aa' },
  UpdateFirmware: { requestId: 1, firmware: { location: 'http://files.example/b', retrieveDateTime: time } },
}

/** By action, in the direction in which the request goes. */
export const examples201: {
  readonly fromStation: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly toStation: Readonly<Record<string, Readonly<Record<string, unknown>>>>
} = {
  fromStation,
  toStation,
}
