import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** Of an event of the stream. */
export type FedName = 'state' | 'frame'

/** Stands before a station: everything is the station's own answer, but its events are ours. */
export interface PageFeed {
  readonly url: string
  /** Sends so many events to whoever listens, each as soon as the page has drawn a picture after the one before. */
  run(name: FedName, count: number, data: (at: number) => unknown): Promise<void>
  close(): void
}

/** For the page, before its own scripts: says on a socket when it has drawn and laid out what an event changed. Pictures follow each other
 *  without waiting for the screen: that shows 60 a second at most, and half an hour would take five minutes. */
export const drawnProbe = `(() => {
  if (location.host === '') return
  const waiting = []
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    for (const run of waiting.splice(0)) run(performance.now())
  }
  window.requestAnimationFrame = (run) => {
    if (waiting.push(run) === 1) port2.postMessage(0)
    return 0
  }
  const socket = new WebSocket('ws://' + location.host + '/drawn')
  const Real = window.EventSource
  const drawn = (name) => requestAnimationFrame(() => requestAnimationFrame(() => document.body.offsetHeight >= 0 && socket.send(name)))
  window.EventSource = class extends Real {
    constructor(address) {
      super(address)
      for (const name of ['state', 'frame']) this.addEventListener(name, () => drawn(name))
    }
  }
})()`

/** @param station `http://127.0.0.1:PORT` */
export async function pageFeed(station: string): Promise<PageFeed> {
  const streams = new Map<FedName, ServerResponse>()
  const listens = { state: Promise.withResolvers<void>(), frame: Promise.withResolvers<void>() }
  let drawn: (name: string) => void = () => undefined
  let reopened: (name: FedName) => void = () => undefined
  const pulse = await (await fetch(`${station}/api/v1/station`)).text()
  const server = createServer((incoming, response) => {
    const topics = new URL(incoming.url ?? '/', station).searchParams.get('topics') ?? ''
    if (!(incoming.url ?? '').startsWith('/api/v1/events')) return pass(station, incoming, response)
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(':\n\n')
    for (const [topic, name] of topicNames) {
      if (!topics.includes(topic)) continue
      streams.set(name, response)
      listens[name].resolve()
      reopened(name)
    }
  })
  new WebSocketServer({ server, path: '/drawn' }).on('connection', (socket) => {
    socket.on('message', (data) => drawn(String(data)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async run(name, count, data) {
      await listens[name].promise
      await new Promise<void>((resolve) => {
        let at = 0
        let isDrawn = true
        const write = () => {
          isDrawn = false
          // A stream without the picture of the station is taken for dead, and opened again.
          if (name !== 'state' && at % pulseEvery === 0) streams.get(name)?.write(`event: state\ndata: ${pulse}\n\n`)
          streams.get(name)?.write(`event: ${name}\ndata: ${JSON.stringify(data(at))}\n\n`)
        }
        drawn = (what) => {
          if (what !== name || isDrawn) return
          isDrawn = true
          if (++at === count) resolve()
          else write()
        }
        // What went into the stream before is lost with it.
        reopened = (what) => {
          if (what === name && !isDrawn) write()
        }
        write()
      })
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const pulseEvery = 50

const topicNames = [
  ['state', 'state'],
  ['frames', 'frame'],
] as const

/** The station refuses what names another host or origin. */
function pass(station: string, incoming: IncomingMessage, response: ServerResponse): void {
  const headers = { ...incoming.headers, host: new URL(station).host, ...(incoming.headers.origin === undefined ? {} : { origin: station }) }
  const outgoing = request(new URL(incoming.url ?? '/', station), { method: incoming.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}
