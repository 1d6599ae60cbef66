import type { Clock } from '../../src/base/clock.ts'
import { codeOf } from '../../src/ocpp/call-error.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { Message } from '../../src/ocpp/message.ts'
import type { Dial, Socket } from '../../src/ocpp/socket.ts'
import { type CentralSystem, centralSystem } from '../csms/central-system.ts'
import type { Manner } from '../csms/ocpp/answers.ts'
import { type Behaviour, millisOf } from './scenario.ts'

/** The central system of the bench in this process, and how it behaves. */
export interface BenchCentral {
  readonly dial: Dial
  readonly system: CentralSystem
  /** What is said takes the place of what was said of the same before; the rest stays. */
  behave(behaviour: Behaviour): void
  /** Sends a request; what comes of it is seen in the frames. False: the station is not connected. */
  ask(message: Message, payload: unknown): boolean
}

export function benchCentral(clock: Clock, station: string, first: Behaviour = {}): BenchCentral {
  let now: Behaviour = first
  /** BootNotifications since the answers to them were last told. */
  let boots = 0
  const network = memoryNetwork({ clock })
  const system = centralSystem({
    clock,
    get heartbeat() {
      return now.heartbeat ?? 300
    },
    bootStatus: () => now.boots?.[Math.min(boots++, now.boots.length - 1)] ?? 'Accepted',
    authorize: (idTag) => ({ status: now.cards?.[idTag] ?? now.others ?? 'Accepted' }),
    manner: (action) => mannerOf(now, action),
  })
  network.accepted.on(({ address, socket }) =>
    system.attach(
      doubling(socket, (action) => now.twice?.includes(action) === true),
      address.identity,
    ),
  )
  return {
    dial: network.dial,
    system,
    behave(behaviour) {
      if (behaviour.boots !== undefined) boots = 0
      now = { ...now, ...behaviour }
    },
    ask(message, payload) {
      if (!system.stations.some(({ id, isConnected }) => id === station && isConnected)) return false
      void system.call(station, message, payload)
      return true
    },
  }
}

function mannerOf({ slow, silent, refuses }: Behaviour, action: string): Manner {
  const refusal = refuses?.[action] === undefined ? undefined : codeOf(refuses[action])
  return {
    ...(slow?.[action] === undefined ? {} : { lateBy: millisOf(slow[action]) }),
    ...(silent?.includes(action) === true ? { isSilent: true } : {}),
    ...(refusal === undefined ? {} : { refusal }),
  }
}

/** A socket that sends the answers to some actions twice. */
function doubling(socket: Socket, isTwice: (action: string) => boolean): Socket {
  const actions = new Map<string, string>()
  return {
    ...socket,
    send(text) {
      const [, id] = /^\[3,"([^"]*)"/.exec(text) ?? []
      const action = id === undefined ? undefined : actions.get(id)
      if (id !== undefined) actions.delete(id)
      if (action !== undefined && isTwice(action)) socket.send(text)
      return socket.send(text)
    },
    received: {
      on: (listener) =>
        socket.received.on((text) => {
          const [, id, action] = /^\[2,"([^"]*)","([^"]*)"/.exec(text) ?? []
          if (id !== undefined && action !== undefined) actions.set(id, action)
          listener(text)
        }),
    },
  }
}
