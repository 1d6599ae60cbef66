import { expect, test } from 'vitest'
import { dialMqtt } from '../../../src/base/mqtt/dial.ts'
import type { MqttMessage } from '../../../src/base/mqtt/session.ts'
import { connackOf, disconnectOf, type Guest, hostileBroker } from './hostile-broker.ts'

const wanted = { clientId: 'c', will: undefined }

/** A connection to a broker that has welcomed us, and the broker's end of it. */
async function dialled() {
  const arrived = Promise.withResolvers<Guest>()
  const broker = await hostileBroker((guest) => {
    guest.send(...connackOf(guest.level))
    arrived.resolve(guest)
  })
  return { session: await dialMqtt(broker)(wanted), guest: await arrived.promise }
}

/** 200 MB are announced. */
function greetsForever({ send }: Guest): void {
  send(0x20, 0x80, 0x84, 0xaf, 0x5f)
  for (let count = 0; count < 300; count++) send(...Array.from({ length: 10_000 }, () => 0x61))
}

const garbage = [0x00, 0xff, 0xff, 0xff, 0xff, 0xff]
const publishOf = (qos: number) => [0x30 | (qos << 1), qos === 0 ? 5 : 7, 0, 1, 0x74, ...(qos === 0 ? [] : [0, 1]), 0, 0x31]

test.each<[name: string, bytes: readonly number[]]>([
  ['bytes that are no packet', garbage],
  ['a second greeting', connackOf(5)],
  ['QoS 2, which nobody asked for, and which would be kept', publishOf(2)],
])('a broker that sends %s is left', async (_, bytes) => {
  const { session, guest } = await dialled()
  guest.send(...bytes)
  expect((await session.lost).isRefusal).toBe(false)
})

test('a broker that goes with its greeting is lost', async () => {
  const broker = await hostileBroker(({ level, send }) => send(...connackOf(level), ...disconnectOf(0x8b)))
  expect((await (await dialMqtt(broker)(wanted)).lost).message).toBe('the broker says goodbye')
})

test('a message without an end is not collected', async () => {
  const { session, guest } = await dialled()
  const heard: MqttMessage[] = []
  session.received.on((message) => void heard.push(message))
  // 200 MB are announced.
  guest.send(0x30, 0x80, 0x84, 0xaf, 0x5f, 0, 1, 0x74)
  for (let count = 0; count < 300; count++) guest.send(...Array.from({ length: 10_000 }, () => 0x61))
  expect((await session.lost).message).toBe('the broker sends a message that is too long')
  expect(heard).toEqual([])
})

test('many short messages are no long one', async () => {
  const { session, guest } = await dialled()
  let heard = 0
  session.received.on(() => {
    heard++
    if (heard === 20_000) guest.hangUp()
  })
  // 100 bytes each.
  const message = [0x30, 98, 0, 1, 0x74, 0, ...Array.from({ length: 94 }, () => 0x31)]
  for (let sent = 0; sent < 20; sent++) guest.send(...Array.from({ length: 1_000 }, () => message).flat())
  expect((await session.lost).message).toBe('the broker closed the connection')
  expect(heard).toBe(20_000)
})

test.each<[code: number, words: RegExp, isRefusal: boolean]>([
  [0x8e, /another client with the same clientId took the place/, true],
  [0x98, /the broker sends us away/, true],
  [0x8b, /the broker says goodbye/, false],
])('DISCONNECT %i is understood', async (code, words, isRefusal) => {
  const { session, guest } = await dialled()
  guest.send(...disconnectOf(code))
  const error = await session.lost
  expect([error.message, error.isRefusal]).toEqual([expect.stringMatching(words), isRefusal])
})

test('a subscription that the broker refuses is told of', async () => {
  const { session, guest } = await dialled()
  const asked = guest.next()
  const words = new Promise<string>((resolve) => session.subscribe({ topic: 'a/+/b' }, resolve))
  const [, , high = 0, low = 0] = await asked
  // SUBACK for it: not authorized.
  guest.send(0x90, 4, high, low, 0, 0x87)
  expect(await words).toMatch(/Not authorized/)
})

test.each([0, 1])('it goes although the broker has not confirmed %i messages', async (count) => {
  const { session, guest } = await dialled()
  for (let sent = 0; sent < count; sent++) session.publish('a', '1', { isRetained: false, isSure: true })
  session.close()
  await guest.gone
})

test('a broker that confirms nothing is left, and nothing more is kept for it', async () => {
  const { session } = await dialled()
  for (let sent = 0; sent < 2_000; sent++) session.publish('a', '1', { isRetained: false, isSure: true })
  expect((await session.lost).message).toBe('the broker does not read')
})

test('3.1.1 is spoken with a broker that knows no 5', async () => {
  const levels: number[] = []
  const broker = await hostileBroker(({ level, send }) => {
    levels.push(level)
    send(...(level === 5 ? connackOf(4, 1) : connackOf(4)))
  })
  const dial = dialMqtt(broker)
  const session = await dial(wanted)
  session.close()
  await dial(wanted)
  expect(levels).toEqual([5, 4, 4])
})

test.each<[name: string, greet: (guest: Guest) => void, words: RegExp, isRefusal: boolean]>([
  ['hangs up', ({ hangUp }) => hangUp(), /hung up/, false],
  ['greets without an end', greetsForever, /too long/, false],
  ['speaks something else', ({ send }) => send(...new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n')), /no MQTT/, false],
  ['refuses the password', ({ send, level }) => send(...connackOf(level, level === 5 ? 0x86 : 4)), /check user, password and clientId/, true],
])('a broker that %s is told of', async (_, greet, words, isRefusal) => {
  const broker = await hostileBroker(greet)
  await expect(dialMqtt(broker)(wanted)).rejects.toMatchObject({ message: expect.stringMatching(words), isRefusal })
})

test('who needs MQTT 5 speaks no other', async () => {
  const levels: number[] = []
  const broker = await hostileBroker(({ level, send }) => {
    levels.push(level)
    send(...connackOf(4, 1))
  })
  await expect(dialMqtt(broker, { needs5: true })(wanted)).rejects.toThrow('the broker speaks no MQTT 5')
  expect(levels).toEqual([5])
})

test('a request carries where its answer goes, and what tells them together', async () => {
  const { session, guest } = await dialled()
  const sent = guest.next()
  session.publish('t', '1', { isRetained: false, isSure: false, respondTo: 'r', correlation: 'c\u00ff', expiryS: 10 })
  const properties = [2, 0, 0, 0, 10, 8, 0, 1, 0x72, 9, 0, 2, 0x63, 0xff]
  const bytes = [...(await sent)]
  // MQTT 5 §3.3.2.3: in whatever order.
  expect(bytes.slice(0, 5)).toEqual([0x30, 5 + properties.length, 0, 1, 0x74])
  expect(bytes.slice(6, -1).sort()).toEqual([...properties].sort())
  const heard = Promise.withResolvers<MqttMessage>()
  session.received.on(heard.resolve)
  guest.send(...bytes)
  expect(await heard.promise).toMatchObject({ topic: 't', respondTo: 'r', correlation: 'c\u00ff', isRetained: false })
  session.close()
})
