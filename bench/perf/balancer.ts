import { connect, createServer, type Socket } from 'node:net'

export interface Balancer {
  readonly port: number
  /** Connections that each target got, in the order of the targets. */
  readonly handed: readonly number[]
  close(): Promise<void>
}

/** What stands before several processes of a central system, as small as it can be: hands TCP connections on to one port of loopback after the
 *  other, and to the next one when nothing listens there. */
export async function balancer(ports: readonly number[]): Promise<Balancer> {
  const handed = ports.map(() => 0)
  const open = new Set<Socket>()
  let turn = 0
  const hand = (guest: Socket, attempts: number) => {
    if (attempts === ports.length) return guest.destroy()
    const at = turn++ % ports.length
    const target = connect({ host: '127.0.0.1', port: ports[at] ?? 0, noDelay: true })
    const missed = () => void hand(guest, attempts + 1)
    target.once('error', missed)
    target.once('connect', () => {
      target.off('error', missed)
      handed[at] = (handed[at] ?? 0) + 1
      join(guest, target)
    })
  }
  const join = (one: Socket, other: Socket) => {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
    }
  }
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (guest) => {
    open.add(guest)
    guest.on('close', () => open.delete(guest))
    guest.on('error', () => guest.destroy())
    hand(guest, 0)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    handed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const each of open) each.destroy()
      }),
  }
}
