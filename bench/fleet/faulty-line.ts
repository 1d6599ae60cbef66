import type { Clock } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import { type Dial, DialError, type Socket } from '../../src/ocpp/socket.ts'

/** The line of one station to its central system, which can be cut. */
export interface FaultyLine {
  readonly dial: Dial
  /** Nothing passes for so long; the connection that stands is cut as a torn wire does. */
  cut(outage: Millis): void
  readonly isDown: boolean
}

/** @param latencyMs more than the real network takes, each way
 *  @param failed hears of connections that could not be made, cuts apart */
export function faultyLine(dial: Dial, clock: Clock, latencyMs: Millis, failed: (reason: DialError['reason']) => void): FaultyLine {
  let socket: Socket | undefined
  let downUntil = Number.NEGATIVE_INFINITY
  const isDown = () => clock.monotonic() < downUntil
  return {
    async dial(address, abort) {
      if (isDown()) throw new DialError('network', 'the line is cut')
      try {
        const made = await dial(address, abort)
        socket = latencyMs === 0 ? made : slow(made, clock, latencyMs)
        if (isDown()) socket.terminate()
        return socket
      } catch (error) {
        // Who gave up by himself was not refused.
        const isTimeout = error instanceof DialError && error.reason === 'timeout'
        if ((!abort.aborted || isTimeout) && !isDown()) failed(error instanceof DialError ? error.reason : 'network')
        throw error
      }
    },
    cut(outage) {
      downUntil = clock.monotonic() + outage
      socket?.terminate()
    },
    get isDown() {
      return isDown()
    },
  }
}

/** Frames take longer; their order stays, for each takes as long. */
function slow(socket: Socket, clock: Clock, latencyMs: Millis): Socket {
  let isClosed = false
  socket.closed.on(() => {
    isClosed = true
  })
  const late = (run: () => void) => void clock.after('latency', latencyMs, run)
  return {
    ...socket,
    send(text) {
      if (isClosed) return false
      late(() => socket.send(text))
      return true
    },
    received: { on: (listener) => socket.received.on((text) => late(() => isClosed || listener(text))) },
  }
}
