import { expect, test } from 'vitest'
import { retained } from '../../../../bench/csms/cluster/retained.ts'
import type { MqttClient } from '../../../../src/base/mqtt/client.ts'
import { signal } from '../../../../src/base/signal.ts'

/** A broker that confirms when it is told to. */
function slowBroker() {
  const told: string[] = []
  const waiting: (() => void)[] = []
  const connected = signal<void>()
  const client: MqttClient = {
    ...{ isConnected: true, connected, lost: signal<void>(), received: signal<never>(), subscribe() {}, close: async () => {} },
    publish(topic, _payload, _delivery, onTaken = () => {}) {
      told.push(topic)
      waiting.push(onTaken)
    },
  }
  return { client, told, connected, confirm: () => waiting.shift()?.() }
}

test('a broker that confirms slowly is told no more than it may owe, and all of it in the end', () => {
  const { client, told, confirm } = slowBroker()
  const telling = retained(client)
  for (let count = 0; count < 30; count++) telling.tell(`${count}`, () => 'here')
  expect(told.length).toBe(10)
  confirm()
  expect(told.length).toBe(11)
  for (let count = 0; count < 30; count++) confirm()
  expect(told).toEqual(Array.from({ length: 30 }, (_, count) => `${count}`))
})

test('what an earlier connection still owes counts no more', () => {
  const { client, told, connected, confirm } = slowBroker()
  const telling = retained(client)
  for (let count = 0; count < 30; count++) telling.tell(`${count}`, () => 'here')
  connected.emit()
  expect(told.length).toBe(20)
  // Of the connection before.
  for (let count = 0; count < 10; count++) confirm()
  expect(told.length).toBe(20)
})
