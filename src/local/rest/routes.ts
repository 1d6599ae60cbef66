import type { Route } from './route.ts'
import { benchRoutes } from './routes-bench.ts'
import { connectionRoutes } from './routes-connection.ts'
import { machineRoutes } from './routes-machine.ts'
import { sessionRoutes } from './routes-sessions.ts'
import { settingRoutes } from './routes-settings.ts'
import { stationRoutes } from './routes-station.ts'

/** Everything that the REST door does, beside logging in, the stream of events and its own documentation. Those that are
 *  `isSimulatedOnly` belong to simulated boards. */
export const routes: readonly Route[] = [...stationRoutes, ...sessionRoutes, ...settingRoutes, ...connectionRoutes, ...machineRoutes, ...benchRoutes]
