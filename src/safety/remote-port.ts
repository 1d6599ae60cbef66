import type { Reading } from '../../hal/types.ts'
import type { Clock, Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import { type Listenable, type Signal, signal } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import type { GuardPort, Offer, PresentedToken, Report } from './port.ts'
import { type ByteStream, lines } from './stream.ts'
import {
  beatMs,
  type CallName,
  calls,
  type Hello,
  lineOf,
  longestNews,
  type News,
  type PortCall,
  patienceMs,
  portCalls,
  readNews,
  wireVersion,
} from './wire.ts'

/** Beats that may be sent without one being acknowledged. Beats are counted and not the time: a core that stood still itself finds
 *  the guard's lines waiting. */
const mostUnheard = patienceMs / beatMs
/** A guard answers a new core at once; a busy board takes a moment. */
const helloWithin: Millis = 5_000

/** Offers that change faster than the guard ticks: it is told the newest. A central system that sends a thousand limits a second must not
 *  make the core a flood. */
const offerEvery: Millis = 20

/** The guard, as a core sees it through a stream. Everything it says is the newest that came. */
export interface RemotePort extends GuardPort {
  readonly hello: Hello
  /** A beat or a renewal was acknowledged: what a watchdog of this process may be fed with. */
  readonly acknowledged: Listenable<void>
  /** Resolves with words when the guard is gone, hangs, or sends this core away; never after `close`. */
  readonly closed: Promise<string>
  /** Hands in the simulated world; false where there is none. */
  world(line: string): Promise<boolean>
  /** Asks the guard to end too, once the contactors are open. */
  restart(): void
  close(): void
}

/** Waits for the guard's first words: what the board has, and a report of each EVSE. Rejects with an Error that says why it cannot be had. */
export function remotePort(stream: ByteStream, clock: Clock): Promise<RemotePort> {
  const reported = signal<Report>()
  const tokens = heldSignal<PresentedToken>()
  const acknowledged = signal<void>()
  const gridRead = signal<Reading>()
  let grid: Reading | undefined
  const reports = new Map<number, Report>()
  const waiting = new Map<number, { readonly call: CallName; readonly answer: PromiseWithResolvers<unknown> }>()
  const ready = Promise.withResolvers<RemotePort>()
  const closed = Promise.withResolvers<string>()
  let hello: Hello | undefined
  let isOpen = true
  let isReady = false
  let said = 0
  let unheard = 0

  const letGo = (how: 'after writing' | 'now') => {
    if (!isOpen) return
    isOpen = false
    patience.stop()
    beat.stop()
    stream.close(how)
    for (const { call, answer } of waiting.values()) lose(call, answer)
    waiting.clear()
  }
  const end = (words: string) => {
    if (!isOpen) return
    letGo('now')
    ready.reject(new Error(words))
    closed.resolve(words)
  }
  const say = (call: CallName, values: readonly unknown[]): number => {
    const n = ++said
    if (isOpen) stream.write(lineOf({ call, n, with: values }))
    return n
  }
  const ask = (call: CallName, values: readonly unknown[]): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>()
    if (isOpen) waiting.set(say(call, values), { call, answer })
    else lose(call, answer)
    return answer.promise
  }
  /** Nobody answers any more, or the guard could not. */
  const lose = (call: CallName, { resolve, reject }: PromiseWithResolvers<unknown>) => {
    const lost = calls[call].gives?.lost
    if (lost === undefined) reject(new Error(`the guard did not answer ${call}`))
    else resolve(lost)
  }
  const paced = pacedOffers(clock, (offer) => say('offer', [offer]))
  const port = (found: Hello): RemotePort => ({
    ...(Object.fromEntries(
      Object.entries(portCalls).map(([call, { gives }]) => [
        call,
        gives === undefined
          ? (...values: readonly unknown[]) => void say(call as PortCall, values)
          : (...values: readonly unknown[]) => ask(call as PortCall, values),
      ]),
    ) as Pick<GuardPort, PortCall>),
    offer: paced.offer,
    // What is said of the plug-in or the transaction comes after every offer that was made before, and in its place.
    withdraw(evse, keepsLocked = false) {
      paced.forget(evse)
      say('withdraw', [evse, keepsLocked])
    },
    adopt(evse, plugIn, transaction) {
      paced.forget(evse)
      say('adopt', [evse, plugIn, transaction])
    },
    hello: found,
    evses: found.evses,
    report(evse) {
      const report = reports.get(evse)
      if (report === undefined) throw new RangeError(`no EVSE ${evse} on board ${found.board}: it has 1 to ${found.evses.length}`)
      return report
    },
    reported,
    tokens,
    grid: {
      get newest() {
        return grid
      },
      read: gridRead,
    },
    acknowledged,
    closed: closed.promise,
    world: async (line) => (await ask('world', [line])) === true,
    restart: () => void say('restart', []),
    // What was said last (a withdrawal) must not be lost with the stream.
    close: () => letGo('after writing'),
  })
  const take = (news: News) => {
    if ('refused' in news) return end(`the guard sends this core away: ${news.refused}`)
    if ('hello' in news) {
      if (news.hello.version !== wireVersion)
        return end(`the guard speaks version ${news.hello.version} and this core ${wireVersion}: install one package for both`)
      hello = news.hello
    } else if ('report' in news) {
      const isKnown = hello?.evses.some(({ evse }) => evse === news.report.evse)
      if (isKnown !== true) return end(`the guard reports EVSE ${news.report.evse}, which its board does not have`)
      reports.set(news.report.evse, news.report)
      reported.emit(news.report)
    } else if ('token' in news) tokens.emit(news.token)
    else if ('grid' in news) {
      grid = news.grid
      gridRead.emit(grid)
    } else if ('ack' in news) {
      unheard = 0
      acknowledged.emit()
    } else {
      const { to, is } = news.answer
      const asked = waiting.get(to)
      if (asked === undefined) return
      if (is === undefined) lose(asked.call, asked.answer)
      else asked.answer.resolve(calls[asked.call].gives?.shape(is, asked.call))
      waiting.delete(to)
    }
    if (isReady || hello === undefined || reports.size < hello.evses.length) return
    isReady = true
    patience.stop()
    ready.resolve(port(hello))
  }
  const hear = (line: string): boolean => {
    let news: News | undefined
    try {
      news = readNews(line)
      if (news !== undefined) take(news)
    } catch (error) {
      if (news !== undefined && !('answer' in news)) throw error
      end(`the guard speaks what this core does not understand: ${wordsOf(error)}`)
    }
    return isOpen
  }
  const patience = clock.after('hello of the guard', helloWithin, () => end(`the guard has not said hello for ${helloWithin / 1_000} s`))
  const beat = clock.every('beat', beatMs, () => {
    if (++unheard > mostUnheard) return end(`the guard has not answered for ${patienceMs / 1_000} s`)
    say('beat', [])
  })
  stream.closed.on((problem) => end(problem === undefined ? 'the guard is gone' : `the guard is gone: ${problem}`))
  stream.received.on(lines(longestNews, hear, () => end(`a line of the guard is longer than ${longestNews} bytes`)))
  say('beat', [])
  return ready.promise
}

/** Sends an offer at once, or the newest one as soon as the guard could have taken the last. */
function pacedOffers(clock: Clock, send: (offer: Offer) => void) {
  const sentAt = new Map<number, Millis>()
  const waiting = new Map<number, { offer: Offer; readonly timer: Timer }>()
  const sendNow = (offer: Offer) => {
    waiting.delete(offer.evse)
    sentAt.set(offer.evse, clock.monotonic())
    send(offer)
  }
  return {
    offer(offer: Offer) {
      const { evse } = offer
      const later = waiting.get(evse)
      const dueIn = (sentAt.get(evse) ?? Number.NEGATIVE_INFINITY) + offerEvery - clock.monotonic()
      if (later !== undefined) later.offer = offer
      else if (dueIn <= 0) sendNow(offer)
      else {
        const next = { offer, timer: clock.after(`offer ${evse} waits`, dueIn, () => sendNow(next.offer)) }
        waiting.set(evse, next)
      }
    },
    forget(evse: number) {
      waiting.get(evse)?.timer.stop()
      waiting.delete(evse)
      sentAt.delete(evse)
    },
  }
}

/** A signal that keeps what comes before anybody listens: a card that was shown while the core started is told with the first reports. */
function heldSignal<T>(): Signal<T> {
  const inner = signal<T>()
  let held: T[] | undefined = []
  return {
    emit: (value) => (held === undefined ? inner.emit(value) : void held.push(value)),
    on(listener) {
      const off = inner.on(listener)
      const waiting = held ?? []
      held = undefined
      // Whoever listens is still being put together.
      queueMicrotask(() => {
        for (const each of waiting) inner.emit(each)
      })
      return off
    },
  }
}
