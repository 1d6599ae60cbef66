import type { Clock, Timer } from '../../src/base/clock.ts'
import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import { type Address, type Dial, DialError, type Socket } from '../../src/ocpp/socket.ts'

export type NetworkState = 'up' | 'down' | 'silent'

/** The wire between a station and its central system, real or in memory, with somebody's hand on it. */
export interface HandledNetwork {
  readonly dial: Dial
  /** `down`: connections are cut and dials refused. `silent`: nothing passes, and neither end notices. With `backAfter` it is up again by itself,
   *  unless it was set to something else meanwhile. */
  set(state: NetworkState, backAfter?: Millis): void
  close(): void
}

export function handledNetwork(through: Dial, clock: Clock): HandledNetwork {
  let state: NetworkState = 'up'
  let back: Timer | undefined
  const standing = new Set<Socket>()
  const isDown = () => state === 'down'
  const refusal = () => new DialError('network', 'the scenario has cut the network')
  const dial = async (address: Address, abort: AbortSignal): Promise<Socket> => {
    if (isDown()) throw refusal()
    // Nobody answers: whoever dials gives up by himself.
    if (state === 'silent') return new Promise((_resolve, reject) => abort.addEventListener('abort', () => reject(abort.reason), { once: true }))
    const socket = await through(address, abort)
    if (isDown()) {
      socket.terminate()
      throw refusal()
    }
    standing.add(socket)
    socket.closed.on(() => standing.delete(socket))
    return heldSocket(socket, () => state !== 'silent')
  }
  return {
    dial,
    close: () => back?.stop(),
    set(next, backAfter) {
      back?.stop()
      state = next
      if (backAfter !== undefined)
        back = clock.after('network comes back', backAfter, () => {
          state = 'up'
        })
      if (next === 'down') for (const socket of [...standing]) socket.terminate()
    },
  }
}

/** A socket whose frames pass only where `passes` says so; what did not pass is lost. */
function heldSocket(socket: Socket, passes: () => boolean): Socket {
  const pong = signal<void>()
  socket.pong.on(() => passes() && pong.emit())
  return {
    ...socket,
    send: (text) => (passes() ? socket.send(text) : true),
    received: { on: (listener) => socket.received.on((text) => passes() && listener(text)) },
    ping: () => void (passes() && socket.ping()),
    pong,
  }
}
