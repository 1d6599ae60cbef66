import { type Route, route } from '../../ocpp/peer.ts'
import { GetLog } from '../messages/security.ts'
import { retrying, spanOf } from './firmware-management.ts'
import { extendedTriggerRoute, type TriggerHandlerParts } from './remote-trigger.ts'

const logKind = { DiagnosticsLog: 'diagnostics', SecurityLog: 'security' } as const

/** What a central system may ask of the security whitepaper (ed. 3) where no certificate is needed. Offered always: the whitepaper's
 *  messages have no feature profile. */
export function securityRoutes(parts: TriggerHandlerParts): readonly Route[] {
  const { core } = parts
  return [
    extendedTriggerRoute(parts),
    route(GetLog, async ({ log, logType, requestId, retries, retryInterval }) => {
      if (core.logs === undefined) return { status: 'Rejected' } as const
      const { fileName, isInsteadOfAnother } = await core.logs.request({
        log: logKind[logType],
        location: log.remoteLocation,
        request: requestId,
        ...spanOf(log.oldestTimestamp, log.latestTimestamp),
        ...retrying(retries, retryInterval),
      })
      // N01.FR.01: without information there is no file.
      if (fileName === undefined) return { status: 'Rejected' } as const
      return { status: isInsteadOfAnother ? 'AcceptedCanceled' : 'Accepted', filename: fileName } as const
    }),
  ]
}
