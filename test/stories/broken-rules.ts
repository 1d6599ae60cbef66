import { signal } from '../../src/base/signal.ts'
import type { Dial, Socket } from '../../src/ocpp/socket.ts'
import type { GuardPort } from '../../src/safety/port.ts'
import type { Broken } from './walk-world.ts'

// Rules broken on purpose, between the program and the world, to show that a walk sees it. Each does so now and then only, as a fault would.

type Call = readonly [type: number, id: string, action: string, payload: Readonly<Record<string, unknown>>]

interface Tampered {
  readonly socket: Socket
  /** To the central system, as the program sends it. */
  send(text: string): boolean
  /** To the program, as if it came from the central system. */
  answer(id: string, payload: unknown): void
}

/** @param meddle what becomes of a CALL of the station; everything else passes */
function onTheWire(meddle: (call: Call, line: Tampered, count: number) => boolean): Pick<Required<Broken>, 'dial'> {
  let count = 0
  const tampered = (socket: Socket): Socket => {
    const heard = signal<string>()
    const line: Tampered = {
      socket,
      send: (text) => socket.send(text),
      answer: (id, payload) => queueMicrotask(() => heard.emit(JSON.stringify([3, id, payload]))),
    }
    return {
      ...socket,
      send(text) {
        const frame = JSON.parse(text) as Call
        return frame[0] === 2 ? meddle(frame, line, ++count) : socket.send(text)
      },
      received: {
        on(listener) {
          const offs = [socket.received.on(listener), heard.on(listener)]
          return () => {
            for (const off of offs) off()
          }
        },
      },
    }
  }
  return { dial: (dial: Dial) => async (address, abort) => tampered(await dial(address, abort)) }
}

const passed = (call: Call, line: Tampered, payload: unknown = call[3]) => line.send(JSON.stringify([call[0], call[1], call[2], payload]))

/** Each third call of this action, after the first ones, is not told to anybody; the program is made believe that it was. */
const unheard = (action: string): Broken => {
  let seen = 0
  return onTheWire((call, line) => {
    if (call[2] !== action || ++seen % 3 !== 0) return passed(call, line)
    line.answer(call[1], {})
    return true
  })
}

/** By the name under which `npm run test:walk -- --break <name>` knows it. Made anew for each walk. */
export const brokenRules: Readonly<Record<string, { readonly what: string; make(): Broken }>> = {
  'skipped-status': { what: 'each third StatusNotification is left out', make: () => unheard('StatusNotification') },
  'lost-stop': { what: 'each third StopTransaction is left out', make: () => unheard('StopTransaction') },
  'two-calls': {
    what: 'each hundredth CALL does not wait for the answer to the one before',
    make: () =>
      onTheWire((call, line, count) => {
        if (count % 100 === 0) line.send(JSON.stringify([2, `second-${count}`, 'Heartbeat', {}]))
        return passed(call, line)
      }),
  },
  'used-id': {
    what: 'each fortieth CALL bears the message id of the one before',
    make: () => {
      const before = new Map<Socket, string>()
      return onTheWire((call, line, count) => {
        const id = count % 40 === 0 ? (before.get(line.socket) ?? call[1]) : call[1]
        before.set(line.socket, call[1])
        return line.send(JSON.stringify([2, id, call[2], call[3]]))
      })
    },
  },
  'forgotten-energy': {
    what: 'each third StopTransaction forgets 5 Wh',
    make: () => {
      let stops = 0
      return onTheWire((call, line) => {
        const { meterStop } = call[3] as { meterStop?: number }
        if (call[2] !== 'StopTransaction' || ++stops % 3 !== 0) return passed(call, line)
        return passed(call, line, { ...call[3], meterStop: (meterStop ?? 0) - 5 })
      })
    },
  },
  'wrong-order': {
    what: 'a transaction is stopped a second time, after its answer',
    make: () => {
      let last: Call | undefined
      return onTheWire((call, line, count) => {
        if (call[2] === 'StopTransaction') last = call
        // In the place of a Heartbeat, so that one CALL is in flight all the same.
        if (call[2] !== 'Heartbeat' || last === undefined) return passed(call, line)
        line.send(JSON.stringify([2, `again-${count}`, last[2], last[3]]))
        line.answer(call[1], { currentTime: '2026-03-01T08:00:00Z' })
        return true
      })
    },
  },
  'early-word': {
    what: 'each second BootNotification has a Heartbeat before it',
    make: () => {
      let boots = 0
      return onTheWire((call, line) => {
        if (call[2] === 'BootNotification' && ++boots % 2 === 0) line.send(JSON.stringify([2, `early-${boots}`, 'Heartbeat', {}]))
        return passed(call, line)
      })
    },
  },
  'deaf-to-limits': {
    what: 'the offer of outlet 1 is 32 A whatever the profiles say',
    make: () => ({
      guard: (port: GuardPort): GuardPort => ({ ...port, offer: (offer) => port.offer('amps' in offer && offer.evse === 1 ? { ...offer, amps: 32 } : offer) }),
    }),
  },
}
