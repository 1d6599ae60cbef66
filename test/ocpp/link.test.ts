import fc from 'fast-check'
import { expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { backOff } from '../../src/ocpp/back-off.ts'
import { type LinkOptions, link } from '../../src/ocpp/link.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import { keptLog } from './log-lines.ts'

const address = { url: 'ws://csms', identity: 'CP1', subprotocol: 'ocpp1.6', password: undefined }

function linked(options: Partial<LinkOptions> & { latencyMs?: number } = {}) {
  const clock = simulatedClock()
  const log = keptLog()
  const network = memoryNetwork({ clock, latency: () => options.latencyMs ?? 0 })
  const servers: Socket[] = []
  network.accepted.on(({ socket }) => servers.push(socket))
  const one = link({ dial: network.dial, address: () => address, clock, log, chance: () => 0, pingInterval: () => 0, ...options })
  const events: string[] = []
  one.changed.on((state) => events.push(state))
  one.opened.on(() => events.push('opened'))
  one.dropped.on(() => events.push('dropped'))
  return { clock, log, network, servers, link: one, events, server: () => servers.at(-1) as Socket }
}

test('the wait before the next attempt begins at 1 to 5 s, doubles, and ends at 60 to 120 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backOff(failures, 0) / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  expect([0, 1, 2, 3, 4, 5, 6, 100].map((failures) => backOff(failures, 1) / 1_000)).toEqual([5, 10, 20, 40, 80, 120, 120, 120])
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
      expect(backOff(failures, chance)).toBeGreaterThanOrEqual(1_000)
      expect(backOff(failures, chance)).toBeLessThanOrEqual(120_000)
    }),
  )
})

test('a connection opens, carries frames both ways, and tells its states', async () => {
  const w = linked()
  const heard: string[] = []
  w.link.received.on((text) => heard.push(text))
  w.network.accepted.on(({ socket }) => {
    socket.send('said with the handshake')
    socket.received.on((text) => socket.send(`echo ${text}`))
  })
  expect([w.link.state, w.link.send('lost')]).toEqual(['disconnected', false])
  w.link.connect()
  await w.clock.settle()
  expect(w.link.send('hello')).toBe(true)
  await w.clock.settle()
  expect(heard).toEqual(['said with the handshake', 'echo hello'])
  expect(w.events).toEqual(['connecting', 'connected', 'opened'])
})

test('a refusing server is dialled again and again with growing waits, and the log says why once', async () => {
  const w = linked()
  w.network.dials('notFound')
  const dialledAt: number[] = []
  w.link.changed.on((state) => state === 'connecting' && dialledAt.push(w.clock.monotonic() / 1_000))
  w.link.connect()
  await w.clock.advance(minutes(2))
  expect(dialledAt).toEqual([0, 1, 3, 7, 15, 31, 63])
  expect(w.log.events('warn')).toEqual(['no connection to the central system'])
  w.network.dials('unauthorized')
  await w.clock.advance(minutes(2))
  expect(w.log.lines.filter((line) => line.level === 'warn').map((line) => line.fields.reason)).toEqual(['notFound', 'unauthorized'])
  w.network.dials('accept')
  await w.clock.advance(minutes(2))
  expect(w.link.state).toBe('connected')
})

test('a handshake without an answer ends after 30 s', async () => {
  const w = linked()
  w.network.dials('stall')
  w.link.connect()
  await w.clock.advance(seconds(30) - 1)
  expect(w.link.state).toBe('connecting')
  await w.clock.advance(1)
  expect(w.link.state).toBe('waiting')
  expect(w.log.lines.at(-1)?.fields.reason).toBe('timeout')
})

test('after a connection that stood, the first wait is short again; a server that closes at once earns no such trust', async () => {
  const w = linked()
  w.link.connect()
  for (let i = 0; i < 4; i++) {
    await w.clock.settle()
    w.server().close(1011, 'overloaded')
    await w.clock.settle()
    expect(w.clock.untilNext()).toBe(seconds(2 ** i))
    await w.clock.advance(seconds(2 ** i))
  }
  await w.clock.advance(minutes(1))
  w.server().close(1001, 'going away')
  await w.clock.settle()
  expect(w.clock.untilNext()).toBe(seconds(1))
})

test('a drop is told once, and what was sent meanwhile was not sent', async () => {
  const w = linked()
  w.link.connect()
  await w.clock.settle()
  w.network.cut()
  await w.clock.settle()
  expect(w.link.send('x')).toBe(false)
  expect(w.events).toEqual(['connecting', 'connected', 'opened', 'waiting', 'dropped'])
})

test('an interrupted network is back after its time, without a further wait', async () => {
  const w = linked()
  w.link.connect()
  await w.clock.settle()
  w.link.interrupt(700)
  expect(w.link.state).toBe('waiting')
  await w.clock.advance(699)
  expect(w.link.state).toBe('waiting')
  await w.clock.advance(1)
  expect(w.link.state).toBe('connected')
  expect(w.events.slice(3)).toEqual(['waiting', 'dropped', 'connecting', 'connected', 'opened'])
})

test('a link that was told to stay away stays away, whatever it was doing', async () => {
  for (const mode of ['accept', 'stall', 'refused'] as const) {
    const w = linked()
    w.network.dials(mode)
    w.link.connect()
    await w.clock.settle()
    w.link.disconnect()
    expect(w.link.state).toBe('disconnected')
    w.network.dials('accept')
    await w.clock.advance(minutes(60))
    expect([w.link.state, w.network.standing]).toEqual(['disconnected', 0])
    w.link.connect()
    await w.clock.settle()
    expect(w.link.state).toBe('connected')
  }
})

test('a disconnection during the handshake leaves no connection behind', async () => {
  const w = linked({ latencyMs: 50 })
  w.link.connect()
  await w.clock.advance(10)
  w.link.disconnect()
  await w.clock.advance(seconds(1))
  expect([w.link.state, w.network.standing]).toEqual(['disconnected', 0])
})

test('a reconnection closes in order, then dials at once with the address of then', async () => {
  let identity = 'CP1'
  const w = linked({ latencyMs: 20, address: () => ({ ...address, identity }) })
  const identities: string[] = []
  const closes: number[] = []
  w.network.accepted.on((connection) => {
    identities.push(connection.address.identity)
    connection.socket.closed.on(({ code }) => closes.push(code))
  })
  w.link.connect()
  await w.clock.advance(100)
  identity = 'CP2'
  w.link.reconnect()
  expect(w.link.state).toBe('connecting')
  await w.clock.advance(100)
  expect([identities, closes, w.link.state]).toEqual([['CP1', 'CP2'], [1000], 'connected'])
  expect(w.events.filter((event) => event === 'dropped')).toHaveLength(1)
})

test('a reconnection does not wait for a server that ignores the close', async () => {
  const w = linked()
  w.link.connect()
  await w.clock.settle()
  w.network.silence(true)
  w.link.reconnect()
  await w.clock.advance(seconds(1))
  expect(w.network.dialled).toBe(2)
  w.link.disconnect()
  w.link.reconnect()
  await w.clock.advance(minutes(5))
  expect([w.link.state, w.network.dialled]).toEqual(['disconnected', 2])
})

test('a connection that dies silently is found by the missing pong and replaced', async () => {
  const w = linked({ pingInterval: () => seconds(54) })
  w.link.connect()
  await w.clock.advance(minutes(60))
  expect(w.events).toEqual(['connecting', 'connected', 'opened'])
  w.network.silence(true)
  await w.clock.advance(seconds(54 + 30))
  expect(w.events.at(-1)).not.toBe('opened')
  expect(w.events).toContain('dropped')
  w.network.silence(false)
  await w.clock.advance(minutes(1))
  expect(w.link.state).toBe('connected')
  expect(w.log.events('warn')).toContain('no pong from the central system: the connection is half-open and is cut')
})

test('frames count as signs of life where pongs do not come', async () => {
  const w = linked({ pingInterval: () => seconds(20) })
  w.network.accepted.on(({ socket }) => w.clock.every('chatter', seconds(15), () => socket.send('x')))
  const mute: LinkOptions['dial'] = async (...args) => {
    const socket = await w.network.dial(...args)
    return { ...socket, ping() {} }
  }
  const one = link({ dial: mute, address: () => address, clock: w.clock, log: w.log, chance: () => 0, pingInterval: () => seconds(20) })
  const states: string[] = []
  one.changed.on((state) => states.push(state))
  one.connect()
  await w.clock.advance(minutes(10))
  expect(states).toEqual(['connecting', 'connected'])
})

test('interval 0 sends no pings, and a new interval counts at once', async () => {
  let interval = 0
  const pingIntervalChanged = signal<void>()
  const w = linked({ pingInterval: () => interval, pingIntervalChanged })
  w.link.connect()
  await w.clock.settle()
  expect(w.clock.untilNext()).toBeUndefined()
  interval = seconds(5)
  pingIntervalChanged.emit()
  expect(w.clock.untilNext()).toBe(seconds(5))
  w.network.silence(true)
  await w.clock.advance(seconds(15))
  expect(w.link.state).toBe('waiting')
})

test('whatever is asked of it in whatever order, there is never more than one connection, and it ends connected or away', async () => {
  const step = fc.oneof(
    fc.constantFrom('connect', 'disconnect', 'reconnect', 'cut', 'accept', 'stall', 'refused'),
    fc.nat(5_000).map((ms) => ms),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const w = linked({ latencyMs: 30 })
      let wanted = false
      for (const each of steps) {
        if (typeof each === 'number') await w.clock.advance(each)
        else if (each === 'cut') w.network.cut()
        else if (each === 'accept' || each === 'stall' || each === 'refused') w.network.dials(each)
        else {
          if (each === 'connect') wanted = true
          if (each === 'disconnect') wanted = false
          w.link[each]()
        }
      }
      w.network.dials('accept')
      await w.clock.advance(minutes(10))
      expect(w.link.state).toBe(wanted ? 'connected' : 'disconnected')
      expect(w.network.standing).toBe(wanted ? 1 : 0)
      expect(w.events.filter((event) => event === 'opened').length - w.events.filter((event) => event === 'dropped').length).toBe(wanted ? 1 : 0)
    }),
    { numRuns: 200 },
  )
})
