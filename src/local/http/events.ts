import type { ServerResponse } from 'node:http'
import type { Timer } from '../../base/clock.ts'
import { wordsOf } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { type Millis, millis, seconds } from '../../base/units.ts'
import type { LocalPorts } from '../ports.ts'
import { frameOf } from '../rest/frame-picture.ts'
import { Refusal } from '../rest/route.ts'
import { sessionOf } from '../rest/session-picture.ts'
import { stationOf } from '../rest/station-picture.ts'
import { securityHeaders } from './send.ts'

export const topics = ['state', 'frames', 'log', 'sessions'] as const
export type Topic = (typeof topics)[number]

/** Server-sent events: what happens, to everybody who listens. */
export interface Events {
  /** Answers with a stream that lasts until somebody ends it. @param isWelcome asked again and again: who logs out hears no more
   *  @throws Refusal when too many listen */
  open(response: ServerResponse, wanted: ReadonlySet<Topic>, isWelcome: () => boolean): void
  readonly listeners: number
  close(): void
}

const mostListeners = 16
/** At most ten pictures of the station a second. */
const pictureGap = millis(100)
/** What changes without saying so (a duration, the clock) is shown all the same. */
const pictureAtLeast = seconds(1)
const commentEvery = seconds(15)
/** Bytes that a listener may leave unread before it is cut: one that falls behind is better off with a new picture. */
const mostUnread = 262_144

interface Listener {
  readonly response: ServerResponse
  readonly wanted: ReadonlySet<Topic>
  readonly isWelcome: () => boolean
}

/** Nothing runs while nobody listens. */
export function events(ports: LocalPorts, log: Log): Events {
  const listeners = new Set<Listener>()
  let stopFeeds: (() => void) | undefined
  const cut = (listener: Listener) => {
    listeners.delete(listener)
    listener.response.destroy()
    if (listeners.size > 0) return
    stopFeeds?.()
    stopFeeds = undefined
  }
  const write = (listener: Listener, text: string) => {
    if (listener.response.writableLength > mostUnread) cut(listener)
    else listener.response.write(text)
  }
  const tell = (topic: Topic, event: string, data: () => unknown) => {
    const wanting = [...listeners].filter(({ wanted }) => wanted.has(topic))
    if (wanting.length === 0) return
    try {
      const text = spoken(event, data())
      for (const each of wanting) write(each, text)
    } catch (error) {
      // It is told from within what happens: a mistake in a picture must not reach those who brought it about.
      log.error({ event, error: wordsOf(error) }, 'an event could not be told')
    }
  }
  const comment = () => {
    for (const each of listeners) {
      if (each.isWelcome()) write(each, ':\n\n')
      else cut(each)
    }
  }
  return {
    open(response, wanted, isWelcome) {
      if (listeners.size >= mostListeners) throw new Refusal(503, 'Too many listeners', `At most ${mostListeners} may listen at once. Close another page.`)
      // Before anything is said: a mistake in it is answered as one.
      const first = wanted.has('state') ? spoken('state', stationOf(ports)) : ':\n\n'
      response.writeHead(200, { ...securityHeaders, 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
      if (response.req.method === 'HEAD') return void response.end()
      const listener = { response, wanted, isWelcome }
      listeners.add(listener)
      response.once('close', () => cut(listener))
      stopFeeds ??= feeds(ports, tell, comment)
      write(listener, first)
    },
    get listeners() {
      return listeners.size
    },
    close() {
      for (const each of listeners) cut(each)
    },
  }
}

function spoken(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

function feeds(ports: LocalPorts, tell: (topic: Topic, event: string, data: () => unknown) => void, comment: () => void): () => void {
  const { frames, machine, context } = ports
  const { chargePoint, link, clock } = context
  const pictures = coalesced(ports, () => tell('state', 'state', () => stationOf(ports)))
  const stops = [
    chargePoint.changed.on(pictures.ask),
    link.changed.on(pictures.ask),
    frames.passed.on((frame) => tell('frames', 'frame', () => frameOf(frame))),
    machine.logged.on((line) => tell('log', 'log', () => ({ line }))),
    chargePoint.sessions.changed.on((summary) => tell('sessions', 'session', () => sessionOf(summary, clock.now().epochMs))),
  ]
  const timers = [clock.every('events: comment', commentEvery, comment), clock.every('events: picture', pictureAtLeast, pictures.ask)]
  return () => {
    for (const stop of stops) stop()
    for (const each of timers) each.stop()
    pictures.stop()
  }
}

/** However often it is asked for: at once when nothing was told lately, else as soon as the gap is over. */
function coalesced({ context: { clock } }: LocalPorts, tell: () => void): { readonly ask: () => void; stop(): void } {
  let last: Millis = clock.monotonic()
  let waiting: Timer | undefined
  return {
    ask() {
      waiting ??= clock.after('events: gap', Math.max(0, last + pictureGap - clock.monotonic()), () => {
        waiting = undefined
        last = clock.monotonic()
        tell()
      })
    },
    stop: () => waiting?.stop(),
  }
}
