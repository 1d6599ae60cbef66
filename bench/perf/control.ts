import { createServer } from 'node:net'
import { WebSocket } from 'ws'

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The control door: a line in, a line out. */
export async function openControl(at: number): Promise<{ say(line: string): Promise<string>; close(): void }> {
  const socket = new WebSocket(`ws://127.0.0.1:${at}`)
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    say: (line) =>
      new Promise((resolve, reject) => {
        socket.once('message', (data) => (data.toString().startsWith('ok') ? resolve(data.toString()) : reject(new Error(`${line}: ${data}`))))
        socket.send(line)
      }),
    close: () => socket.close(),
  }
}
