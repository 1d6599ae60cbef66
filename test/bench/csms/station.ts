import { once } from 'node:events'
import { WebSocket } from 'ws'

/** A charge point written by hand, on nothing but a WebSocket: what it sends is what the test says. */
export interface HandStation {
  /** Sends a CALL and gives the answer's frame as it came. */
  call(action: string, payload: unknown): Promise<readonly unknown[]>
  /** What the central system asked, oldest first. */
  readonly asked: readonly (readonly unknown[])[]
  /** The answers to CALLs of the central system, by action; `{ status: 'Accepted' }` otherwise. */
  readonly answers: Record<string, unknown>
  sendText(text: string): void
  readonly closed: Promise<{ code: number }>
  close(): void
}

export async function handStation(url: string, identity: string, subprotocol = 'ocpp1.6'): Promise<HandStation> {
  const ws = new WebSocket(`${url}/${encodeURIComponent(identity)}`, subprotocol)
  const waiting = new Map<string, (frame: readonly unknown[]) => void>()
  const asked: (readonly unknown[])[] = []
  const answers: Record<string, unknown> = {}
  const closed = new Promise<{ code: number }>((resolve) => ws.on('close', (code) => resolve({ code })))
  let count = 0
  ws.on('message', (data) => {
    const frame = JSON.parse(data.toString()) as readonly [number, string, ...unknown[]]
    const [type, id, action] = frame
    if (type !== 2) return waiting.get(id)?.(frame)
    asked.push(frame)
    ws.send(JSON.stringify([3, id, answers[String(action)] ?? { status: 'Accepted' }]))
  })
  await once(ws, 'open')
  return {
    asked,
    answers,
    closed,
    call: (action, payload) =>
      new Promise((resolve) => {
        const id = `m${count++}`
        waiting.set(id, resolve)
        ws.send(JSON.stringify([2, id, action, payload]))
      }),
    sendText: (text) => ws.send(text),
    close: () => ws.close(1000),
  }
}
