import { WebSocket } from 'ws'

/** What every figure is held against: nothing but `ws` on the same Node. `node bare-client.mjs URL [start|echo]`
 *  - start: sends a BootNotification, and a Heartbeat when it was answered.
 *  - echo: answers each frame with the same text, or, after a frame `=TEXT`, with TEXT. */
const [, , url = '', part = 'start'] = process.argv
const boot = { chargePointVendor: 'Bare', chargePointModel: 'Client', firmwareVersion: '0.0.0' }
const socket = new WebSocket(url, 'ocpp1.6', { perMessageDeflate: false })
let answer: string | undefined

socket.on('open', () => {
  if (part === 'start') socket.send(JSON.stringify([2, crypto.randomUUID(), 'BootNotification', boot]))
})
socket.on('message', (data) => {
  const text = data.toString()
  if (part === 'start') {
    const [, , payload] = JSON.parse(text) as [number, string, { status?: string }]
    if (payload.status === 'Accepted') socket.send(JSON.stringify([2, crypto.randomUUID(), 'Heartbeat', {}]))
  } else if (text.startsWith('=')) answer = text.slice(1)
  else socket.send(answer ?? text)
})
socket.on('close', () => process.exit(0))
socket.on('error', () => process.exit(1))
