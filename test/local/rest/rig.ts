import { afterEach } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { newestLines } from '../../../src/base/newest-lines.ts'
import { signal } from '../../../src/base/signal.ts'
import { seconds } from '../../../src/base/units.ts'
import type { SimulatedBoard } from '../../../src/config/board.ts'
import { type HttpDoor, openHttp } from '../../../src/local/http/server.ts'
import { serviceCommands } from '../../../src/local/maintenance.ts'
import type { LocalPorts } from '../../../src/local/ports.ts'
import { routes } from '../../../src/local/rest/routes.ts'
import { localDoors } from '../../../src/run/host.ts'
import { localPorts } from '../../../src/run/local-ports.ts'
import { handsAt } from '../../../src/run/simulated-world.ts'
import { socketBoard, type World, type WorldOptions, world } from '../../stories/world.ts'

const undo: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

/** A simulated station with everything that its local doors are handed. */
export interface Rig extends World {
  readonly ports: LocalPorts
  readonly logged: (line: string) => void
}

export async function rig(options: WorldOptions & { readonly board?: SimulatedBoard; readonly guardSilentMs?: () => number } = {}): Promise<Rig> {
  const board = options.board ?? socketBoard
  const made = await world(options)
  const { station, clock, store } = made
  const { simulation } = station.built
  const hands = simulation === undefined ? undefined : handsAt(simulation)
  const local = localDoors({ id: 'CP-1', defaultTag: 'DEFAULT', automaticEv: false }, { station, hands }, clock, () => {}, serviceCommands)
  const lines = newestLines(10_000)
  const logged = signal<string>()
  logged.on(lines.add)
  const { guardSilentMs } = options
  const ports = localPorts({ ...local, station, config: { board, stateDirectory: '.' }, store, lines, logged, guardSilentMs })
  undo.push(() => ports.close())
  return { ...made, ports, logged: logged.emit }
}

/** What was answered, read. */
export interface Answered {
  readonly status: number
  readonly type: string
  readonly body: unknown
}

/** The REST door over a station; a request is answered in simulated time. */
export async function door(at: Rig): Promise<HttpDoor & { ask(method: string, path: string, body?: unknown): Promise<Answered> }> {
  const parts = { host: '127.0.0.1', port: 0, secrets: [], hosts: [], routes, ports: at.ports, pageDirectory: undefined, log: silentLog }
  const opened = await openHttp({ ...parts, rate: { perSecond: 100_000, burst: 100_000 } })
  undo.push(() => opened.close())
  return {
    ...opened,
    async ask(method, path, body) {
      const request = fetch(`http://127.0.0.1:${opened.port}${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }).then(async (response) => {
        const type = response.headers.get('content-type') ?? ''
        const text = await response.text()
        return { status: response.status, type, body: /json/.test(type) ? (JSON.parse(text) as unknown) : text }
      })
      let isDone = false
      const done = () => {
        isDone = true
      }
      request.then(done, done)
      // Slow enough for the answer to come by the socket; fast enough for what waits for a minute of the station's.
      for (let spent = 0; !isDone; spent++) await at.clock.advance(spent < 200 ? 1 : seconds(0.05))
      return request
    },
  }
}
