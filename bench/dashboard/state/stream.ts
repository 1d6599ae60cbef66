import { browserClock } from '../../../src/local/web/browser-clock.ts'
import { readStream, type Source, type StreamHandlers, type StreamWorld, watchNetwork } from '../../../src/local/web/state/read-stream.ts'
import { root } from '../api.ts'
import { isLocked } from './access.ts'
import { eventReader } from './event-stream.ts'

/** A comment comes every 15 s: without anything for so long the line is dead. */
const silenceMs = 35_000

/** Told with everything that comes, comments too. */
const pulse = 'anything'

const world: StreamWorld = { clock: browserClock, open: openSource, ask: () => undefined, watchNetwork }

/** @param query `?topics=chargers,dashboard` */
export function readEvents(query: string, handlers: StreamHandlers): () => void {
  return readStream({ url: `${root}/events${query}`, pulse, silenceMs }, handlers, world)
}

/** What an EventSource does, by fetch: it hears the comments, which are the pulse, and it is told why it is refused. */
function openSource(url: string): Source {
  const ended = new AbortController()
  const takers: (readonly [name: string, take: (event: { readonly data: string }) => void])[] = []
  const source: Source = {
    onopen: null,
    onerror: null,
    addEventListener: (name, take) => takers.push([name, take]),
    close: () => ended.abort(),
  }
  const tell = (wanted: string, data: string) => {
    for (const [name, take] of takers) if (name === wanted) take({ data })
  }
  const read = async () => {
    const response = await fetch(url, { signal: ended.signal, credentials: 'same-origin', cache: 'no-store', headers: { accept: 'text/event-stream' } })
    if (response.status === 401) isLocked.set(true)
    if (!response.ok || response.body === null) throw new Error(`refused with ${response.status}`)
    source.onopen?.()
    const events = eventReader()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      tell(pulse, '')
      for (const { name, data } of events(piece.value)) if (name !== 'comment') tell(name, data)
    }
  }
  const lost = () => {
    if (!ended.signal.aborted) source.onerror?.()
  }
  read().then(lost, lost)
  return source
}
