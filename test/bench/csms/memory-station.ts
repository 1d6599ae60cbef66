import type { CentralSystem } from '../../../bench/csms/central-system.ts'
import type { OcppVersion } from '../../../bench/csms/ocpp/ocpp-version.ts'
import type { SimulatedClock } from '../../../src/base/simulated-clock.ts'
import { socketPair } from '../../../src/ocpp/memory-socket.ts'

type Payload = Readonly<Record<string, unknown>>

/** A station written by hand, on a socket in memory: what it sends is what the test says. */
export interface MemoryStation {
  /** Sends a CALL and gives its answer as it came: `[3, payload]` or `[4, code, description]`; undefined when none came within a second. */
  call(action: string, payload: object): Promise<readonly unknown[] | undefined>
  /** What the central system asked: action and payload. */
  readonly asked: (readonly [string, Payload])[]
  /** The answers to CALLs of the central system, by action; Accepted or Unlocked otherwise. */
  readonly answers: Record<string, object | ((payload: Payload) => object)>
  /** Sends CALLs whose answers nobody waits for. */
  tell(action: string, payload: object): void
  close(): void
}

export function memoryStation(system: CentralSystem, clock: SimulatedClock, id: string, version: OcppVersion = '2.0.1'): MemoryStation {
  const [charger, server] = socketPair(clock)
  const got = new Map<string, readonly unknown[]>()
  const asked: (readonly [string, Payload])[] = []
  const answers: MemoryStation['answers'] = {}
  let count = 0
  const send = (action: string, payload: object) => {
    const call = `m${count++}`
    charger.send(JSON.stringify([2, call, action, payload]))
    return call
  }
  charger.received.on((text) => {
    const [type, call, ...rest] = JSON.parse(text) as [number, string, ...unknown[]]
    if (type !== 2) return void got.set(call, [type, ...rest])
    const [action, payload] = rest as [string, Payload]
    asked.push([action, payload])
    const answer = answers[action] ?? { status: action === 'UnlockConnector' ? 'Unlocked' : 'Accepted' }
    charger.send(JSON.stringify([3, call, typeof answer === 'function' ? answer(payload) : answer]))
  })
  system.attach(server, id, 'in memory', version)
  return {
    asked,
    answers,
    async call(action, payload) {
      const call = send(action, payload)
      await clock.advance(1_000)
      return got.get(call)
    },
    tell: send,
    close: () => charger.close(1000),
  }
}
