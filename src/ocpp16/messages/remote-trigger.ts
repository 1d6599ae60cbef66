import { integer, message, object, oneOf, optional } from '../../ocpp/message.ts'

// Feature profile RemoteTrigger.

export const triggerableMessages = [
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'StatusNotification',
] as const
export type TriggerableMessage = (typeof triggerableMessages)[number]

/** OCPP 1.6 §5.17, §6.51. */
export const TriggerMessage = message('TriggerMessage', {
  request: object({ requestedMessage: oneOf(...triggerableMessages), connectorId: optional(integer) }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'NotImplemented') }),
})
