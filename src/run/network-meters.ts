import type { NetworkMeters } from '../../hal/types.ts'
import { signal } from '../base/signal.ts'
import type { GuardPort, Report } from '../safety/port.ts'

/** The guard as the core sees it, with the readings of network meters in its reports. What the guard itself measures at these EVSEs stays
 *  with the guard; everything that the core asks goes to the guard as it is. */
export function withNetworkMeters(port: GuardPort, meters: NetworkMeters): GuardPort {
  const own = new Set(meters.evses)
  const reported = signal<Report>()
  const metered = (report: Report): Report => (own.has(report.evse) ? { ...report, reading: meters.newest(report.evse) } : report)
  port.reported.on((report) => reported.emit(metered(report)))
  meters.changed.on((evse) => {
    if (own.has(evse)) reported.emit(metered(port.report(evse)))
  })
  return Object.create(port, {
    report: { value: (evse: number) => metered(port.report(evse)) },
    reported: { value: reported },
  }) as GuardPort
}
