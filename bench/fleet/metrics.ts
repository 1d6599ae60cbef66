import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError } from '../../src/base/errors.ts'
import { exposition, type Metric, type Sample } from '../../src/local/rest/exposition.ts'
import type { FleetFigures } from './figures.ts'
import { type LatencyCounts, within } from './latencies.ts'

/** Upper bounds of the buckets, ms. */
const bounds = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const

/** In Prometheus' words. */
export function metricsOf({ stations, begun, online, outlets, energyWh, tally, rssBytes, cpuMs }: FleetFigures): string {
  const one = (name: string, type: Metric['type'], help: string, value: number): Metric => ({
    name: `pilotwire_fleet_${name}`,
    help,
    type,
    samples: [{ value }],
  })
  const by = (name: string, type: Metric['type'], help: string, label: string, values: Readonly<Record<string, number>>): Metric => ({
    ...{ name: `pilotwire_fleet_${name}`, help, type },
    samples: Object.entries(values).map(([each, value]) => ({ labels: { [label]: each }, value })),
  })
  return exposition([
    by('stations', 'gauge', 'Charge points: asked for, switched on, and accepted by the central system', 'state', { wanted: stations, begun, online }),
    by('outlets', 'gauge', 'Outlets by status', 'status', outlets),
    one('energy_joules_total', 'counter', 'Counted by the meters', energyWh * 3_600),
    by('frames_total', 'counter', 'OCPP frames', 'direction', { in: tally.framesIn, out: tally.framesOut }),
    by('errors_total', 'counter', 'What should not have happened, by name', 'error', tally.errors),
    by('events_total', 'counter', 'What else happened, by name', 'event', tally.notes),
    {
      name: 'pilotwire_fleet_call_seconds',
      help: 'From CALL to its answer, real time',
      type: 'histogram',
      samples: Object.entries(tally.calls).flatMap(([action, calls]) => histogram(action, calls)),
    },
    one('resident_memory_bytes', 'gauge', 'Of all the processes', rssBytes),
    one('cpu_seconds_total', 'counter', 'Of all the processes', cpuMs / 1_000),
  ])
}

function histogram(action: string, calls: LatencyCounts): readonly Sample[] {
  return [
    ...bounds.map((ms) => ({ suffix: '_bucket', labels: { action, le: ms / 1_000 }, value: within(calls, ms) })),
    { suffix: '_bucket', labels: { action, le: '+Inf' }, value: calls.count },
    { suffix: '_sum', labels: { action }, value: calls.sumMs / 1_000 },
    { suffix: '_count', labels: { action }, value: calls.count },
  ]
}

/** Serves the figures at /metrics of the loopback. Rejects with ConfigError when the port cannot be had. */
export async function metricsDoor(port: number, figures: () => FleetFigures): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    // Nothing here is a secret, but no page of another site is to read it through a name of its own.
    const isLocal = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')
    const isAsked = request.url?.split('?', 1)[0] === '/metrics' && request.method === 'GET'
    response.writeHead(!isLocal ? 403 : isAsked ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(isLocal && isAsked ? metricsOf(figures()) : 'GET /metrics\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ConfigError('--metrics', '', `port ${port} cannot be had (${error.code ?? error.message})`, 'Name another port, or 0 for any that is free')),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
