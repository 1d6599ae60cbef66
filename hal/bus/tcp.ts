import { connect, type Socket } from 'node:net'
import type { Clock } from '../../src/base/clock.ts'
import type { Log } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { type OpenLine, reopeningLine } from './reopening.ts'
import type { ByteLine } from './serial.ts'

/** How long a connection may take to come about. */
const connectMs = 5_000
/** The kernel asks a silent peer after so long whether it is still there. */
const keepAliveMs = 15_000

/** Bytes over TCP: Modbus TCP, or a serial server. Connects at once, and again whenever the connection is lost. */
export function openTcp(host: string, port: number, o: { readonly clock: Clock; readonly log: Log }): ByteLine {
  return reopeningLine(`${host}:${port}`, () => connected(host, port, o.clock), o)
}

function connected(host: string, port: number, clock: Clock): Promise<OpenLine> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: keepAliveMs, noDelay: true })
    const timer = clock.after('tcp connect', connectMs, () => socket.destroy(new Error(`no answer within ${connectMs / 1_000} s`)))
    const failed = (error: Error) => {
      timer.stop()
      reject(new Error(`${host}:${port} cannot be reached (${error.message}). Check address, port, network, and that the device is on`))
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      timer.stop()
      socket.off('error', failed)
      resolve(lineOf(socket))
    })
  })
}

function lineOf(socket: Socket): OpenLine {
  const received = signal<Uint8Array>()
  const lost = signal<string>()
  let reason = 'the other side closed the connection'
  socket.on('data', (bytes: Uint8Array) => received.emit(bytes))
  socket.on('error', (error) => {
    reason = error.message
  })
  socket.once('close', () => lost.emit(reason))
  return {
    received,
    lost,
    write: (bytes) => new Promise((resolve, reject) => void socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    async close() {
      socket.destroy()
    },
  }
}
