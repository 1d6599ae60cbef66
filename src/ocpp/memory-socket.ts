import type { Clock } from '../base/clock.ts'
import { type Listenable, signal } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import { type Address, type Dial, DialError, type Socket } from './socket.ts'

/** A connection as its server sees it. */
export interface MemoryConnection {
  readonly address: Address
  readonly socket: Socket
}

/** A network in memory between chargers that dial and a server that accepts; its time is the clock's.
 *  Same calls, same order, every time. */
export interface MemoryNetwork {
  readonly dial: Dial
  /** A charger connected. Listeners attach to the socket at once; its frames wait for them. */
  readonly accepted: Listenable<MemoryConnection>
  /** How dials end from now on: accepted, left without any answer, or refused for a reason. */
  dials(what: 'accept' | 'stall' | DialError['reason']): void
  /** Cuts every connection as a torn wire does whose ends both notice: 1006 at once. */
  cut(): void
  /** While true nothing passes, and neither end notices: frames, pings, closings and dials are lost (half-open). */
  silence(on: boolean): void
  /** Connections standing. */
  readonly standing: number
  /** Dials so far, whatever became of them. */
  readonly dialled: number
}

export function memoryNetwork(options: {
  readonly clock: Clock /** One way, ms; 0 delivers in the next microtask. */
  readonly latency?: () => Millis
}): MemoryNetwork {
  const { clock } = options
  const latency = options.latency ?? (() => 0)
  const accepted = signal<MemoryConnection>()
  const wires = new Set<MemoryWire>()
  let mode: 'accept' | 'stall' | DialError['reason'] = 'accept'
  let dialled = 0
  let silenced = false
  const open = (address: Address): Socket => {
    const wire = memoryWire(
      clock,
      latency,
      () => silenced,
      () => wires.delete(wire),
    )
    wires.add(wire)
    accepted.emit({ address, socket: wire.server })
    return wire.client
  }
  return {
    dial: (address, abort) => {
      dialled++
      return new Promise((resolve, reject) => {
        abort.addEventListener('abort', () => reject(abort.reason), { once: true })
        later(clock, latency(), () => {
          if (abort.aborted || silenced || mode === 'stall') return
          if (mode === 'accept') resolve(open(address))
          else reject(new DialError(mode, `the network in memory says ${mode}`))
        })
      })
    },
    accepted,
    dials(what) {
      mode = what
    },
    cut() {
      for (const wire of [...wires]) wire.cut()
    },
    silence(on) {
      silenced = on
    },
    get standing() {
      return wires.size
    },
    get dialled() {
      return dialled
    },
  }
}

/** Two connected sockets, without a network around them. */
export function socketPair(clock: Clock, latency: () => Millis = () => 0): readonly [client: Socket, server: Socket] {
  const wire = memoryWire(
    clock,
    latency,
    () => false,
    () => {},
  )
  return [wire.client, wire.server]
}

interface MemoryWire {
  readonly client: Socket
  readonly server: Socket
  cut(): void
}

function memoryWire(clock: Clock, latency: () => Millis, isSilenced: () => boolean, gone: () => void): MemoryWire {
  const ends = [memoryEnd(), memoryEnd()] as const
  const carriers = [carrier(clock, latency, isSilenced), carrier(clock, latency, isSilenced)] as const
  const drop = (end: MemoryEnd, code: number, reason: string) => {
    if (!end.drop(code, reason)) return
    if (ends.every((each) => !each.isOpen)) gone()
  }
  const socketOf = (mine: 0 | 1): Socket => {
    const [here, there, carry] = [ends[mine], ends[mine === 0 ? 1 : 0], carriers[mine]]
    return {
      send(text) {
        if (!here.isOpen || here.isClosing) return false
        carry(() => there.take(text))
        return true
      },
      received: here.received,
      closed: here.closed,
      ping() {
        if (here.isOpen) carry(() => there.isOpen && carriers[mine === 0 ? 1 : 0](() => here.isOpen && here.pong.emit()))
      },
      pong: here.pong,
      close(code = 1000, reason = '') {
        if (!here.isOpen || here.isClosing) return
        here.isClosing = true
        carry(() => {
          drop(there, code, reason)
          carriers[mine === 0 ? 1 : 0](() => drop(here, code, reason))
        })
      },
      terminate() {
        if (!here.isOpen) return
        here.isClosing = true
        queueMicrotask(() => drop(here, 1006, ''))
        carry(() => drop(there, 1006, ''))
      },
    }
  }
  return {
    client: socketOf(0),
    server: socketOf(1),
    cut() {
      for (const end of ends) drop(end, 1006, '')
    },
  }
}

type MemoryEnd = ReturnType<typeof memoryEnd>

function memoryEnd() {
  const received = signal<string>()
  const closed = signal<{ readonly code: number; readonly reason: string }>()
  const pong = signal<void>()
  let early: string[] | undefined = []
  let end: { readonly code: number; readonly reason: string } | undefined
  return {
    isClosing: false,
    get isOpen() {
      return end === undefined
    },
    pong,
    received: {
      on(listener: (text: string) => void) {
        const stop = received.on(listener)
        const waiting = early ?? []
        early = undefined
        for (const text of waiting) listener(text)
        return stop
      },
    },
    closed: {
      on(listener: (how: { readonly code: number; readonly reason: string }) => void) {
        const how = end
        if (how === undefined) return closed.on(listener)
        let stopped = false
        queueMicrotask(() => stopped || listener(how))
        return () => {
          stopped = true
        }
      },
    },
    take(text: string) {
      if (end !== undefined || this.isClosing) return
      if (early === undefined) received.emit(text)
      else early.push(text)
    },
    /** False: it was closed before. */
    drop(code: number, reason: string): boolean {
      if (end !== undefined) return false
      end = { code, reason }
      closed.emit(end)
      return true
    },
  }
}

/** Carries in order: nothing overtakes what was given earlier, however the latency changes. */
function carrier(clock: Clock, latency: () => Millis, isSilenced: () => boolean): (deliver: () => void) => void {
  let freeAt: number = clock.monotonic()
  return (deliver) => {
    const now = clock.monotonic()
    freeAt = Math.max(freeAt, now + latency())
    later(clock, freeAt - now, () => {
      if (!isSilenced()) deliver()
    })
  }
}

function later(clock: Clock, delay: Millis, run: () => void): void {
  if (delay > 0) clock.after('network latency', delay, run)
  else queueMicrotask(run)
}
