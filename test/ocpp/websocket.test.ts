import { createServer, request, type Server } from 'node:http'
import { connect, createServer as createTcpServer, type Server as TcpServer, type Socket as TcpSocket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/base/clock.ts'
import { seconds } from '../../src/base/units.ts'
import { overSocket, peer, route, routesOf } from '../../src/ocpp/peer.ts'
import type { Address, DialError, Socket } from '../../src/ocpp/socket.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { type AcceptedConnection, type AcceptOptions, acceptWebSockets } from '../../src/ocpp/websocket-server.ts'
import { keptLog } from './log-lines.ts'
import { Ask, spelling } from './two-peers.ts'

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

/** The central system's end on a free port of the loopback. */
async function listening(options: Partial<AcceptOptions> = {}) {
  const log = keptLog()
  const connections: AcceptedConnection[] = []
  const listener = await acceptWebSockets({
    host: '127.0.0.1',
    port: 0,
    subprotocols: ['ocpp1.6'],
    log,
    accept: (connection) => connections.push(connection),
    ...options,
  })
  ending.push(() => listener.close())
  return { log, connections, url: `ws://127.0.0.1:${listener.port}`, port: listener.port }
}

async function dialling(url: string, more: Partial<Address> = {}, abort = new AbortController()) {
  const log = keptLog()
  const dial = dialWebSocket({ log, handshakeTimeoutMs: 300 })
  const socket = await dial({ url, identity: 'CP1', subprotocol: 'ocpp1.6', password: undefined, ...more }, abort.signal)
  ending.push(() => socket.terminate())
  return { log, socket }
}

const next = <T>(listenable: { on(listener: (value: T) => void): unknown }) => new Promise<T>((resolve) => listenable.on(resolve))
const reasonOf = (dialled: Promise<unknown>) =>
  dialled.then(
    () => 'connected',
    (error: DialError) => error.reason,
  )

/** A server that does what no OCPP server should. */
async function playing(server: Server | TcpServer): Promise<string> {
  const open = new Set<TcpSocket>()
  server.on('connection', (socket: TcpSocket) => open.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ending.push(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const at = server.address()
  return `ws://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`
}
const answering = (status: number, headers: Record<string, string> = {}) =>
  playing(createServer((_request, response) => response.writeHead(status, headers).end('no')))

/** A bare `ws` server whose connections the test plays. */
async function bareServer(play: (ws: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'ocpp1.6' })
  server.on('connection', (ws) => {
    ws.on('error', () => {})
    play(ws)
  })
  await new Promise((resolve) => server.once('listening', resolve))
  ending.push(() => {
    for (const ws of server.clients) ws.terminate()
    server.close()
  })
  const at = server.address()
  return `ws://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`
}

test('an identity of any characters and a password of any bytes arrive as they are', async () => {
  const password = Uint8Array.from({ length: 20 }, (_, i) => (i * 37 + 250) % 256)
  const checked: unknown[] = []
  const { url, connections } = await listening({
    isAuthorized: (identity, given) => {
      checked.push([identity, given && Buffer.from(given).toString('hex')])
      return true
    },
  })
  await dialling(`${url}/ocpp/?tenant=7`, { identity: 'RDAM 123/ü%', password })
  expect(connections[0]).toMatchObject({ identity: 'RDAM 123/ü%', subprotocol: 'ocpp1.6' })
  expect(checked).toEqual([['RDAM 123/ü%', Buffer.from(password).toString('hex')]])
})

test('frames, pings and the closing handshake pass both ways', async () => {
  const { url, connections } = await listening()
  const { socket } = await dialling(url)
  const server = connections[0]?.socket as Socket
  server.send('early')
  expect(await next(socket.received)).toBe('early')
  socket.send('grüß')
  expect(await next(server.received)).toBe('grüß')
  const pong = next(socket.pong)
  socket.ping()
  await pong
  socket.close(1000, 'done')
  expect(await next(server.closed)).toEqual({ code: 1000, reason: 'done' })
  expect((await next(socket.closed)).code).toBe(1000)
  expect([socket.send('x'), server.send('x')]).toEqual([false, false])
})

test('a frame in the packet that opens the connection is not lost', async () => {
  const url = await bareServer((ws) => ws.send('first'))
  const { socket } = await dialling(url)
  // The pong comes after the frame; nobody has listened to frames until then.
  const pong = next(socket.pong)
  socket.ping()
  await pong
  expect(await next(socket.received)).toBe('first')
})

test.each([
  [301, 'redirected'],
  [308, 'redirected'],
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'notFound'],
  [500, 'http'],
  [200, 'http'],
])('HTTP %i is told as %s', async (status, reason) => {
  const url = await answering(status, { location: 'ws://127.0.0.1:1/elsewhere' })
  expect(await reasonOf(dialling(url))).toBe(reason)
})

test('a server that picks no subprotocol, or one that was not offered, is refused', async () => {
  const { url, log } = await listening({ subprotocols: ['ocpp2.0.1'] })
  expect(await reasonOf(dialling(url))).toBe('noSubprotocol')
  expect(log.events('warn')).toEqual(['no common OCPP version, connection closed'])
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'ocpp9' })
  await new Promise((resolve) => server.once('listening', resolve))
  ending.push(() => server.close())
  const at = server.address()
  expect(await reasonOf(dialling(`ws://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`))).toBe('noSubprotocol')
})

test('a server that says nothing, hangs up, or talks nonsense is told from one that is not there', async () => {
  const mute = await playing(createTcpServer())
  expect(await reasonOf(dialling(mute))).toBe('timeout')
  expect(await reasonOf(dialling(await playing(createTcpServer((socket) => socket.destroy()))))).toBe('network')
  expect(await reasonOf(dialling(await playing(createTcpServer((socket) => socket.end('220 smtp ready\r\n')))))).toBe('network')
  const { port } = await listening()
  await ending.pop()?.()
  expect(await reasonOf(dialling(`ws://127.0.0.1:${port}`))).toBe('refused')
  expect(await reasonOf(dialling(`wss://127.0.0.1:${(await listening()).port}`))).toBe('tls')
})

test('an attempt that was called off ends at once', async () => {
  const mute = await playing(createTcpServer())
  const abort = new AbortController()
  const dialled = dialling(mute, {}, abort)
  abort.abort(new Error('called off'))
  await expect(dialled).rejects.toThrow('called off')
})

test('a frame above 256 KiB closes the connection with 1009, one below passes', async () => {
  const { url, connections } = await listening()
  const { socket, log } = await dialling(url)
  const server = connections[0]?.socket as Socket
  server.send('x'.repeat(256 * 1024))
  expect(await next(socket.received)).toHaveLength(256 * 1024)
  server.send('x'.repeat(256 * 1024 + 1))
  expect((await next(server.closed)).code).toBe(1009)
  await next(socket.closed)
  expect(log.events('warn')).toEqual(['WebSocket error, connection closed'])
})

test('a binary frame closes the connection with 1003, ill-encoded text with 1007', async () => {
  for (const [bytes, binary, code] of [
    [Buffer.from('[3,"1",{}]'), true, 1003],
    [Buffer.from([0xff, 0xfe]), false, 1007],
  ] as const) {
    const codes: number[] = []
    const url = await bareServer((ws) => {
      ws.on('close', (closeCode) => codes.push(closeCode))
      ws.send(bytes, { binary })
    })
    const { socket, log } = await dialling(url)
    const heard: string[] = []
    socket.received.on((text) => heard.push(text))
    await next(socket.closed)
    await expect.poll(() => codes).toEqual([code])
    expect(heard).toEqual([])
    expect(log.events('warn')).toHaveLength(1)
  }
})

test('a server that closes, cuts, or breaks the WebSocket protocol ends the connection and nothing else', async () => {
  const closing = await dialling(await bareServer((ws) => ws.close(1012, 'restart')))
  expect(await next(closing.socket.closed)).toEqual({ code: 1012, reason: 'restart' })
  const cut = await dialling(await bareServer((ws) => ws.terminate()))
  expect((await next(cut.socket.closed)).code).toBe(1006)
  // A masked frame from a server and reserved bits are violations of RFC 6455.
  const raw = await dialling(await bareServer((ws) => (ws as unknown as { _socket: TcpSocket })._socket.write(Buffer.from([0xf1, 0x81, 1, 2, 3, 4, 5]))))
  await next(raw.socket.closed)
  expect(raw.log.events('warn')).toEqual(['WebSocket error, connection closed'])
})

test('a peer lives through a server that answers twice, out of order, and with nonsense', async () => {
  const url = await bareServer((ws) => {
    for (const text of ['nonsense', '[]', '[3,"x"]', '[4]', '[2,"1"]', '{"a":1}', '[['.repeat(50_000)]) ws.send(text)
    ws.on('message', (data) => {
      const [type, id] = JSON.parse(data.toString())
      if (type !== 2) return
      ws.send(JSON.stringify([3, 'other', { status: 'Rejected' }]))
      ws.send(JSON.stringify([2, 'mine', 'Ask', { connectorId: 1, idTag: 'A' }]))
      for (let i = 0; i < 3; i++) ws.send(JSON.stringify([3, id, { status: 'Accepted' }]))
    })
  })
  const { socket, log } = await dialling(url)
  const routes = routesOf(route(Ask, () => ({ status: 'Accepted' as const })))
  const one = peer({ port: overSocket(socket), clock: systemClock(), log, routes, spelling, timeout: () => seconds(10) })
  for (let i = 0; i < 3; i++) expect(await one.call(Ask, { connectorId: 1, idTag: 'A' })).toEqual({ kind: 'result', payload: { status: 'Accepted' } })
  expect(log.events('error')).toEqual([])
})

test('a peer that never reads is cut before it fills the memory', async () => {
  let held: WebSocket | undefined
  const url = await bareServer((ws) => {
    held = ws
    ws.pause()
  })
  const { socket, log } = await dialling(url)
  const closed = next(socket.closed)
  const frame = 'x'.repeat(250_000)
  let sent = 0
  while (socket.send(frame) && sent < 1_000) sent++
  expect(sent).toBeLessThan(100)
  expect(log.events('warn')).toContain('the other end does not read, connection cut')
  expect((await closed).code).toBe(1006)
  held?.terminate()
})

test('the listener turns away who is unknown, unauthorized, or no WebSocket', async () => {
  const { url, connections, port } = await listening({
    isKnown: (identity) => identity !== 'stranger',
    isAuthorized: (_identity, password) => password !== undefined && Buffer.from(password).toString() === 'right',
  })
  const bytes = (text: string) => Buffer.from(text)
  expect(await reasonOf(dialling(url, { identity: 'stranger', password: bytes('right') }))).toBe('notFound')
  expect(await reasonOf(dialling(url, { password: bytes('wrong') }))).toBe('unauthorized')
  expect(await reasonOf(dialling(url))).toBe('unauthorized')
  expect(await reasonOf(dialling(url, { password: bytes('right') }))).toBe('connected')
  expect(connections).toHaveLength(1)
  const status = await new Promise((resolve) => request({ port, host: '127.0.0.1', path: '/CP1' }, (response) => resolve(response.resume().statusCode)).end())
  expect(status).toBe(426)
  const reply = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
    })
    let text = ''
    socket.on('data', (data) => {
      text += data.toString()
    })
    socket.on('close', () => resolve(text))
  })
  expect(reply).toMatch(/^HTTP\/1.1 400 /)
})

test('a port in use is an error for who listens', async () => {
  const { port } = await listening()
  await expect(listening({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
