import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Answers that are on their way. */
export interface Turns {
  /** Waits until whatever was asked before on this connection is answered and gone: who asks for much and reads nothing makes the
   *  charger hold one answer, not all (RFC 9112 §9.3.2: answers go out in this order anyway). False: nobody is there any more. */
  next(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Bytes of answers that nobody has taken yet, of all connections. */
  unread(): number
}

/** Requests of one connection that wait for their turn: no program sends so many ahead. */
const mostWaiting = 32

interface Line {
  readonly last: Promise<unknown>
  readonly length: number
}

export function turns(): Turns {
  const lines = new WeakMap<Socket, Line>()
  const open = new Set<ServerResponse>()
  return {
    async next({ socket }, response) {
      const before = lines.get(socket)
      const isOver = new Promise<void>((resolve) => response.once('close', resolve))
      const length = (before?.length ?? 0) + 1
      if (length > mostWaiting) socket.destroy()
      lines.set(socket, { last: isOver, length })
      await before?.last
      if (socket.destroyed) return false
      open.add(response)
      response.once('close', () => {
        open.delete(response)
        const line = lines.get(socket)
        if (line !== undefined) lines.set(socket, { ...line, length: line.length - 1 })
      })
      return true
    },
    unread: () => [...open].reduce((sum, { writableLength }) => sum + writableLength, 0),
  }
}
