import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { memoryNetwork, socketPair } from '../../src/ocpp/memory-socket.ts'

const address = { url: 'ws://csms', identity: 'CP1', subprotocol: 'ocpp1.6', password: undefined }

test('frames arrive after the latency, in order, however it changes', async () => {
  const clock = simulatedClock()
  const latencies = [50, 10, 0]
  const [one, other] = socketPair(clock, () => latencies.shift() ?? 0)
  const heard: unknown[] = []
  other.received.on((text) => heard.push([text, clock.monotonic()]))
  for (const text of ['a', 'b', 'c']) one.send(text)
  await clock.advance(49)
  expect(heard).toEqual([])
  await clock.advance(1)
  expect(heard).toEqual([
    ['a', 50],
    ['b', 50],
    ['c', 50],
  ])
})

test('a close follows the frames before it, a cut does not wait', async () => {
  const clock = simulatedClock()
  const [one, other] = socketPair(clock, () => 20)
  const told: unknown[] = []
  other.received.on((text) => told.push(text))
  other.closed.on(({ code }) => told.push(code))
  one.closed.on(({ code, reason }) => told.push(`${code} ${reason}`))
  one.send('last words')
  one.close(1000, 'bye')
  expect(one.send('too late')).toBe(false)
  await clock.advance(40)
  expect(told).toEqual(['last words', 1000, '1000 bye'])
  const [cut] = socketPair(clock, () => 20)
  cut.terminate()
  const code = await new Promise((resolve) => cut.closed.on((how) => resolve(how.code)))
  expect(code).toBe(1006)
})

test('who listens late hears what came before, and that it is over', async () => {
  const clock = simulatedClock()
  const [one, other] = socketPair(clock)
  one.send('early')
  one.close()
  await clock.settle()
  const heard: unknown[] = []
  other.received.on((text) => heard.push(text))
  other.closed.on(({ code }) => heard.push(code))
  await clock.settle()
  expect(heard).toEqual(['early', 1000])
})

test('a silent network carries nothing and tells nobody, a pong least of all', async () => {
  const clock = simulatedClock()
  const network = memoryNetwork({ clock })
  const heard: string[] = []
  network.accepted.on(({ socket }) => {
    socket.received.on((text) => heard.push(text))
    socket.closed.on(() => heard.push('closed'))
  })
  const socket = await network.dial(address, new AbortController().signal)
  let pongs = 0
  socket.pong.on(() => pongs++)
  socket.ping()
  await clock.settle()
  network.silence(true)
  socket.ping()
  expect(socket.send('x')).toBe(true)
  socket.close()
  await clock.settle()
  expect([pongs, heard, network.standing]).toEqual([1, [], 1])
})
