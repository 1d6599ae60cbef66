import { createServer, type Server } from 'node:http'
import { type Millis, seconds } from '../base/units.ts'
import { addressOf } from './gate.ts'

/** Connections that a door has room for. */
export interface Places {
  readonly all: number
  /** Of one address (an IPv6 network is one): nobody takes them all. */
  readonly ofOne: number
}

const largestHead = 8_192

/** An HTTP server for a door: what is slow or large is nobody that a charger has time for. Bodies are bounded where they are read.
 *  @param patience how long a head may take to arrive; a whole request may take twice as long */
export function tightServer({ all, ofOne }: Places, patience: Millis = seconds(10)): Server {
  const server = createServer({
    maxHeaderSize: largestHead,
    headersTimeout: patience,
    requestTimeout: patience * 2,
    connectionsCheckingInterval: Math.min(seconds(2), patience / 2),
    keepAliveTimeout: seconds(10),
    insecureHTTPParser: false,
    noDelay: true,
  })
  server.maxConnections = all
  server.maxHeadersCount = 64
  server.maxRequestsPerSocket = 1_000
  // Neither side said anything: an answer that nobody reads, or a connection that was forgotten. Events say something every 15 s.
  server.timeout = seconds(60)
  const taken = new Map<string, number>()
  server.prependListener('connection', (socket) => {
    const address = addressOf({ socket })
    const before = taken.get(address) ?? 0
    taken.set(address, before + 1)
    socket.once('close', () => {
      const left = (taken.get(address) ?? 1) - 1
      if (left > 0) taken.set(address, left)
      else taken.delete(address)
    })
    if (before >= ofOne) socket.destroy()
  })
  return server
}

/** Lets go of the port and of everybody, also of who has not said yet what he wants. */
export function closeTight(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
