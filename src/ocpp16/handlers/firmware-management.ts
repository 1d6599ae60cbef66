import { epochOf } from '../../base/moment.ts'
import type { LogSpan } from '../../core/transfer.ts'
import { CallError } from '../../ocpp/call-error.ts'
import { type Route, route } from '../../ocpp/peer.ts'
import { GetDiagnostics, UpdateFirmware } from '../messages/firmware-management.ts'
import type { HandlerParts } from './core.ts'

/** OCPP 1.6 §5.9, §5.19. Neither answer can refuse: what becomes of a request is told by its status notifications. */
export function firmwareManagementRoutes({ core: { firmware, logs } }: HandlerParts): readonly Route[] {
  if (firmware === undefined || logs === undefined) return []
  return [
    route(UpdateFirmware, ({ location, retrieveDate, retries, retryInterval }) => {
      const retrieveAt = epochOf(retrieveDate)
      if (retrieveAt === undefined) throw new CallError('propertyConstraintViolation', 'retrieveDate: not a date')
      firmware.request({ location, retrieveAt, ...retrying(retries, retryInterval) })
      return {}
    }),
    route(GetDiagnostics, async ({ location, retries, retryInterval, startTime, stopTime }) => {
      const { fileName } = await logs.request({ log: 'diagnostics', location, ...spanOf(startTime, stopTime), ...retrying(retries, retryInterval) })
      return fileName === undefined ? {} : { fileName }
    }),
  ]
}

/** What of a log is asked for; a time that is none counts as left out. */
export function spanOf(oldestTime: string | undefined, latestTime: string | undefined): LogSpan {
  const [oldest, latest] = [oldestTime, latestTime].map((time) => (time === undefined ? undefined : epochOf(time)))
  return { ...(oldest === undefined ? {} : { oldest }), ...(latest === undefined ? {} : { latest }) }
}

export function retrying(retries: number | undefined, retryIntervalS: number | undefined) {
  return { ...(retries === undefined ? {} : { retries }), ...(retryIntervalS === undefined ? {} : { retryIntervalS }) }
}
