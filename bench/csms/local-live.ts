import { signal } from '../../src/base/signal.ts'
import { cut } from '../../src/ocpp/frame.ts'
import type { CentralSystem, StationFrame } from './central-system.ts'
import type { Live, LiveEvent } from './live.ts'
import type { Frame } from './rest/shapes.ts'
import type { BenchStore } from './store/store.ts'

/** What changes in this process, for everybody who watches. Each frame is written down on its way; the secrets in it were taken out where it
 *  passed (`Peer.frames`). */
export function localLive(
  store: Pick<BenchStore, 'chargerChanged' | 'siteChanged' | 'transactionChanged' | 'frames'>,
  system: Pick<CentralSystem, 'frames'>,
): Live {
  const events = signal<LiveEvent>()
  store.chargerChanged.on((charger) => events.emit({ topic: 'charger', charger }))
  store.siteChanged.on((site) => events.emit({ topic: 'site', site }))
  store.transactionChanged.on((changed) => events.emit({ topic: 'transaction', ...changed }))
  system.frames.on((seen) => {
    const frame = frameOf(seen)
    store.frames.keep(frame)
    events.emit({ topic: 'frame', charger: seen.station, frame })
  })
  return { events, publish: events.emit }
}

/** A station may call any text an action; those of OCPP have 33 letters at most. */
const longestAction = 255

function frameOf({ station, at, direction, kind, action, id, payload }: StationFrame): Frame {
  return {
    charger_id: station,
    at: new Date(at.epochMs).toISOString(),
    direction,
    kind,
    ...(action === undefined ? {} : { action: cut(action, longestAction) }),
    ...(id === undefined ? {} : { message_id: id }),
    payload,
  }
}
