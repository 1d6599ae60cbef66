import { expect, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { brokerAddress } from '../../../src/base/mqtt/broker-address.ts'
import { mqttClient } from '../../../src/base/mqtt/client.ts'
import type { DialMqtt } from '../../../src/base/mqtt/session.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { millis, minutes, seconds } from '../../../src/base/units.ts'
import { fakeBroker } from './fake-broker.ts'
import { watchedClock } from './watched-clock.ts'

function connecting(chance = () => 0) {
  const clock = simulatedClock()
  const broker = fakeBroker()
  const told: string[] = []
  const log = {
    ...silentLog,
    info: (_: unknown, event: string) => void told.push(event),
    warn: ({ reason }: { readonly reason?: unknown }) => void told.push(String(reason)),
  }
  const client = mqttClient({ dial: broker.dial, clientId: 'c', will: { topic: 'will', payload: 'offline' }, clock, log, chance })
  return { clock, broker, client, told }
}

test('a broker that is away is asked again after pauses that grow to 3 s, and told of once', async () => {
  const w = connecting()
  w.broker.refuse('nothing listens at broker:1883')
  await w.clock.advance(seconds(8))
  // At 0, 0.25, 0.75, 1.75, 3.75 and 6.75 s.
  expect(w.broker.dialled).toBe(6)
  await w.clock.advance(minutes(60) - seconds(1))
  expect(w.broker.dialled).toBe(6 + 1_200)
  expect(w.told).toEqual(['nothing listens at broker:1883'])
  w.broker.refuse(undefined)
  await w.clock.advance(seconds(4))
  expect([w.client.isConnected, w.told.at(-1)]).toEqual([true, 'connected to the MQTT broker'])
})

test('chance shortens a pause by up to half', async () => {
  const w = connecting(() => 0.999)
  w.broker.refuse('away')
  await w.clock.advance(seconds(4))
  expect(w.broker.dialled).toBe(6)
})

test('a broker that says no is asked every half minute', async () => {
  const w = connecting()
  w.broker.refuse('the broker refuses us', true)
  await w.clock.advance(minutes(10))
  expect(w.broker.dialled).toBe(21)
})

test('a connection that does not hold is not made again at once each time, nor told of each time', async () => {
  const w = connecting()
  for (let count = 0; count < 100; count++) {
    await w.clock.advance(seconds(30))
    w.broker.lose('the broker closed the connection')
  }
  expect(w.told).toEqual(['connected to the MQTT broker', 'the broker closed the connection', 'connected to the MQTT broker'])
  const before = w.broker.dialled
  await w.clock.advance(seconds(2))
  expect(w.broker.dialled).toBe(before)
})

test('two with the same clientId do not throw each other out all the time', async () => {
  const w = connecting()
  for (let count = 0; count < 100; count++) {
    while (!w.broker.isConnected) await w.clock.advance(seconds(1))
    w.broker.lose('another client with the same clientId took the place', true)
  }
  expect(w.clock.monotonic()).toBeGreaterThan(minutes(49))
  expect(w.told).toEqual(['connected to the MQTT broker', 'another client with the same clientId took the place', 'connected to the MQTT broker'])
})

test('where the broker does not let us listen is told of', async () => {
  const w = connecting()
  w.broker.forbid('a')
  w.client.subscribe({ topic: 'a' })
  await w.clock.advance(seconds(1))
  w.client.subscribe({ topic: 'a' })
  expect(w.told).toEqual(['connected to the MQTT broker', 'Not authorized', 'Not authorized'])
})

test('who listens to it cannot make a second connection beside the first', async () => {
  const w = connecting()
  const stop = w.client.connected.on(() => {
    throw new Error('a fault')
  })
  await w.clock.advance(seconds(1))
  expect([w.client.isConnected, w.broker.isConnected]).toEqual([false, false])
  stop()
  await w.clock.advance(seconds(4))
  expect([w.client.isConnected, w.broker.isConnected]).toEqual([true, true])
})

test('one that held and is lost is told of again, and made again at once', async () => {
  const w = connecting()
  for (let count = 0; count < 3; count++) {
    await w.clock.advance(minutes(2))
    w.broker.lose()
    await w.clock.advance(millis(300))
    expect(w.client.isConnected).toBe(true)
  }
  expect(w.told.filter((each) => each === 'cut')).toHaveLength(3)
})

test('closed, it leaves no timer, and no connection that was under way', async () => {
  const { clock, left } = watchedClock(simulatedClock())
  const broker = fakeBroker()
  const gate = Promise.withResolvers<void>()
  const open = (dial: DialMqtt) => mqttClient({ dial, clientId: 'c', clock, log: silentLog, chance: () => 0 })
  const held = open(broker.dial)
  await clock.advance(seconds(1))
  expect(left()).toEqual(['mqtt holds'])
  await held.close({ topic: 'will', payload: 'offline' })
  expect(left()).toEqual([])
  const underWay = open((wanted) => gate.promise.then(() => broker.dial(wanted)))
  await clock.advance(seconds(1))
  await underWay.close()
  gate.resolve()
  await clock.advance(seconds(1))
  expect([left(), broker.dialled, broker.isConnected, underWay.isConnected]).toEqual([[], 2, false, false])
})

test('what was subscribed is subscribed again before it is said to be connected', async () => {
  const w = connecting()
  w.client.subscribe({ topic: 'a' })
  const seen: number[] = []
  w.client.connected.on(() => seen.push(w.broker.filters.length))
  await w.clock.advance(seconds(20))
  w.client.subscribe({ topic: 'b' })
  w.broker.lose()
  await w.clock.advance(seconds(1))
  expect(seen).toEqual([1, 2])
})

test('nothing is kept for a broker that is away', async () => {
  const w = connecting()
  await w.clock.advance(seconds(20))
  w.broker.lose()
  w.client.publish('x', '1', { isRetained: true, isSure: true })
  await w.clock.advance(seconds(1))
  expect(w.broker.published).toEqual([])
})

test('closed while it dials, it does not come back', async () => {
  const w = connecting()
  const closed = w.client.close({ topic: 'will', payload: 'offline' })
  await w.clock.advance(minutes(1))
  await closed
  expect([w.broker.dialled, w.client.isConnected]).toEqual([0, false])
})

test.each([
  ['mqtt://broker', { protocol: 'mqtt', host: 'broker', port: 1_883 }],
  ['mqtts://broker.example.com', { protocol: 'mqtts', host: 'broker.example.com', port: 8_883 }],
  ['mqtt://[::1]:1884/', { protocol: 'mqtt', host: '::1', port: 1_884 }],
])('%s is an address', (typed, address) => expect(brokerAddress(typed, 'f', 'url')).toEqual(address))

test.each([
  ['broker', 'is not the address'],
  ['broker:1883', 'is not the address'],
  ['http://broker', 'is not the address'],
  ['mqtt://', 'is not the address'],
  ['mqtt://u:secret@broker', 'holds a user or password'],
  ['mqtt://broker/path', 'holds more than host and port'],
])('%s is none, and what it holds is not told', (typed, words) => {
  expect(() => brokerAddress(typed, 'f', 'url')).toThrow(words)
  expect(() => brokerAddress(typed, 'f', 'url')).not.toThrow('secret')
})
