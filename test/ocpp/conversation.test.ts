import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { link } from '../../src/ocpp/link.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import { integer, message, object, oneOf } from '../../src/ocpp/message.ts'
import { overSocket, peer, route, routesOf } from '../../src/ocpp/peer.ts'
import { registration } from '../../src/ocpp/registration.ts'
import { reporter } from '../../src/ocpp/reporter.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { acceptWebSockets } from '../../src/ocpp/websocket-server.ts'
import { openStore } from '../../src/store/open.ts'
import { keptLog } from './log-lines.ts'
import { spelling } from './two-peers.ts'

const Boot = message('Boot', { request: object({}), response: object({ status: oneOf('accepted', 'pending', 'rejected'), interval: integer }) })
const Report = message('Report', { request: object({ number: integer }), response: object({}) })
const address = { url: 'ws://csms', identity: 'CP1', subprotocol: 'ocpp1.6', password: undefined }

/** The whole envelope, from the ledger to a central system in memory that keeps the reports it takes. */
function envelope() {
  const clock = simulatedClock()
  const log = keptLog()
  const network = memoryNetwork({ clock, latency: () => 40 })
  const central = {
    taken: [] as { readonly number: number; readonly at: number }[],
    heard: [] as string[],
    losesReplies: 0,
    socket: undefined as Socket | undefined,
  }
  network.accepted.on(({ socket }) => {
    central.socket = socket
    const reply = { status: 'accepted', interval: 300 } as const
    const routes = routesOf(
      route(Boot, () => reply),
      route(Report, ({ number }) => {
        central.taken.push({ number, at: clock.monotonic() })
        return central.losesReplies-- > 0 ? new Promise(() => {}) : {}
      }),
    )
    const server = peer({ port: overSocket(socket), clock, log, routes, spelling, timeout: () => seconds(30) })
    server.frames.on(({ direction, kind, action }) => direction === 'in' && kind === 'call' && central.heard.push(String(action)))
  })
  const line = link({ dial: network.dial, address: () => address, clock, log, chance: () => 0, pingInterval: () => seconds(54) })
  const store = openStore({ directory: undefined, log })
  const ledger = store.ledger<{ readonly kind: 'counted'; readonly number: number }>()
  const station = peer({
    port: line,
    clock,
    log,
    routes: new Map(),
    spelling,
    timeout: () => seconds(30),
    mayCall: (action) => action === 'Boot' || boot.mayInitiate,
  })
  const sendBoot = async () => {
    const outcome = await station.call(Boot, {})
    return outcome.kind === 'result' ? { status: outcome.payload.status, interval: seconds(outcome.payload.interval) } : undefined
  }
  const boot = registration({ clock, log, link: line, sendBoot, ownInterval: () => seconds(60), bootAfterReconnect: () => false })
  const reports = reporter({
    store,
    ledger,
    reader: 'test',
    clock,
    log,
    deliver: async ({ fact }) => {
      const { kind } = await station.call(Report, { number: fact.number })
      return { outcome: kind === 'result' ? 'delivered' : kind === 'disconnected' ? 'disconnected' : 'failed' }
    },
    mayDeliver: () => boot.isOnline,
    attempts: () => 3,
    retryInterval: () => seconds(60),
  })
  boot.online.on(() => reports.resume())
  let count = 0
  const append = () => {
    ledger.append(clock.now(), { kind: 'counted', number: ++count }, { durability: 'durable' })
    reports.wake()
  }
  return { clock, log, network, central, link: line, append, reports, numbers: () => central.taken.map(({ number }) => number) }
}

test('what happened before the first connection leaves after BootNotification, in order', async () => {
  const w = envelope()
  for (let i = 0; i < 3; i++) w.append()
  w.link.connect()
  await w.clock.advance(seconds(5))
  expect(w.central.heard).toEqual(['Boot', 'Report', 'Report', 'Report'])
  expect(w.numbers()).toEqual([1, 2, 3])
})

test('a socket that comes back after 0.7 s delivers what was pending at once, without a new BootNotification', async () => {
  const w = envelope()
  w.link.connect()
  await w.clock.advance(seconds(5))
  w.link.interrupt(700)
  w.append()
  await w.clock.advance(700 + 40 + 40)
  expect(w.central.heard).toEqual(['Boot', 'Report'])
})

test('a lost reply to one report does not silence the later ones', async () => {
  const w = envelope()
  w.link.connect()
  await w.clock.advance(seconds(5))
  w.central.losesReplies = 1
  w.append()
  w.append()
  await w.clock.advance(minutes(3))
  expect(w.numbers()).toEqual([1, 1, 2])
})

test('a cut under a report sends that report again on the next connection, and nothing overtakes it', async () => {
  const w = envelope()
  w.link.connect()
  await w.clock.advance(minutes(1))
  w.append()
  w.append()
  await w.clock.advance(50)
  w.network.cut()
  await w.clock.advance(seconds(2))
  expect(w.numbers()).toEqual([1, 1, 2])
  expect(w.reports.behind).toBe(0)
})

test('a night with a network that dies silently each hour loses nothing and repeats nothing needlessly', async () => {
  const w = envelope()
  w.link.connect()
  for (let hour = 0; hour < 8; hour++) {
    await w.clock.advance(minutes(58))
    w.network.silence(true)
    w.append()
    await w.clock.advance(minutes(2))
    w.network.silence(false)
  }
  await w.clock.advance(minutes(10))
  expect(w.numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(w.central.heard.filter((action) => action === 'Boot')).toHaveLength(1)
})

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

test('over real sockets a central system that restarts is found again', async () => {
  const log = keptLog()
  const heard: string[] = []
  const start = (port: number) =>
    acceptWebSockets({ host: '127.0.0.1', port, subprotocols: ['ocpp1.6'], log, accept: ({ socket }) => socket.received.on((text) => heard.push(text)) })
  const first = await start(0)
  const line = link({
    dial: dialWebSocket({ log }),
    address: () => ({ ...address, url: `ws://127.0.0.1:${first.port}` }),
    clock: systemClock(),
    log,
    chance: () => 0,
    pingInterval: () => seconds(1),
  })
  ending.push(() => line.disconnect())
  const opened = () => new Promise<void>((resolve) => line.opened.on(resolve))
  const dropped = () => new Promise<void>((resolve) => line.dropped.on(resolve))
  const [isOpen, isLost] = [opened(), dropped()]
  line.connect()
  await isOpen
  line.send('one')
  await expect.poll(() => heard).toEqual(['one'])
  await first.close()
  await isLost
  const isBack = opened()
  const second = await start(first.port)
  ending.push(() => second.close())
  await isBack
  line.send('two')
  await expect.poll(() => heard).toEqual(['one', 'two'])
})
