import { browserClock } from '../../../src/local/web/browser-clock.ts'
import { type Exchange, mostExchanges, traffic } from '../../../src/local/web/frames/exchanges.ts'
import { createStore, type Store } from '../../../src/local/web/state/store.ts'
import type { Frame, Page } from '../../csms/rest/shapes.ts'
import { api, query } from '../api.ts'
import { readEvents } from '../state/stream.ts'

/** A frame as the charger's page knows it. */
type StationFrame = Parameters<ReturnType<typeof traffic>['add']>[0]

/** At once, of those before. */
const pageSize = 200
/** Of frames that are known: what is fetched may have been pushed before. */
const mostNames = 5_000

export interface FrameFeed {
  readonly exchanges: Store<readonly Exchange[]>
  /** @returns ends it */
  follow(): () => void
}

/** The frames of one charger as they pass, and the newest of those that passed before, paired by the code of the charger's own page. */
export function frameFeed(charger: string): FrameFeed {
  const kept = traffic()
  const exchanges = createStore<readonly Exchange[]>([], browserClock.nextFrame)
  const translate = translator()
  const seen = new Set<string>()
  /** What passes while the list is fetched comes after it. */
  let early: Frame[] | undefined
  const take = (frame: Frame) => {
    const name = `${frame.at} ${frame.direction} ${frame.kind} ${frame.message_id}`
    if (seen.has(name)) return
    if (seen.size >= mostNames) seen.clear()
    seen.add(name)
    kept.add(translate(frame))
  }
  const catchUp = async () => {
    if (early !== undefined) return
    early = []
    const path = `/frames${query({ charger, limit: pageSize })}`
    const { items } = await api.get<Page<Frame>>(path).catch((): Pick<Page<Frame>, 'items'> => ({ items: [] }))
    for (const frame of [...items.toReversed(), ...early]) take(frame)
    early = undefined
    exchanges.set(kept.exchanges)
  }
  return {
    exchanges,
    follow: () =>
      readEvents(query({ topics: 'frames', charger }), {
        on: {
          frame(data) {
            if (early !== undefined) return void early.push(data as Frame)
            take(data as Frame)
            exchanges.set(kept.exchanges)
          },
        },
        reached: (isReached) => isReached && void catchUp(),
      }),
  }
}

/** In the words of the charger's own page, which counts `in` and `out` from the charger's side. */
function translator(): (frame: Frame) => StationFrame {
  /** When each CALL passed that waits for its answer, ms since 1970. */
  const waiting = new Map<string, number>()
  let number = 0
  return ({ at, direction, kind, action, message_id, payload }) => {
    number += 1
    const answers = kind === 'result' || kind === 'error'
    const name = `${answers === (direction === 'in') ? 'out' : 'in'} ${message_id}`
    const beganMs = answers ? waiting.get(name) : undefined
    waiting.delete(name)
    if (kind === 'call') waiting.set(name, Date.parse(at))
    // Those that are never answered would add up.
    if (waiting.size > mostExchanges) waiting.clear()
    return {
      number,
      at,
      direction: direction === 'in' ? 'out' : 'in',
      kind,
      action: action ?? null,
      id: message_id ?? null,
      payload,
      latencyMs: beganMs === undefined ? null : Math.max(0, Date.parse(at) - beganMs),
    }
  }
}
