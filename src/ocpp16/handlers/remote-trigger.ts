import { type Route, route } from '../../ocpp/peer.ts'
import { TriggerMessage } from '../messages/remote-trigger.ts'
import type { HandlerParts } from './core.ts'

/** What a trigger makes this station send. A connector is given where the message has one. */
export interface Triggers {
  /** So many messages wait for their turn that no more are taken. */
  readonly isFull: () => boolean
  bootNotification(): void
  heartbeat(): void
  meterValues(connector: number): void
  statusNotification(connector: number): void
}

/** OCPP 1.6 §5.17. The answer goes first, the message follows. */
export function remoteTriggerRoutes({ core, isAccepted }: HandlerParts, triggers: Triggers): readonly Route[] {
  return [
    route(TriggerMessage, ({ requestedMessage, connectorId }, { after }) => {
      // One that asks faster than it answers would fill the memory.
      if (triggers.isFull()) return { status: 'Rejected' } as const
      const isConnector = connectorId === undefined || connectorId === 0 || core.evses.includes(connectorId)
      switch (requestedMessage) {
        case 'BootNotification':
          // Errata 3.35: an accepted station has no reason to boot again.
          if (isAccepted()) return { status: 'Rejected' } as const
          after(triggers.bootNotification)
          return { status: 'Accepted' } as const
        case 'Heartbeat':
          after(triggers.heartbeat)
          return { status: 'Accepted' } as const
        case 'MeterValues': {
          // There is no main meter behind connector 0.
          if (!isConnector || connectorId === 0) return { status: 'Rejected' } as const
          const connectors = (connectorId === undefined ? core.evses : [connectorId]).filter((connector) => core.sampleNow(connector).length > 0)
          // MeterValuesSampledData is empty, or the meter does not answer: there is nothing to send.
          if (connectors.length === 0) return { status: 'Rejected' } as const
          after(() => connectors.forEach(triggers.meterValues))
          return { status: 'Accepted' } as const
        }
        case 'StatusNotification': {
          if (!isConnector) return { status: 'Rejected' } as const
          const connectors = connectorId === undefined ? [0, ...core.evses] : [connectorId]
          after(() => connectors.forEach(triggers.statusNotification))
          return { status: 'Accepted' } as const
        }
        default:
          return { status: 'NotImplemented' } as const
      }
    }),
  ]
}
