import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { ConfigError, wordsOf } from '../../src/base/errors.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import { watchHalfOpen } from '../../src/ocpp/half-open.ts'
import { type AcceptOptions, acceptWebSockets } from '../../src/ocpp/websocket-server.ts'
import type { CentralSystem } from './central-system.ts'
import { cannotListen } from './listen.ts'
import { dialects } from './ocpp/dialects.ts'
import { type OcppVersion, ocppVersions } from './ocpp/ocpp-version.ts'

export interface Door {
  /** What a station is given as its central system: `ws://127.0.0.1:9000`. */
  readonly url: string
  readonly port: number
  /** Closes the connections, then the port. */
  close(): Promise<void>
}

export interface DoorOptions extends Pick<AcceptOptions, 'isKnown' | 'isAuthorized'> {
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** 0: any that is free. */
  readonly port: number
  readonly log?: Log
  /** What stations may speak; every version by default. The station's order decides. */
  readonly versions?: readonly OcppVersion[]
  /** Files in PEM, the chain with the leaf first: TLS alone is spoken then. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Between pings to each station, 60 s by default; 0: none. One that does not answer is cut. */
  readonly pingInterval?: Millis
}

/** Opens a WebSocket port through which stations reach the central system.
 *  @throws ConfigError when it cannot listen there, or the certificate or its key cannot be used */
export async function openDoor(system: CentralSystem, options: DoorOptions): Promise<Door> {
  const { host = '127.0.0.1', port: wanted, log = silentLog, pingInterval = seconds(60), isKnown, isAuthorized } = options
  const tls = options.tls === undefined ? undefined : pemOf(options.tls)
  const versions = new Map((options.versions ?? ocppVersions).map((each) => [dialects[each].subprotocol, each]))
  try {
    const listener = await acceptWebSockets({
      host,
      port: wanted,
      log,
      clock: system.clock,
      subprotocols: [...versions.keys()],
      ...(isKnown === undefined ? {} : { isKnown }),
      ...(isAuthorized === undefined ? {} : { isAuthorized }),
      ...(tls === undefined ? {} : { tls }),
      accept({ socket, identity, remote, subprotocol }) {
        const stop = watchHalfOpen(socket, { clock: system.clock, log: log.with({ identity }), pingInterval: () => pingInterval, other: 'the station' })
        socket.closed.on(stop)
        system.attach(socket, identity, remote, versions.get(subprotocol))
      },
    })
    const { port } = listener
    return {
      url: `${tls === undefined ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
      port,
      close() {
        system.close()
        return listener.close()
      },
    }
  } catch (error) {
    throw cannotListen(error, '--port', host, wanted)
  }
}

/** Both files, tried on each other before anybody connects. */
function pemOf({ cert, key }: { readonly cert: string; readonly key: string }): { readonly cert: Buffer; readonly key: Buffer } {
  const pem = { cert: readPem('--tls-cert', cert), key: readPem('--tls-key', key) }
  const usable = (flag: string, file: string, what: string, attempt: () => unknown) => {
    try {
      attempt()
    } catch (error) {
      throw new ConfigError(flag, '', `${file} ${what} (${wordsOf(error)})`, 'Name a certificate chain and its own unencrypted key, both in PEM')
    }
  }
  usable('--tls-cert', cert, 'is no certificate', () => createSecureContext({ cert: pem.cert }))
  usable('--tls-key', key, 'is not the key of that certificate', () => createSecureContext(pem))
  return pem
}

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new ConfigError(flag, '', `${file} cannot be read (${wordsOf(error)})`, 'Name a file in PEM that may be read')
  }
}
