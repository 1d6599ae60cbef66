import type { GuardPort } from './port.ts'
import type { News } from './wire.ts'

/** Its place among the numbers of EVSEs. */
export const theGrid = 0

/** The newest that is to be told of an EVSE, or of the grid. */
export function newsOf(port: GuardPort, evse: number): readonly News[] {
  if (evse !== theGrid) return [{ report: port.report(evse) }]
  return port.grid?.newest === undefined ? [] : [{ grid: port.grid.newest }]
}
