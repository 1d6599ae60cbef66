import type { BrowserClock } from '../browser-clock.ts'

export interface StreamHandlers {
  /** By the name of the event; called with the JSON that came. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>
  /** False: the door cannot be reached, and the stream tries again by itself. */
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
  /** Asks the door for anything: EventSource does not tell a refusal from a lost network, and this leads to the log-in view. */
  ask(): void
  /** Told when the device joins or leaves its network. @returns ends it */
  watchNetwork(change: (isThere: boolean) => void): () => void
}

const firstDelayMs = 500
const longestDelayMs = 15_000
export interface StreamOf {
  readonly url: string
  /** The event that comes again and again as long as the line is alive. A phone that left the Wi-Fi gets no error; */
  readonly pulse: string
  /** a stream that has been without a pulse for so long is dead. */
  readonly silenceMs: number
}

/** As the browser has it. */
export function watchNetwork(change: (isThere: boolean) => void): () => void {
  const join = () => change(true)
  const leave = () => change(false)
  addEventListener('online', join)
  addEventListener('offline', leave)
  return () => {
    removeEventListener('online', join)
    removeEventListener('offline', leave)
  }
}

/** Reads events until the returned function is called. Connects anew, ever slower, when it must. */
export function readStream({ url, pulse, silenceMs }: StreamOf, { on, reached }: StreamHandlers, world: StreamWorld): () => void {
  const { clock } = world
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
    source.addEventListener(pulse, beat)
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
