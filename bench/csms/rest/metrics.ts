import { exposition } from '../../../src/local/rest/exposition.ts'
import type { EventStreams } from './event-streams.ts'
import type { RestParts } from './parts.ts'

export interface Meters {
  /** In Prometheus' words. */
  text(): Promise<string>
  stop(): void
}

/** Figures of the whole, and of what this process has seen pass. */
export function meters({ store, live, version, process: name }: RestParts, streams: Pick<EventStreams, 'listeners'>): Meters {
  const frames = new Map<string, { readonly labels: { readonly direction: string; readonly kind: string }; value: number }>()
  const stop = live.events.on((event) => {
    if (event.topic !== 'frame') return
    const { direction, kind } = event.frame
    const known = frames.get(`${direction} ${kind}`)
    if (known === undefined) frames.set(`${direction} ${kind}`, { labels: { direction, kind }, value: 1 })
    else known.value++
  })
  return {
    stop,
    async text() {
      const now = await store.statistics.dashboard()
      const gauge = (metric: string, help: string, value: number) => ({ name: `pilotwire_bench_${metric}`, help, type: 'gauge' as const, samples: [{ value }] })
      return exposition([
        { name: 'pilotwire_bench_info', help: 'The program', type: 'gauge', samples: [{ labels: { version, process: name, engine: store.engine }, value: 1 }] },
        gauge('sites', 'Sites', now.sites),
        gauge('chargers', 'Charge points', now.chargers),
        gauge('connected_chargers', 'Charge points on the line, at whichever process', now.connected),
        {
          name: 'pilotwire_bench_charger_states',
          help: 'Charge points by state',
          type: 'gauge',
          samples: Object.entries(now.states).map(([state, value]) => ({ labels: { state }, value })),
        },
        gauge('running_transactions', 'Transactions that run', now.active_transactions),
        gauge('power_watts', 'Drawn now', now.power_kw * 1_000),
        gauge('energy_today_joules', 'Delivered since midnight UTC', now.energy_today_kwh * 3_600_000),
        gauge('event_streams', 'Who listens to events of this process', streams.listeners),
        {
          name: 'pilotwire_bench_frames_total',
          help: 'OCPP frames that this process has heard of',
          type: 'counter',
          samples: [...frames.values()],
        },
        gauge('process_resident_memory_bytes', 'Of this process', process.memoryUsage.rss()),
      ])
    },
  }
}
