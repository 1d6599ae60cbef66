import { joinCluster } from '../../../../bench/csms/cluster/join.ts'
import type { Live, LiveEvent } from '../../../../bench/csms/live.ts'
import type { StationAnswer, StationRequest } from '../../../../bench/csms/ocpp/station-request.ts'
import type { Charger } from '../../../../bench/csms/rest/shapes.ts'
import { type Log, silentLog } from '../../../../src/base/log.ts'
import { signal } from '../../../../src/base/signal.ts'
import { type SimulatedClock, simulatedClock } from '../../../../src/base/simulated-clock.ts'
import { memoryBroker } from './memory-broker.ts'

export const root = 'pilotwire/csms/default'
export const start: StationRequest = { kind: 'start', evse: 1, tag: 'CARD' }
export const yes = { kind: 'answered', action: 'RemoteStartTransaction', isAccepted: true, status: 'Accepted', payload: { status: 'Accepted' } } as const

/** What the processes share: a row for each charger on the line. */
function sharedRows() {
  const at = new Map<string, string>()
  return {
    at,
    chargers: {
      some: async (ids: readonly string[]) => ids.map((id) => ({ id, is_connected: at.has(id) }) as Charger),
      connected: async (id: string, process: string) => void at.set(id, process),
      async disconnected(id: string, process: string) {
        if (at.get(id) === process) at.delete(id)
      },
      processes: async () => [...new Set(at.values())],
      async allGone(process: string) {
        const gone = [...at].filter(([, where]) => where === process).map(([id]) => id)
        for (const id of gone) at.delete(id)
        return gone
      },
    },
  }
}

/** Processes of one central system, their broker and their database in memory. */
export function world() {
  const clock = simulatedClock()
  const broker = memoryBroker()
  const rows = sharedRows()
  return { clock, broker, rows, join: (process: string, log?: Log) => member({ clock, broker, rows, process, ...(log === undefined ? {} : { log }) }) }
}

interface MemberParts {
  readonly clock: SimulatedClock
  readonly broker: ReturnType<typeof memoryBroker>
  readonly rows: ReturnType<typeof sharedRows>
  readonly process: string
  readonly log?: Log
}

/** A process of the central system: the stations on its line, and what it was asked for them. */
async function member({ clock, broker, rows, process, log = silentLog }: MemberParts) {
  const line = new Set<string>()
  const asked: { readonly station: string; readonly request: StationRequest }[] = []
  const dropped: string[] = []
  const events = signal<LiveEvent>()
  const live: Live = { events, publish: (event) => events.emit(event) }
  let answer: Promise<StationAnswer> = Promise.resolve(yes)
  const door = broker.dialler()
  const cluster = await joinCluster({
    broker: door.dial,
    process,
    async local(station, request) {
      if (!line.has(station)) return { kind: 'disconnected' }
      asked.push({ station, request })
      return answer
    },
    live,
    store: { engine: 'postgres', chargers: rows.chargers },
    clock,
    log,
    drop(station) {
      dropped.push(station)
      gone(station)
    },
  })
  const heard: LiveEvent[] = []
  cluster.live.events.on((event) => void heard.push(event))
  const gone = (station: string) => {
    line.delete(station)
    void rows.chargers.disconnected(station, process)
    cluster.gone(station)
  }
  return {
    cluster,
    asked,
    dropped,
    heard,
    gone,
    cut: door.cut,
    comes(station: string) {
      line.add(station)
      void rows.chargers.connected(station, process)
      cluster.here(station, '1.6')
    },
    ask: (station: string, request = start) => cluster.dispatch(station, request),
    answers(next: Promise<StationAnswer>) {
      answer = next
    },
    /** The machine stops: nothing is said any more, but the broker notices. */
    dies() {
      line.clear()
      door.cut()
      void cluster.close()
    },
  }
}
