import { lstatSync, unlinkSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { makeDirectories } from '../base/directories.ts'
import { ConfigError, wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { seconds } from '../base/units.ts'
import type { ByteStream } from '../safety/stream.ts'
import { lineOf } from '../safety/wire.ts'
import type { Credentials, Peer } from './peer-credentials.ts'
import { socketStream } from './socket-stream.ts'

/** Programs that wait at the door; one core is served. */
const mostConnections = 8
/** No other user may write, and who may not write may not connect. */
const mask = 0o117

/** A program that comes again and again must not fill the log. */
const sayAgain = seconds(10)

export interface Door {
  readonly path: string
  readonly clock: Clock
  readonly log: Log
  readonly credentials: Credentials
  /** Users that may be the core, beside root and this process's own. */
  readonly coreUser: string | undefined
  /** A core is at the door; words: why it was sent away. */
  take(stream: ByteStream, who: string): string | undefined
}

/** Listens for cores, and lets in only who may be one. @throws ConfigError when the socket cannot be had */
export async function openGuardSocket(door: Door): Promise<{ close(): void }> {
  const { path, clock, log, credentials } = door
  const users = new Set([0, process.getuid?.() ?? 0, ...(door.coreUser === undefined ? [] : [credentials.userNamed(door.coreUser)])])
  let saidAt = Number.NEGATIVE_INFINITY
  const admit = (socket: Socket) => {
    const peer = credentials.peerOf(socket)
    const stream = socketStream(socket)
    if (peer !== undefined && users.has(peer.uid)) return void door.take(stream, `pid ${peer.pid}`)
    if (clock.monotonic() - saidAt >= sayAgain) {
      saidAt = clock.monotonic()
      log.warn(peer === undefined ? {} : { ...peer }, 'a program that may not be the core was sent away')
    }
    stream.write(lineOf({ refused: refusalOf(peer) }))
    stream.close('after writing')
  }
  const server = createServer({ allowHalfOpen: false }, admit)
  server.maxConnections = mostConnections
  try {
    makeDirectories(dirname(path), 0o755)
    await removeStale(path)
    await listening(server, path)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(
      `socket ${path}`,
      '',
      `cannot be had (${wordsOf(error)})`,
      'Choose another one with --socket, in a directory that this user may write',
    )
  }
  server.on('error', (error) => log.error({ error: error.message }, 'the socket of the guard is in trouble'))
  return { close: () => void server.close() }
}

function refusalOf(peer: Peer | undefined): string {
  return `user ${peer?.uid ?? 'unknown'} may not be the core: start \`pilotwire guard\` with --core-user`
}

/** What a guard that was killed left behind goes away; a living guard's socket stays. @throws ConfigError for that, and for another file */
export async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new ConfigError(`socket ${path}`, '', 'is a file that is no socket', 'Choose another one with --socket')
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'))
  })
  if (isAlive) throw new ConfigError(`socket ${path}`, '', 'another guard listens there', 'Stop that one, or choose another one with --socket')
  unlinkSync(path)
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The socket is made within this call: it is never there with another mode.
    const before = process.umask(mask)
    try {
      server.listen(path, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      process.umask(before)
    }
  })
}
