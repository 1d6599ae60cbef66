import { forgetOldest } from '../../../src/base/forget-oldest.ts'
import type { BookedEvent } from '../books/event-book.ts'
import type { ConnectorStatus } from '../store/store.ts'

/** What a connector is shown to be at. In OCPP 2.0.1 StatusNotification says no more than Occupied; whether it charges is said by its
 *  transaction (chargingState). The words are those that both versions have: Charging, SuspendedEV, SuspendedEVSE. */
export interface ShownStatuses {
  /** What a StatusNotification comes to. */
  notified(status: ConnectorStatus): ConnectorStatus
  /** What an event of a transaction comes to; undefined: nothing changes, or nobody knows where it is. */
  during(event: Pick<BookedEvent, 'reference' | 'kind' | 'atMs' | 'evse' | 'connector'>, chargingState: string | undefined): ConnectorStatus | undefined
}

interface Session {
  readonly evse: number
  readonly connector: number
  readonly state: string | undefined
}

const telling = new Set(['Charging', 'SuspendedEV', 'SuspendedEVSE'])
/** No station has more; a hostile one may say so. */
const mostConnectors = 1_000
const mostSessions = 100

export function shownStatuses(): ShownStatuses {
  const said = new Map<string, ConnectorStatus>()
  const shown = new Map<string, string>()
  const sessions = new Map<string, Session>()
  const shownAt = (base: ConnectorStatus, place: string): ConnectorStatus => {
    const state = [...sessions.values()].find((each) => placeOf(each) === place)?.state
    const status = base.status === 'Occupied' && state !== undefined && telling.has(state) ? state : base.status
    remember(shown, place, status, mostConnectors)
    return { ...base, status }
  }
  return {
    notified(status) {
      remember(said, placeOf(status), status, mostConnectors)
      return shownAt(status, placeOf(status))
    },
    during({ reference, kind, atMs, evse, connector }, chargingState) {
      const known = sessions.get(reference)
      const at = evse ?? known?.evse
      if (at === undefined) return undefined
      const session = { evse: at, connector: connector ?? known?.connector ?? 1, state: chargingState ?? known?.state }
      if (kind === 'ended') sessions.delete(reference)
      else remember(sessions, reference, session, mostSessions)
      const place = placeOf(session)
      const before = shown.get(place)
      const status = shownAt(said.get(place) ?? { evse: at, connector: session.connector, status: 'Occupied', at: atMs }, place)
      return status.status === before ? undefined : { ...status, at: atMs }
    },
  }
}

const placeOf = ({ evse, connector }: Pick<ConnectorStatus, 'evse' | 'connector'>) => `${evse}/${connector}`

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.set(key, value)
  forgetOldest(map, most)
}
