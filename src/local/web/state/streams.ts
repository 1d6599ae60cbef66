import { api, root } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { readStream, type Source, type StreamHandlers, type StreamWorld, watchNetwork } from './read-stream.ts'

export type Topic = 'state' | 'frames' | 'log' | 'sessions'

/** The charger shows its state once a second at least: that is the pulse of every stream. */
const silenceMs = 6_000

const browser: StreamWorld = {
  clock: browserClock,
  open: (url) => new EventSource(url) as unknown as Source,
  ask: () => void api.get('/station').catch(() => undefined),
  watchNetwork,
}

/** Reads the events of the topics until the returned function is called. Connects anew, ever slower, when it must. */
export function readEvents(topics: readonly Topic[], handlers: StreamHandlers, world: StreamWorld = browser): () => void {
  const url = `${root}/events?topics=${[...new Set<Topic>(['state', ...topics])].join(',')}`
  return readStream({ url, pulse: 'state', silenceMs }, handlers, world)
}
