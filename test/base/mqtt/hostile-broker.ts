import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { MqttBroker } from '../../../src/base/mqtt/session.ts'

/** MQTT packets byte for byte. The first byte of each is its kind, the second how many follow. */
export const connackOf = (level: number, code = 0) => (level === 5 ? [0x20, 3, 0, code, 0] : [0x20, 2, 0, code])
export const disconnectOf = (code: number) => [0xe0, 2, code, 0]

export interface Guest {
  /** 4: MQTT 3.1.1. */
  readonly level: number
  send(...bytes: readonly number[]): void
  hangUp(): void
  /** Resolves when the other end has gone. */
  readonly gone: Promise<unknown>
  /** The next bytes that come. */
  next(): Promise<Uint8Array>
}

/** A broker that does what a test says, at each connection that is made. */
export async function hostileBroker(greet: (guest: Guest) => void): Promise<MqttBroker> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', (connect) => {
      greet({
        level: connect[8] ?? 0,
        send: (...bytes) => void socket.write(Uint8Array.from(bytes)),
        gone: once(socket, 'close'),
        hangUp: () => void socket.destroy(),
        next: async () => ((await once(socket, 'data')) as [Uint8Array])[0],
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as { readonly port: number }
  return { protocol: 'mqtt', host: '127.0.0.1', port }
}
