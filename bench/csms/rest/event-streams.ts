import type { ServerResponse } from 'node:http'
import { type Millis, millis, seconds } from '../../../src/base/units.ts'
import { type Audience, changes, type Topic } from './changes.ts'
import type { RestParts } from './parts.ts'
import { Refusal } from './refusal.ts'

/** What somebody wants to hear. */
export interface Wish {
  readonly topics: ReadonlySet<Topic>
  /** Of this charger alone; `dashboard` is of all. */
  readonly charger: string | undefined
}

/** Server-sent events: what happens, to everybody who listens. */
export interface EventStreams {
  /** Answers with a stream that lasts until somebody ends it. @param isWelcome asked again and again: who logs out hears no more
   *  @throws Refusal 503 when too many listen */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>, wish: Wish, isWelcome: () => boolean): void
  readonly listeners: number
  close(): void
}

export const mostStreams = 64
/** Four pushes a second. */
const round: Millis = millis(250)
const commentEvery: Millis = seconds(15)
/** Bytes that a listener may leave unread before it is cut: it comes again, and reads the whole anew. */
const mostUnread = 1_048_576

interface Stream {
  readonly response: ServerResponse
  readonly wish: Wish
  readonly isWelcome: () => boolean
  /** Where there are several processes, the others are told whose frames are wanted. */
  readonly stopWatching: (() => void) | undefined
}

/** Nothing runs while nobody listens. */
export function eventStreams(parts: Pick<RestParts, 'clock' | 'log' | 'store' | 'live'>): EventStreams {
  const { clock, live } = parts
  const streams = new Set<Stream>()
  const changing = changes(
    parts,
    audienceOf(streams, (stream, bytes) => write(stream, bytes)),
  )
  let stopFeeds: (() => void) | undefined
  const cut = (stream: Stream) => {
    if (!streams.delete(stream)) return
    stream.response.destroy()
    stream.stopWatching?.()
    if (streams.size > 0) return
    stopFeeds?.()
    stopFeeds = undefined
    changing.forget()
  }
  const write = (stream: Stream, bytes: Uint8Array) => {
    if (stream.response.writableLength > mostUnread) cut(stream)
    else stream.response.write(bytes)
  }
  const comment = () => {
    for (const each of streams) {
      if (each.isWelcome()) write(each, silence)
      else cut(each)
    }
  }
  const startFeeds = () => {
    const stop = live.events.on(changing.hear)
    const timers = [clock.every('events: round', round, () => void changing.read()), clock.every('events: comment', commentEvery, comment)]
    return () => {
      stop()
      for (const each of timers) each.stop()
    }
  }
  return {
    open(response, headers, wish, isWelcome) {
      if (streams.size >= mostStreams) {
        throw new Refusal(503, 'Too many listeners', `At most ${mostStreams} may listen at once`, { remedy: 'Close another page.' })
      }
      response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
      const stopWatching = wish.topics.has('frames') && wish.charger !== undefined ? live.watch?.(wish.charger) : undefined
      const stream = { response, wish, isWelcome, stopWatching }
      streams.add(stream)
      response.on('error', () => cut(stream))
      response.once('close', () => cut(stream))
      stopFeeds ??= startFeeds()
      write(stream, silence)
    },
    get listeners() {
      return streams.size
    },
    close() {
      for (const each of streams) cut(each)
    },
  }
}

const silence = Buffer.from(':\n\n')

/** What is told is written down once for all who want it. */
function audienceOf(streams: ReadonlySet<Stream>, write: (stream: Stream, bytes: Uint8Array) => void): Audience {
  const wanting = (topic: Topic, charger?: string) =>
    [...streams].filter(({ wish }) => wish.topics.has(topic) && (charger === undefined || wish.charger === undefined || wish.charger === charger))
  const tell = (to: readonly Stream[], event: string, data: unknown) => {
    if (to.length === 0) return
    const bytes = Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    for (const each of to) write(each, bytes)
  }
  const ofAll = () => wanting('chargers').filter(({ wish }) => wish.charger === undefined)
  const tellOf = <T>(event: string, items: readonly T[], idOf: (item: T) => string) => {
    tell(ofAll(), event, items)
    for (const each of wanting('chargers').filter(({ wish }) => wish.charger !== undefined)) {
      const own = items.filter((item) => idOf(item) === each.wish.charger)
      if (own.length > 0) tell([each], event, own)
    }
  }
  return {
    wants: (topic, charger) => wanting(topic, charger).length > 0,
    chargers: (changed) => tellOf('chargers', changed, ({ id }) => id),
    removed: (ids) => tellOf('removed', ids, (id) => id),
    sites: (sites) => tell(ofAll(), 'sites', sites),
    transaction: (transaction) => tell(wanting('transactions', transaction.charger_id), 'transaction', transaction),
    frame: (frame) => tell(wanting('frames', frame.charger_id), 'frame', frame),
    dashboard: (dashboard) => tell(wanting('dashboard'), 'dashboard', dashboard),
  }
}
