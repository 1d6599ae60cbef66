import type { SimulatedClock } from '../../../src/base/simulated-clock.ts'
import type { Dial, Socket } from '../../../src/ocpp/socket.ts'

/** Counts what is on its way through the real world (frames, connections, files), so that simulated time can stand still meanwhile:
 *  no simulated time-out ever races a real socket. */
export interface Traffic {
  /** Something is on its way until the returned function is called; a second call does nothing. */
  begins(): () => void
  /** Counts a promise until it is settled. */
  during<T>(work: Promise<T>): Promise<T>
  /** Resolves when nothing is on its way and nothing more comes of what arrived. */
  rest(clock: SimulatedClock): Promise<void>
}

export function traffic(): Traffic {
  let underWay = 0
  let waiting: (() => void)[] = []
  const begins = () => {
    let isOver = false
    underWay++
    return () => {
      if (isOver) return
      isOver = true
      underWay--
      if (underWay > 0) return
      const told = waiting
      waiting = []
      for (const tell of told) tell()
    }
  }
  return {
    begins,
    during(work) {
      const ends = begins()
      return work.finally(ends)
    },
    async rest(clock) {
      // What arrived may be answered within the turns that follow.
      for (let calm = 0; calm < 2; calm++) {
        await clock.settle()
        if (underWay === 0) continue
        await new Promise<void>((resolve) => waiting.push(resolve))
        calm = -1
      }
    },
  }
}

/** One connection, whose two ends this process holds: what was sent into it and has not come out, and whether it is being closed. */
export interface Wire {
  sent(by: 'station' | 'central'): void
  arrived(from: 'station' | 'central'): void
  /** One end begins to close it. */
  closing(): void
  closed(end: 'station' | 'central'): void
}

export function wire({ begins }: Traffic): Wire {
  const flying = { station: [] as (() => void)[], central: [] as (() => void)[] }
  const open = new Set(['station', 'central'])
  let endsClosing: (() => void) | undefined
  const closing = () => {
    endsClosing ??= begins()
  }
  return {
    sent: (by) => void flying[by].push(begins()),
    arrived: (from) => flying[from].shift()?.(),
    closing,
    closed(end) {
      closing()
      open.delete(end)
      if (open.size > 0) return
      for (const lands of [...flying.station, ...flying.central]) lands()
      endsClosing?.()
    },
  }
}

/** Sees the frames as the station sends and gets them. */
export interface Onlooker {
  sends(text: string): void
  gets(text: string): void
  disconnected(): void
}

/** A dial of which both ends are counted. @param wireOf the wire of the connection that the central system took last */
export function countedDial(dial: Dial, { traffic, wireOf, onlooker }: { traffic: Traffic; wireOf: () => Wire; onlooker: Onlooker }): Dial {
  return async (address, abort) => {
    const socket = await traffic.during(dial(address, abort))
    return countedSocket(socket, traffic, wireOf(), onlooker)
  }
}

function countedSocket(socket: Socket, traffic: Traffic, line: Wire, onlooker: Onlooker): Socket {
  const pings: (() => void)[] = []
  socket.pong.on(() => pings.shift()?.())
  socket.closed.on(() => {
    for (const lands of pings.splice(0)) lands()
    onlooker.disconnected()
    line.closed('station')
  })
  return {
    ...socket,
    send(text) {
      if (!socket.send(text)) return false
      line.sent('station')
      onlooker.sends(text)
      return true
    },
    received: {
      on: (listener) =>
        socket.received.on((text) => {
          onlooker.gets(text)
          listener(text)
          line.arrived('central')
        }),
    },
    ping() {
      pings.push(traffic.begins())
      socket.ping()
    },
    close(code, reason) {
      line.closing()
      socket.close(code, reason)
    },
    terminate() {
      line.closing()
      socket.terminate()
    },
  }
}
