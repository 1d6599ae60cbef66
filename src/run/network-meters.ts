import type { NetworkMeters, Reading } from '../../hal/types.ts'
import { signal } from '../base/signal.ts'
import type { GridPort, GuardPort, Report } from '../safety/port.ts'

/** The guard as the core sees it, with the readings of network meters in its reports, and of the grid where its meter is one of them. What
 *  the guard itself measures at these EVSEs stays with the guard; everything that the core asks goes to the guard as it is. */
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
    ...(meters.grid === undefined ? {} : { grid: { value: gridOver(meters.grid, meters.changed) } }),
  }) as GuardPort
}

/** EVSE 0 is the grid. */
function gridOver(meter: NonNullable<NetworkMeters['grid']>, changed: NetworkMeters['changed']): GridPort {
  const read = signal<Reading>()
  let newest: Reading | undefined
  changed.on((evse) => {
    const now = evse === 0 ? meter.newest : undefined
    if (now === undefined || now === newest) return
    newest = now
    read.emit(now)
  })
  return {
    get newest() {
      return newest
    },
    read,
  }
}
