import type { Frame } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { createStore, type Store } from '../state/store.ts'
import { readEvents } from '../state/streams.ts'
import { type Exchange, mostExchanges, traffic } from './exchanges.ts'

export interface Seen {
  readonly exchanges: readonly Exchange[]
  /** Frames so far, those that went out at the front too. */
  readonly count: number
}

/** The traffic of the station as it passes, and what passed before. */
export interface Feed {
  readonly seen: Store<Seen>
  /** @returns ends it */
  follow(): () => void
  clear(): void
}

export function frameFeed(): Feed {
  const kept = traffic()
  const seen = createStore<Seen>({ exchanges: [], count: 0 }, browserClock.nextFrame)
  const tell = () => seen.set({ exchanges: kept.exchanges, count: kept.count })
  /** What passes while the ring is fetched comes after it. Undefined: nothing is fetched. */
  let early: Frame[] | undefined
  const catchUp = async () => {
    if (early !== undefined) return
    early = []
    const ring = await api.get<readonly Frame[]>(`/frames?limit=${mostExchanges}`).catch(() => [])
    kept.load(ring)
    for (const frame of early) kept.add(frame)
    early = undefined
    tell()
  }
  return {
    seen,
    follow() {
      let isReached = false
      return readEvents(['frames'], {
        on: {
          frame(data) {
            const frame = data as Frame
            if (early !== undefined) return void early.push(frame)
            kept.add(frame)
            tell()
          },
        },
        reached(now) {
          if (now && !isReached) void catchUp()
          isReached = now
        },
      })
    },
    clear() {
      kept.clear()
      tell()
    },
  }
}
