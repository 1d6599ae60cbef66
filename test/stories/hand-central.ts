import { isoOf } from '../../src/base/moment.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import { type MemoryNetwork, memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import { type WorldOptions, world } from './world.ts'

/** A request of the charge point as it came over the wire. */
export interface Asked {
  readonly id: string
  readonly action: string
  readonly payload: Readonly<Record<string, unknown>>
  /** Simulated ms. */
  readonly at: number
}

/** What becomes of a request. Without a treatment it is answered politely. */
export type Treatment = (asked: Asked, polite: unknown, line: Line) => void

/** One connection as the central system holds it. */
export interface Line {
  readonly socket: Socket
  /** Any text. */
  say(text: string): void
  answer(id: string, payload: unknown): void
  refuse(id: string): void
}

/** A central system written by hand, which can be as rude as a test wants it. */
export interface HandCentral {
  readonly network: MemoryNetwork
  /** Every CALL of the station, in the order of arrival. */
  readonly asked: readonly Asked[]
  /** Every CALLRESULT and CALLERROR of the station: [type, id, ...]. */
  readonly answers: readonly (readonly unknown[])[]
  /** By action; `undefined` is everything else. Replaces the polite answer. */
  treat(action: string | undefined, treatment: Treatment | undefined): void
  /** The present connection. */
  readonly line: Line | undefined
  /** Sends a CALL and gives the station's answer, undefined when none came within a second. */
  call(action: string, payload: unknown): Promise<readonly unknown[] | undefined>
  /** CALLs of the station that were on the wire unanswered at one time, at the most. */
  readonly mostInFlight: number
  of(action: string): readonly Asked[]
}

/** MessageTimeout of a station that was not told otherwise, ms. */
const messageTimeout = 30_000

export function handCentral(clock: SimulatedClock): HandCentral {
  const network = memoryNetwork({ clock })
  const asked: Asked[] = []
  const answers: (readonly unknown[])[] = []
  const treatments = new Map<string | undefined, Treatment>()
  let line: Line | undefined
  let open = new Map<string, number>()
  let mostInFlight = 0
  let calls = 0
  /** The same start gets the same number. */
  const numbers = new Map<string, number>()
  const numberOf = (payload: unknown) => {
    const key = JSON.stringify(payload)
    const number = numbers.get(key) ?? numbers.size + 1
    numbers.set(key, number)
    return number
  }
  const polite = ({ action, payload }: Asked): unknown => {
    const currentTime = isoOf(clock.now())
    switch (action) {
      case 'BootNotification':
        return { status: 'Accepted', currentTime, interval: 300 }
      case 'Heartbeat':
        return { currentTime }
      case 'Authorize':
        return { idTagInfo: { status: 'Accepted' } }
      case 'StartTransaction':
        return { transactionId: numberOf(payload), idTagInfo: { status: 'Accepted' } }
      case 'DataTransfer':
        return { status: 'Accepted' }
      default:
        return {}
    }
  }
  const lineOn = (socket: Socket): Line => ({
    socket,
    say(text) {
      const [, id] = /^\[[34],"([^"]*)"/.exec(text) ?? []
      if (id !== undefined) open.delete(id)
      socket.send(text)
    },
    answer(id, payload) {
      open.delete(id)
      socket.send(JSON.stringify([3, id, payload]))
    },
    refuse(id) {
      open.delete(id)
      socket.send(JSON.stringify([4, id, 'InternalError', 'no', {}]))
    },
  })
  network.accepted.on(({ socket }) => {
    const mine = lineOn(socket)
    line = mine
    open = new Map()
    socket.received.on((text) => {
      const frame = JSON.parse(text) as readonly [number, string, string, Readonly<Record<string, unknown>>]
      if (frame[0] !== 2) return void answers.push(frame)
      const [, id, action, payload] = frame
      const request: Asked = { id, action, payload, at: clock.monotonic() }
      asked.push(request)
      // What was given up for lost in time (MessageTimeout) is not in flight any more.
      for (const [each, at] of open) if (request.at - at >= messageTimeout) open.delete(each)
      open.set(id, request.at)
      mostInFlight = Math.max(mostInFlight, open.size)
      const treatment = treatments.get(action) ?? treatments.get(undefined)
      if (treatment === undefined) mine.answer(id, polite(request))
      else treatment(request, polite(request), mine)
    })
  })
  return {
    network,
    asked,
    answers,
    treat(action, treatment) {
      if (treatment === undefined) treatments.delete(action)
      else treatments.set(action, treatment)
    },
    get line() {
      return line
    },
    async call(action, payload) {
      const id = `hand-${++calls}`
      line?.say(JSON.stringify([2, id, action, payload]))
      await clock.advance(1_000)
      return answers.find((answer) => answer[1] === id)
    },
    get mostInFlight() {
      return mostInFlight
    },
    of: (action) => asked.filter((each) => each.action === action),
  }
}

/** A whole charge point that talks to a central system written by hand. */
export async function rudeWorld(options: WorldOptions & { readonly before?: (hand: HandCentral) => void } = {}) {
  const clock = options.clock ?? simulatedClock()
  const hand = handCentral(clock)
  options.before?.(hand)
  const w = await world({ ...options, clock, parts: { dial: hand.network.dial, ...options.parts } })
  return { ...w, hand, network: hand.network }
}
export type RudeWorld = Awaited<ReturnType<typeof rudeWorld>>
