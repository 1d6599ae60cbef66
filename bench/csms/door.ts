import { ConfigError, wordsOf } from '../../src/base/errors.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import { acceptWebSockets } from '../../src/ocpp/websocket-server.ts'
import type { CentralSystem } from './central-system.ts'

export interface Door {
  /** What a station is given as its central system: `ws://127.0.0.1:9000`. */
  readonly url: string
  readonly port: number
  /** Closes the connections, then the port. */
  close(): Promise<void>
}

/** Opens a WebSocket port through which stations reach the central system. Port 0: any that is free.
 *  @throws ConfigError when it cannot listen there */
export async function openDoor(system: CentralSystem, options: { host?: string; port: number; log?: Log }): Promise<Door> {
  const { host = '127.0.0.1', port: wanted, log = silentLog } = options
  try {
    const listener = await acceptWebSockets({
      host,
      port: wanted,
      log,
      subprotocols: ['ocpp1.6'],
      accept: ({ socket, identity, remote }) => system.attach(socket, identity, remote),
    })
    const { port } = listener
    return {
      url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}`,
      port,
      close() {
        system.close()
        return listener.close()
      },
    }
  } catch (error) {
    throw refusalOf(error, host, wanted)
  }
}

function refusalOf(error: unknown, host: string, port: number): ConfigError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new ConfigError('--port', '', `port ${port} on ${host} is in use`, 'End the program that listens there, or choose another port')
  if (code === 'EACCES') return new ConfigError('--port', '', `port ${port} may not be opened by this user`, 'Choose a port above 1023')
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new ConfigError('--host', '', `${host} is no address of this machine`, 'Use 127.0.0.1, or 0.0.0.0 for every address')
  return new ConfigError('--port', '', `cannot listen on ${host}:${port} (${wordsOf(error)})`, 'Choose another address')
}
