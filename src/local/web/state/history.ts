import type { Evse, SessionWithTrace, Station } from '../../rest/shapes.ts'
import { createTrail, type PlotData, type PlotPoint, type Trail } from '../plot-data.ts'
import { createStore, type Store } from './store.ts'

/** Power (kW) and offer (A, at a DC outlet kW) of the sessions that run, by session: what the charger kept of them, then what we saw. */
export interface Histories {
  /** Changes once a second at most. */
  readonly plots: Store<ReadonlyMap<string, PlotData>>
  /** Takes up what runs now, and forgets what has ended. */
  take(station: Station): void
}

interface Kept {
  trail: Trail
  /** s since 1970 of the newest point that we saw ourselves. */
  seenS: number
}

/** About as many points as a screen has columns. */
const mostPoints = 2_000
const stepS = 1

const emptyTrail = () => createTrail(2, mostPoints, stepS)

/** @param load asks the charger for a session that we meet for the first time, for instance after a reload of the page */
export function createHistories(load: (id: string) => Promise<SessionWithTrace>, soon: (run: () => void) => unknown): Histories {
  const kept = new Map<string, Kept>()
  const plots = createStore<ReadonlyMap<string, PlotData>>(new Map(), soon)
  const show = () => plots.set(new Map([...kept].map(([id, { trail }]) => [id, trail.data()])))
  const begin = (id: string): Kept => {
    const mine: Kept = { trail: emptyTrail(), seenS: Number.NEGATIVE_INFINITY }
    kept.set(id, mine)
    const before = ({ trace }: SessionWithTrace) => {
      if (kept.get(id) !== mine) return
      const seen = mine.trail.points()
      mine.trail = emptyTrail()
      for (const point of [...trace.map((each) => pointOf(each, Date.parse(each.at) / 1_000)), ...seen]) mine.trail.add(point)
      show()
    }
    // Without its beginning the plot starts now.
    void load(id).then(before, () => undefined)
    return mine
  }
  return {
    plots,
    take({ now, evses }) {
      const atS = Date.parse(now) / 1_000
      const running = evses.flatMap((evse) => (evse.session === null ? [] : [{ evse, id: evse.session.id }]))
      let isNew = false
      for (const id of [...kept.keys()]) {
        if (running.some((each) => each.id === id)) continue
        kept.delete(id)
        isNew = true
      }
      for (const { evse, id } of running) {
        const mine = kept.get(id) ?? begin(id)
        // A clock that was set back: what comes now belongs before what is there.
        if (atS < mine.seenS) mine.trail = emptyTrail()
        else if (atS - mine.seenS < stepS) continue
        mine.seenS = atS
        mine.trail.add(pointOf(evse, atS))
        isNew = true
      }
      if (isNew) show()
    },
  }
}

function pointOf({ powerW, offeredA, offeredW }: Pick<Evse, 'powerW' | 'offeredA' | 'offeredW'>, atS: number): PlotPoint {
  return { atS, figures: [powerW === null ? null : powerW / 1_000, offeredW === null ? offeredA : offeredW / 1_000] }
}
