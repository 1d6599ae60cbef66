import { api, root } from '../api.ts'
import { type BrowserClock, browserClock } from '../browser-clock.ts'

export type Topic = 'state' | 'frames' | 'log' | 'sessions'

export interface StreamHandlers {
  /** By the name of the event: `state`, `frame`, `log`, `session`; called with the JSON that came. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>
  /** False: the charger cannot be reached, and the stream tries again by itself. */
  readonly reached?: (isReached: boolean) => void
}

/** As much of an EventSource as is used. */
export interface Source {
  onopen: (() => void) | null
  onerror: (() => void) | null
  addEventListener(name: string, take: (event: { readonly data: string }) => void): void
  close(): void
}

/** What streams need of the browser. */
export interface StreamWorld {
  readonly clock: Pick<BrowserClock, 'monotonicMs' | 'after' | 'every'>
  open(url: string): Source
  /** Asks the charger for anything: EventSource does not tell a refusal from a lost network, and this leads to the log-in view. */
  ask(): void
  /** Told when the device joins or leaves its network. @returns ends it */
  watchNetwork(change: (isThere: boolean) => void): () => void
}

const firstDelayMs = 500
const longestDelayMs = 15_000
/** The charger shows its state once a second at least: that is the pulse of every stream. A phone that left the Wi-Fi gets no error;
 *  a stream that has been silent for so long is dead. */
const silenceMs = 6_000

const browser: StreamWorld = {
  clock: browserClock,
  open: (url) => new EventSource(url) as unknown as Source,
  ask: () => void api.get('/station').catch(() => undefined),
  watchNetwork(change) {
    const join = () => change(true)
    const leave = () => change(false)
    addEventListener('online', join)
    addEventListener('offline', leave)
    return () => {
      removeEventListener('online', join)
      removeEventListener('offline', leave)
    }
  },
}

/** Reads the events of the topics until the returned function is called. Connects anew, ever slower, when it must. */
export function readEvents(topics: readonly Topic[], { on, reached }: StreamHandlers, world: StreamWorld = browser): () => void {
  const { clock } = world
  const url = `${root}/events?topics=${[...new Set<Topic>(['state', ...topics])].join(',')}`
  let source: Source | undefined
  let delayMs = firstDelayMs
  let heardMs = 0
  let cancelRetry = () => {}

  const beat = () => {
    heardMs = clock.monotonicMs()
  }
  const close = () => {
    cancelRetry()
    source?.close()
    source = undefined
  }
  const lose = () => {
    close()
    reached?.(false)
    cancelRetry = clock.after(delayMs, open)
    delayMs = Math.min(delayMs * 2, longestDelayMs)
  }
  const open = () => {
    close()
    beat()
    source = world.open(url)
    source.addEventListener('state', beat)
    source.onopen = () => {
      beat()
      delayMs = firstDelayMs
      reached?.(true)
    }
    source.onerror = () => {
      lose()
      world.ask()
    }
    for (const [name, take] of Object.entries(on)) source.addEventListener(name, ({ data }) => take(JSON.parse(data)))
  }

  open()
  const stopListening = clock.every(silenceMs / 3, () => {
    if (source !== undefined && clock.monotonicMs() - heardMs > silenceMs) lose()
  })
  const stopWatching = world.watchNetwork((isThere) => {
    if (!isThere) lose()
    else if (source === undefined) open()
  })
  return () => {
    stopListening()
    stopWatching()
    close()
  }
}
