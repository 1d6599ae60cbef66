import type { Socket } from 'node:net'
import { signal } from '../base/signal.ts'
import type { ByteStream } from '../safety/stream.ts'

/** A Unix socket, or a pipe that goes both ways, as guard and core use it. */
export function socketStream(socket: Socket): ByteStream {
  const received = signal<Uint8Array>()
  const drained = signal<void>()
  const closed = signal<string | undefined>()
  let problem: string | undefined
  socket.on('data', (bytes: Buffer) => received.emit(bytes))
  socket.on('drain', () => drained.emit())
  // An end that is reset is no more and no less than gone.
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') problem = error.message
  })
  socket.on('close', () => closed.emit(problem))
  return {
    received,
    drained,
    closed,
    write: (text) => (socket.writable ? socket.write(text) : true),
    close(how) {
      // Nothing more is taken from who is sent away.
      socket.pause()
      if (how === 'now') socket.destroy()
      else socket.destroySoon()
    },
  }
}
