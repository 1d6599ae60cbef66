import { epochOf } from '../../base/moment.ts'
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
      const oldest = startTime === undefined ? undefined : epochOf(startTime)
      const latest = stopTime === undefined ? undefined : epochOf(stopTime)
      const span = { ...(oldest === undefined ? {} : { oldest }), ...(latest === undefined ? {} : { latest }) }
      const { fileName } = await logs.request({ log: 'diagnostics', location, ...span, ...retrying(retries, retryInterval) })
      return fileName === undefined ? {} : { fileName }
    }),
  ]
}

function retrying(retries: number | undefined, retryIntervalS: number | undefined) {
  return { ...(retries === undefined ? {} : { retries }), ...(retryIntervalS === undefined ? {} : { retryIntervalS }) }
}
