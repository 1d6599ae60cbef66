import type { Clock, Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Listenable, signal } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import { newsOf, theGrid } from './news.ts'
import type { GuardPort, PresentedToken } from './port.ts'
import { Malformed } from './shape.ts'
import { type ByteStream, lines } from './stream.ts'
import {
  beatMs,
  type CallName,
  calls,
  lineOf,
  longestCall,
  type News,
  type PortCall,
  patienceMs,
  portCalls,
  readCall,
  tokenPatienceMs,
  wireVersion,
} from './wire.ts'

/** How often it is looked whether the core has spoken. Looks are counted and not the time: a guard that stood still itself finds
 *  lines waiting, and must not take the core for hung before it has read them. */
const lookMs = beatMs / 2
/** A core that is just starting says nothing for a while: a small board takes seconds to load it. */
const firstWordMs = 20_000
/** Lines of the core in a second: a person's commands and beats, and for each EVSE the offers that the core may send at its fastest.
 *  Thousands would keep the tick waiting. */
const mostLinesFor = (evses: number) => 400 + evses * 60
/** Answers that are on their way, or that the core does not read. */
const mostWaiting = 32
const mostTokens = 8
/** A core that is refused, sent away or gone comes again and again: said once. */
const sayAgainMs = 10_000

export interface PortServerOptions {
  readonly clock: Clock
  readonly log: Log
  readonly board: string
  readonly isSimulated: boolean
  /** Hands in the simulated world. */
  readonly world?: (line: string) => boolean
}

/** The guard's end of the seam. It serves one core at a time, believes nothing that it did not check, and keeps for a core that
 *  does not read only the newest report of each EVSE. */
export interface PortServer {
  /** Takes a core in. Undefined: done. Words: refused, the stream is told so and closed; a core that lives is not replaced. */
  take(stream: ByteStream, who: string): string | undefined
  /** A core is connected and has spoken. */
  readonly isServing: boolean
  /** A core has said its first words. */
  readonly serving: Listenable<void>
  /** The core is connected and says nothing: it hangs, or it never came up. Said once, and again after it has spoken. */
  readonly hung: Listenable<void>
  /** The core asks for a restart of the whole charger. */
  readonly restarting: Listenable<void>
  close(): void
}

interface Connection {
  readonly who: string
  readonly isHung: boolean
  readonly hasSpoken: boolean
  tell(): void
  close(words: string | undefined): void
}

export function servePort(port: GuardPort, options: PortServerOptions): PortServer {
  const { clock, log } = options
  const hung = signal<void>()
  const restarting = signal<void>()
  const serving = signal<void>()
  let core: Connection | undefined
  let saidAt = Number.NEGATIVE_INFINITY
  let tokens: { readonly token: PresentedToken; readonly at: Millis }[] = []
  /** EVSEs with a report, and the grid with a reading, that the core has not been sent. */
  const fresh = new Set<number>()

  const offReports = port.reported.on(({ evse }) => {
    fresh.add(evse)
    core?.tell()
  })
  const offGrid = port.grid?.read.on(() => {
    fresh.add(theGrid)
    core?.tell()
  })
  const offTokens = port.tokens.on((token) => {
    tokens = [...tokens, { token, at: clock.monotonic() }].slice(-mostTokens)
    core?.tell()
  })
  /** Takes what is to be told now, the newest of each. */
  const news = (): readonly News[] => {
    const since = clock.monotonic() - tokenPatienceMs
    const told = [...[...fresh].flatMap((evse) => newsOf(port, evse)), ...tokens.filter(({ at }) => at >= since).map(({ token }) => ({ token }))]
    fresh.clear()
    tokens = []
    return told
  }
  const sayOnce = (say: () => void) => {
    if (clock.monotonic() - saidAt < sayAgainMs) return
    saidAt = clock.monotonic()
    say()
  }
  const refuse = (stream: ByteStream, words: string) => {
    stream.write(lineOf({ refused: words }))
    stream.close('after writing')
    return words
  }
  return {
    take(stream, who) {
      if (core !== undefined && !core.isHung) {
        const { who: serving } = core
        sayOnce(() => log.warn({ core: who, serving }, 'another core was refused: one is connected'))
        return refuse(stream, `another core is connected (${core.who})`)
      }
      core?.close('a newer core took its place')
      for (const evse of [theGrid, ...port.evses.map((each) => each.evse)]) fresh.add(evse)
      let mine: Connection | undefined
      mine = serveCore(stream, who, port, options, {
        news,
        sayOnce,
        hung: () => hung.emit(),
        restarting: () => restarting.emit(),
        serving: () => serving.emit(),
        closed: () => {
          if (core === mine) core = undefined
        },
      })
      core = mine
      mine.tell()
      return undefined
    },
    get isServing() {
      return core?.hasSpoken ?? false
    },
    serving,
    hung,
    restarting,
    close() {
      offReports()
      offTokens()
      offGrid?.()
      core?.close(undefined)
      core = undefined
    },
  }
}

interface Hub {
  news(): readonly News[]
  sayOnce(say: () => void): void
  serving(): void
  hung(): void
  restarting(): void
  closed(): void
}

function serveCore(stream: ByteStream, who: string, port: GuardPort, options: PortServerOptions, hub: Hub): Connection {
  const { clock } = options
  const log = options.log.with({ core: who })
  const known = new Set<number | undefined>(port.evses.map(({ evse }) => evse))
  /** Undefined: all of them, in the calls that take it. */
  const isKnown = (evse: number | undefined) => evse === undefined || known.has(evse)
  const mostLines = mostLinesFor(known.size)
  let isOpen = true
  let hasRoom = true
  let hasSpoken = false
  let isHung = false
  let taken = 0
  let acknowledged = 0
  let spoken = 0
  let wasHeard = false
  let silentLooks = 0
  let answers: News[] = []
  let waiting = 0
  let tellLater = false

  const end = (how: 'after writing' | 'now') => {
    if (!isOpen) return
    isOpen = false
    watch.stop()
    stream.close(how)
    hub.closed()
  }
  const close = (words: string | undefined) => {
    if (!isOpen) return
    if (words !== undefined) hub.sayOnce(() => log.warn({ reason: words }, 'the core is sent away'))
    // Who does not read cannot be told.
    const isTold = words !== undefined && hasRoom && !isHung
    if (isTold) stream.write(lineOf({ refused: words }))
    end(isTold ? 'after writing' : 'now')
  }
  /** While the core does not read nothing is written: the newest of everything waits at its source. */
  const tell = () => {
    if (!isOpen || !hasRoom) return
    const ack: readonly News[] = taken > acknowledged ? [{ ack: taken }] : []
    const all = [...ack, ...answers, ...hub.news()]
    acknowledged = taken
    answers = []
    if (all.length > 0) hasRoom = stream.write(all.map(lineOf).join(''))
  }
  /** One write for everything that a chunk of lines brings about. */
  const tellSoon = () => {
    if (tellLater) return
    tellLater = true
    queueMicrotask(() => {
      tellLater = false
      tell()
    })
  }
  const answer = (to: number, is: unknown) => {
    waiting--
    answers.push({ answer: { to, is } })
    tellSoon()
  }
  const run = (call: CallName, values: readonly unknown[]): unknown => {
    if (call === 'beat') return undefined
    if (call === 'restart') return hub.restarting()
    if (call === 'world') return options.world?.(values[0] as string) ?? false
    return (port[call as PortCall] as (...values: readonly unknown[]) => unknown)(...values)
  }
  const obey = (line: string) => {
    const { call, n, with: values } = readCall(line)
    if (n <= taken) throw new Malformed('n', 'the next number')
    if (call in portCalls && !isKnown(evseOf(values))) throw new Malformed('evse', 'an EVSE of this board')
    taken = n
    if (calls[call].gives === undefined) return void run(call, values)
    if (waiting + answers.length >= mostWaiting) throw new Malformed('call', 'patient: too many wait for an answer')
    waiting++
    Promise.resolve(run(call, values)).then(
      (is) => answer(n, is),
      (error) => {
        log.error({ call, error: wordsOf(error) }, 'a call of the core failed')
        answer(n, calls[call].gives?.lost)
      },
    )
  }
  const hear = (line: string): boolean => {
    if (!isOpen) return false
    wasHeard = true
    try {
      if (++spoken > mostLines) throw new Malformed('the core', `within ${mostLines} lines a second`)
      obey(line)
      if (!hasSpoken) hub.serving()
      hasSpoken = true
      isHung = false
      tellSoon()
    } catch (error) {
      // Whatever it is: the guard goes on without this core.
      if (!(error instanceof Malformed)) log.error({ error: wordsOf(error) }, 'a line of the core cannot be obeyed')
      close(wordsOf(error))
    }
    return isOpen
  }
  let looks = 0
  const look = () => {
    if (++looks % Math.round(1_000 / lookMs) === 0) spoken = 0
    silentLooks = wasHeard ? 0 : silentLooks + 1
    wasHeard = false
    if (isHung || silentLooks * lookMs < (hasSpoken ? patienceMs : firstWordMs)) return
    isHung = true
    log.warn({}, hasSpoken ? 'the core has said nothing for 3 s: it hangs' : 'the core came and has said nothing for 20 s')
    hub.hung()
  }
  const watch: Timer = clock.every('core speaks', lookMs, look)
  stream.drained.on(() => {
    hasRoom = true
    tell()
  })
  stream.closed.on((problem) => {
    if (isOpen) hub.sayOnce(() => log.info(problem === undefined ? {} : { problem }, 'the core is gone'))
    end('now')
  })
  stream.received.on(lines(longestCall, hear, () => close(`a line of the core is longer than ${longestCall} bytes`)))
  hasRoom = stream.write(lineOf({ hello: { version: wireVersion, board: options.board, isSimulated: options.isSimulated, evses: port.evses } }))
  return {
    who,
    get isHung() {
      return isHung
    },
    get hasSpoken() {
      return hasSpoken
    },
    tell,
    close,
  }
}

/** Each call of the port begins with an offer, or with the number of an EVSE. */
function evseOf([first]: readonly unknown[]): number | undefined {
  return typeof first === 'object' && first !== null && 'evse' in first ? (first.evse as number) : (first as number | undefined)
}
