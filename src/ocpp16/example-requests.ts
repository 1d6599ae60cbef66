import { isoOf, type Moment } from '../base/moment.ts'
import type { Message, RequestOf } from '../ocpp/message.ts'
import { messages16 } from './messages/catalogue.ts'
import type {
  Authorize,
  BootNotification,
  DataTransfer,
  Heartbeat,
  MeterValues,
  StartTransaction,
  StatusNotification,
  StopTransaction,
} from './messages/core.ts'
import type { DiagnosticsStatusNotification, FirmwareStatusNotification } from './messages/firmware-management.ts'
import type { LogStatusNotification, SecurityEventNotification, SignCertificate, SignedFirmwareStatusNotification } from './messages/security.ts'

/** What a tester's message is filled in with. */
export interface ExampleParts {
  readonly now: Moment
  readonly idTag: string
  /** The central system's number for a transaction that runs; undefined: none does. */
  readonly transactionId: number | undefined
  readonly meterWh: number
  readonly boot: RequestOf<typeof BootNotification>
}

interface Examples {
  readonly Authorize: RequestOf<typeof Authorize>
  readonly BootNotification: RequestOf<typeof BootNotification>
  readonly DataTransfer: RequestOf<typeof DataTransfer>
  readonly DiagnosticsStatusNotification: RequestOf<typeof DiagnosticsStatusNotification>
  readonly FirmwareStatusNotification: RequestOf<typeof FirmwareStatusNotification>
  readonly Heartbeat: RequestOf<typeof Heartbeat>
  readonly LogStatusNotification: RequestOf<typeof LogStatusNotification>
  readonly MeterValues: RequestOf<typeof MeterValues>
  readonly SecurityEventNotification: RequestOf<typeof SecurityEventNotification>
  readonly SignCertificate: RequestOf<typeof SignCertificate>
  readonly SignedFirmwareStatusNotification: RequestOf<typeof SignedFirmwareStatusNotification>
  readonly StartTransaction: RequestOf<typeof StartTransaction>
  readonly StatusNotification: RequestOf<typeof StatusNotification>
  readonly StopTransaction: RequestOf<typeof StopTransaction>
}

/** A request that fits, for each action that a charge point may send (OCPP 1.6 §4 and the security whitepaper). */
export function exampleRequests({ now, idTag, transactionId, meterWh, boot }: ExampleParts): Examples {
  const timestamp = isoOf(now)
  const register = Math.round(meterWh)
  const sample = { value: String(register), context: 'Trigger', measurand: 'Energy.Active.Import.Register', unit: 'Wh' } as const
  return {
    Authorize: { idTag },
    BootNotification: boot,
    DataTransfer: { vendorId: 'Pilotwire', messageId: 'test', data: 'hello' },
    DiagnosticsStatusNotification: { status: 'Idle' },
    FirmwareStatusNotification: { status: 'Idle' },
    Heartbeat: {},
    LogStatusNotification: { status: 'Idle' },
    MeterValues: {
      connectorId: 1,
      ...(transactionId === undefined ? {} : { transactionId }),
      meterValue: [{ timestamp, sampledValue: [sample] }],
    },
    SecurityEventNotification: { type: 'MaintenanceLoginAccepted', timestamp, techInfo: 'sent by hand' },
    SignCertificate: { csr: '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----' },
    SignedFirmwareStatusNotification: { status: 'Idle' },
    StartTransaction: { connectorId: 1, idTag, meterStart: register, timestamp },
    StatusNotification: { connectorId: 1, errorCode: 'NoError', status: 'Available', timestamp },
    StopTransaction: { idTag, meterStop: register, timestamp, transactionId: transactionId ?? 0, reason: 'Local' },
  }
}

/** Every action that a charge point may send, with its declaration. */
export const ownMessages16: ReadonlyMap<string, Message> = new Map(
  [...messages16].flatMap(([action, { message, sender }]) => (sender === 'centralSystem' ? [] : [[action, message] as const])),
)
