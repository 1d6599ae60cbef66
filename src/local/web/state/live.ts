import type { Session, SessionWithTrace, Station } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { createHistories } from './history.ts'
import { createStore, type Store } from './store.ts'
import { readEvents } from './streams.ts'

export interface Live {
  /** Undefined: nothing came yet. */
  readonly station: Station | undefined
  /** False: what is shown is old. */
  readonly isReached: boolean
  /** The session that changed last: begun or ended. */
  readonly session: Session | undefined
}

/** The charger as it is now, for every view: `useStore(live, ({ station }) => station)`. */
export const live: Store<Live> = createStore<Live>({ station: undefined, isReached: true, session: undefined }, browserClock.nextFrame)

/** The plots of the sessions that run; kept while the page stands at another view. */
export const histories = createHistories((id) => api.get<SessionWithTrace>(`/sessions/${id}`), browserClock.nextFrame)

/** Keeps `live` up to date until the returned function is called. */
export function follow(): () => void {
  return readEvents(['state', 'sessions'], {
    on: {
      state(data) {
        const station = data as Station
        live.set({ ...live.get(), station, isReached: true })
        histories.take(station)
      },
      session: (data) => live.set({ ...live.get(), session: data as Session }),
    },
    reached(isReached) {
      if (isReached !== live.get().isReached) live.set({ ...live.get(), isReached })
    },
  })
}
