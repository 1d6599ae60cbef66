import type { LocalPorts } from '../ports.ts'
import type { Route } from '../rest/route.ts'
import type { Health } from '../rest/shapes.ts'
import { sendJson } from './send.ts'
import { type Served, servedRoutes } from './served.ts'

/** What programs that watch over a machine look for at the root: `/metrics` as below /api/v1, and `/health`, which says yes (200) or no
 *  (503) to everybody, and nothing else. */
export function probes(routes: readonly Route[], ports: LocalPorts): readonly Served[] {
  const at = (path: string) => routes.filter((each) => each.method === 'GET' && each.path === path)
  const metrics = servedRoutes(at('/metrics'), ports).map((each) => ({ ...each, path: '/metrics' }))
  const health = at('/health').map(
    (route): Served => ({
      method: 'GET',
      path: '/health',
      declared: { ...route, access: 'open' },
      async serve(input, { response }) {
        const { body } = await route.run(input, ports)
        const { isHealthy } = body as Health
        sendJson(response, isHealthy ? 200 : 503, { isHealthy })
      },
    }),
  )
  return [...metrics, ...health]
}
