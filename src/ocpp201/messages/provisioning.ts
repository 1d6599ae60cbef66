import { boolean, dateTime, decimal, integer, list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, attributeType, component, componentVariable, deviceModelStatuses, statusInfo, variable } from './types.ts'

// Functional block B, Provisioning.

export const bootReasons = [
  'ApplicationReset',
  'FirmwareUpdate',
  'LocalReset',
  'PowerUp',
  'RemoteReset',
  'ScheduledReset',
  'Triggered',
  'Unknown',
  'Watchdog',
] as const
export type BootReason = (typeof bootReasons)[number]

export const registrationStatuses = ['Accepted', 'Pending', 'Rejected'] as const
export type RegistrationStatus = (typeof registrationStatuses)[number]

// Sent by the charging station.

/** §1.2, B01 to B03. `interval` in seconds: of the heartbeat when Accepted, else until the next BootNotification. */
export const BootNotification = message('BootNotification', {
  request: object({
    chargingStation: object({
      serialNumber: optional(text(25)),
      model: text(20),
      modem: optional(object({ iccid: optional(text(20)), imsi: optional(text(20)) })),
      vendorName: text(50),
      firmwareVersion: optional(text(50)),
    }),
    reason: oneOf(...bootReasons),
  }),
  response: object({ currentTime: dateTime, interval: integer, status: oneOf(...registrationStatuses), statusInfo: optional(statusInfo) }),
})

/** §2.51. What values a variable may have; `valuesList` is separated by commas. */
const variableCharacteristics = object({
  unit: optional(text(16)),
  dataType: oneOf('string', 'decimal', 'integer', 'dateTime', 'boolean', 'OptionList', 'SequenceList', 'MemberList'),
  minLimit: optional(decimal),
  maxLimit: optional(decimal),
  valuesList: optional(text(1000)),
  supportsMonitoring: boolean,
})

/** §2.50. ReadWrite, not persistent and not constant where nothing is said. A value that is WriteOnly is left out. */
const variableAttribute = object({
  type: optional(attributeType),
  value: optional(text(2500)),
  mutability: optional(oneOf('ReadOnly', 'WriteOnly', 'ReadWrite')),
  persistent: optional(boolean),
  constant: optional(boolean),
})

/** §1.40, B07 and B08. Parts of one report count `seqNo` from 0; `tbc`: there is more. */
export const NotifyReport = message('NotifyReport', {
  request: object({
    requestId: integer,
    generatedAt: dateTime,
    reportData: optional(
      list(
        object({
          component,
          variable,
          variableAttribute: list(variableAttribute, { minItems: 1, maxItems: 4 }),
          variableCharacteristics: optional(variableCharacteristics),
        }),
        { minItems: 1 },
      ),
    ),
    tbc: optional(boolean),
    seqNo: integer,
  }),
  response: nothing,
})

// Sent by the CSMS.

/** §1.17, B07. The report comes in NotifyReport. */
export const GetBaseReport = message('GetBaseReport', {
  request: object({ requestId: integer, reportBase: oneOf('ConfigurationInventory', 'FullInventory', 'SummaryInventory') }),
  response: answer(...deviceModelStatuses),
})

/** §1.26, B08. Without criteria and variables: everything. */
export const GetReport = message('GetReport', {
  request: object({
    componentVariable: optional(list(componentVariable, { minItems: 1 })),
    requestId: integer,
    componentCriteria: optional(list(oneOf('Active', 'Available', 'Enabled', 'Problem'), { minItems: 1, maxItems: 4 })),
  }),
  response: answer(...deviceModelStatuses),
})

/** §1.28, B06. One result for each question, in any order. */
export const GetVariables = message('GetVariables', {
  request: object({ getVariableData: list(object({ attributeType: optional(attributeType), component, variable }), { minItems: 1 }) }),
  response: object({
    getVariableResult: list(
      object({
        attributeStatusInfo: optional(statusInfo),
        attributeStatus: oneOf('Accepted', 'Rejected', 'UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType'),
        attributeType: optional(attributeType),
        attributeValue: optional(text(2500)),
        component,
        variable,
      }),
      { minItems: 1 },
    ),
  }),
})

/** §1.57, B05. One result for each value, in any order. */
export const SetVariables = message('SetVariables', {
  request: object({
    setVariableData: list(object({ attributeType: optional(attributeType), attributeValue: text(1000), component, variable }), { minItems: 1 }),
  }),
  response: object({
    setVariableResult: list(
      object({
        attributeType: optional(attributeType),
        attributeStatus: oneOf('Accepted', 'Rejected', 'UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType', 'RebootRequired'),
        attributeStatusInfo: optional(statusInfo),
        component,
        variable,
      }),
      { minItems: 1 },
    ),
  }),
})

/** §1.48, B11 and B12. Without an EVSE: the whole station. */
export const Reset = message('Reset', {
  request: object({ type: oneOf('Immediate', 'OnIdle'), evseId: optional(integer) }),
  response: answer('Accepted', 'Rejected', 'Scheduled'),
})

/** §2.3: the mobile network; user, password and PIN are secret. */
const apn = object({
  apn: text(512),
  apnUserName: optional(text(20)),
  apnPassword: optional(text(20)),
  simPin: optional(integer),
  preferredNetwork: optional(text(6)),
  useOnlyPreferredNetwork: optional(boolean),
  apnAuthentication: oneOf('CHAP', 'NONE', 'PAP', 'AUTO'),
})

/** §2.54: password and key are secret. */
const vpn = object({
  server: text(512),
  user: text(20),
  group: optional(text(20)),
  password: text(20),
  key: text(255),
  type: oneOf('IKEv2', 'IPSec', 'L2TP', 'PPTP'),
})

/** §1.55, B09. OCPP20 stands for 2.0.1 as well; `messageTimeout` in seconds. */
export const SetNetworkProfile = message('SetNetworkProfile', {
  request: object({
    configurationSlot: integer,
    connectionData: object({
      apn: optional(apn),
      ocppVersion: oneOf('OCPP12', 'OCPP15', 'OCPP16', 'OCPP20'),
      ocppTransport: oneOf('JSON', 'SOAP'),
      ocppCsmsUrl: text(512),
      messageTimeout: integer,
      securityProfile: integer,
      ocppInterface: oneOf('Wired0', 'Wired1', 'Wired2', 'Wired3', 'Wireless0', 'Wireless1', 'Wireless2', 'Wireless3'),
      vpn: optional(vpn),
    }),
  }),
  response: answer('Accepted', 'Rejected', 'Failed'),
})
