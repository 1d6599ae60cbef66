import { epochOf } from '../../base/moment.ts'
import { type Route, route } from '../../ocpp/peer.ts'
import { GetLog } from '../messages/security.ts'
import type { HandlerParts } from './core.ts'
import { extendedTriggerRoute, type Triggers } from './remote-trigger.ts'

const logKind = { DiagnosticsLog: 'diagnostics', SecurityLog: 'security' } as const

/** What a central system may ask of the security whitepaper (ed. 3) where no certificate is needed. Offered always: the whitepaper's
 *  messages have no feature profile. */
export function securityRoutes(parts: HandlerParts & { readonly triggers: Triggers }): readonly Route[] {
  const { core } = parts
  return [
    extendedTriggerRoute(parts),
    route(GetLog, async ({ log, logType, requestId, retries, retryInterval }) => {
      if (core.logs === undefined) return { status: 'Rejected' } as const
      const [oldest, latest] = [log.oldestTimestamp, log.latestTimestamp].map((time) => (time === undefined ? undefined : epochOf(time)))
      const { fileName, isInsteadOfAnother } = await core.logs.request({
        log: logKind[logType],
        location: log.remoteLocation,
        request: requestId,
        ...(oldest === undefined ? {} : { oldest }),
        ...(latest === undefined ? {} : { latest }),
        ...(retries === undefined ? {} : { retries }),
        ...(retryInterval === undefined ? {} : { retryIntervalS: retryInterval }),
      })
      // N01.FR.01: without information there is no file.
      if (fileName === undefined) return { status: 'Rejected' } as const
      return { status: isInsteadOfAnother ? 'AcceptedCanceled' : 'Accepted', filename: fileName } as const
    }),
  ]
}
