import type { AddressInfo } from 'node:net'
import { ConfigError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { isLoopback } from '../../base/loopback.ts'
import type { Millis } from '../../base/units.ts'
import { gate } from '../gate.ts'
import { cannotListen } from '../listening.ts'
import type { LocalPorts } from '../ports.ts'
import type { RequestRate } from '../request-rate.ts'
import type { Route } from '../rest/route.ts'
import { closeTight, tightServer } from '../tight-server.ts'
import { turnedLog } from '../turned-log.ts'
import { browserSessions } from './browser-sessions.ts'
import { events } from './events.ts'
import { handling } from './handling.ts'
import { ownRoutes } from './own-routes.ts'
import { pageFiles } from './page-files.ts'
import { probes } from './probes.ts'
import { router } from './router.ts'
import { servedRoutes } from './served.ts'

export interface HttpParts {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Any of them opens. Required beyond loopback; asked for everywhere where there is one. */
  readonly secrets: readonly string[]
  /** Further names under which the door may be called. */
  readonly hosts: readonly string[]
  readonly routes: readonly Route[]
  readonly ports: LocalPorts
  /** Of the built page; undefined: there is none. */
  readonly pageDirectory: string | undefined
  readonly log: Log
  readonly rate?: RequestRate
  /** How long a request may take to arrive, 10 s by default. */
  readonly patience?: Millis
}

export interface HttpDoor {
  readonly host: string
  readonly port: number
  /** Sends everybody away and lets go of the port. */
  close(): Promise<void>
}

/** Connections at once, of which 16 may be for events. One device has up to three addresses (IPv4, and two networks of IPv6): it cannot
 *  take all. */
const places = { all: 64, ofOne: 20 } as const

/** Opens the door. @throws ConfigError when the host is not loopback and nothing has to be shown, or the address cannot be had */
export function openHttp(parts: HttpParts): Promise<HttpDoor> {
  const { host, port, secrets, ports, log } = parts
  if (secrets.length === 0 && !isLoopback(host)) {
    const problem = `${host} can be reached from elsewhere, and nobody would be asked for a password`
    return Promise.reject(new ConfigError('--http', '', problem, 'Set doors.http.login: device in the station file, or listen on 127.0.0.1'))
  }
  const server = tightServer(places, parts.patience)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen('--http', host, port, error)))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      server.on('error', (error) => log.error({ error: error.message }, 'http door'))
      const listening = (server.address() as AddressInfo).port
      const streams = events(ports, log)
      server.on('request', answering(parts, listening, streams))
      const close = () => {
        streams.close()
        return closeTight(server)
      }
      resolve({ host, port: listening, close })
    })
  })
}

function answering(parts: HttpParts, port: number, streams: ReturnType<typeof events>) {
  const { ports, routes, log } = parts
  const { clock } = ports.context
  const entrance = gate({ ...parts, clock, pages: 'own' })
  const sessions = browserSessions(clock, `pilotwire-${port}`)
  const rest = servedRoutes(routes, ports)
  const own = ownRoutes({ gate: entrance, sessions, events: streams, described: rest.map(({ declared }) => declared), ports })
  return handling({
    gate: entrance,
    sessions,
    find: router([...rest, ...own, ...probes(routes, ports)]),
    files: pageFiles(parts.pageDirectory),
    log,
    turnedAway: turnedLog(log, clock, 'http client refused'),
  })
}
