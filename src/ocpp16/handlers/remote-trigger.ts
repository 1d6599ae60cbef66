import { type HandlerContext, type Route, route } from '../../ocpp/peer.ts'
import { type TriggerableMessage, TriggerMessage } from '../messages/remote-trigger.ts'
import { type ExtendedTriggerableMessage, ExtendedTriggerMessage } from '../messages/security.ts'
import type { HandlerParts } from './core.ts'

/** What a trigger makes this station send. A connector is given where the message has one. */
export interface Triggers {
  /** So many messages wait for their turn that no more are taken. */
  readonly isFull: () => boolean
  bootNotification(): void
  heartbeat(): void
  meterValues(connector: number): void
  statusNotification(connector: number): void
  diagnosticsStatus(): void
  logStatus(): void
  firmwareStatus(): void
  signedFirmwareStatus(): void
}

/** What a message to be triggered comes to. `later` follows the answer; undefined: it will not be sent. */
type Answer = { readonly later: (() => void) | undefined } | 'notImplemented'

export interface TriggerHandlerParts extends HandlerParts {
  readonly triggers: Triggers
}

/** OCPP 1.6 §5.17. The answer goes first, the message follows. */
export function remoteTriggerRoutes(parts: TriggerHandlerParts): readonly Route[] {
  const { core, triggers } = parts
  return [
    route(TriggerMessage, ({ requestedMessage, connectorId }, context) =>
      answered(parts, requestedMessage, connectorId, context, {
        DiagnosticsStatusNotification: core.logs && triggers.diagnosticsStatus,
        FirmwareStatusNotification: core.firmware && triggers.firmwareStatus,
      }),
    ),
  ]
}

/** Security whitepaper ed. 3 §5.5: the same for more messages, and FirmwareStatusNotification means the one of signed updates. */
export function extendedTriggerRoute(parts: TriggerHandlerParts): Route {
  const { core, triggers } = parts
  return route(ExtendedTriggerMessage, ({ requestedMessage, connectorId }, context) =>
    answered(parts, requestedMessage, connectorId, context, {
      LogStatusNotification: core.logs && triggers.logStatus,
      FirmwareStatusNotification: core.firmware && triggers.signedFirmwareStatus,
    }),
  )
}

type AnyMessage = TriggerableMessage | ExtendedTriggerableMessage

/** @param further messages without a connector that are sent here, beside those that every station sends */
function answered(
  parts: TriggerHandlerParts,
  message: AnyMessage,
  connector: number | undefined,
  { after }: HandlerContext,
  further: { readonly [Name in AnyMessage]?: (() => void) | undefined },
) {
  // One that asks faster than it answers would fill the memory.
  if (parts.triggers.isFull()) return { status: 'Rejected' } as const
  const answer = triggered(parts, message, connector, further)
  if (answer === 'notImplemented') return { status: 'NotImplemented' } as const
  if (answer.later === undefined) return { status: 'Rejected' } as const
  after(answer.later)
  return { status: 'Accepted' } as const
}

function triggered(
  { core, isAccepted, triggers }: TriggerHandlerParts,
  message: AnyMessage,
  connector: number | undefined,
  further: { readonly [Name in AnyMessage]?: (() => void) | undefined },
): Answer {
  const isConnector = connector === undefined || connector === 0 || core.evses.includes(connector)
  switch (message) {
    case 'BootNotification':
      // Errata 3.35: an accepted station has no reason to boot again.
      return { later: isAccepted() ? undefined : triggers.bootNotification }
    case 'Heartbeat':
      return { later: triggers.heartbeat }
    case 'MeterValues': {
      // There is no main meter behind connector 0.
      if (!isConnector || connector === 0) return { later: undefined }
      // Where MeterValuesSampledData is empty, or the meter does not answer, there is nothing to send.
      const connectors = (connector === undefined ? core.evses : [connector]).filter((each) => core.sampleNow(each).length > 0)
      return { later: connectors.length === 0 ? undefined : () => connectors.forEach(triggers.meterValues) }
    }
    case 'StatusNotification': {
      const connectors = connector === undefined ? [0, ...core.evses] : [connector]
      return { later: isConnector ? () => connectors.forEach(triggers.statusNotification) : undefined }
    }
    default: {
      const send = further[message]
      return send === undefined ? 'notImplemented' : { later: send }
    }
  }
}
