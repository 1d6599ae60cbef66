import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type CentralSystem, centralSystem } from '../../../bench/csms/central-system.ts'
import { type Door, type DoorOptions, openDoor } from '../../../bench/csms/door.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seconds } from '../../../src/base/units.ts'
import { handStation } from '../../bench/csms/station.ts'

const doors: Door[] = []
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close()
})

async function open(options: Partial<DoorOptions> = {}): Promise<{ system: CentralSystem; clock: SimulatedClock; url: string }> {
  const clock = simulatedClock()
  const system = centralSystem({ clock })
  const door = await openDoor(system, { port: 0, ...options })
  doors.push(door)
  return { system, clock, url: door.url }
}

test('a station that does not answer pings is cut off, one that does stays', async () => {
  const { system, clock, url } = await open()
  const living = await handStation(url, 'LIVING', 'ocpp2.0.1')
  const frozen = new WebSocket(`${url}/FROZEN`, 'ocpp2.0.1', { autoPong: false })
  await once(frozen, 'open')
  const pinged = once(frozen, 'ping')
  await clock.advance(seconds(60))
  await pinged
  await living.call('Heartbeat', {})
  const closed = once(frozen, 'close')
  await clock.advance(seconds(30))
  expect((await closed)[0]).toBe(1006)
  expect(await living.call('Heartbeat', {})).toMatchObject({ 0: 3 })
  expect(system.stations.map(({ id, isConnected }) => [id, isConnected])).toEqual([
    ['LIVING', true],
    ['FROZEN', false],
  ])
})

/** The answer to a handshake that is not let in. */
async function turnedAway(url: string): Promise<number | undefined> {
  const ws = new WebSocket(url, 'ocpp2.0.1')
  ws.on('error', () => {})
  const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage]
  ws.terminate()
  return response.statusCode
}

test('where nobody says in time who may come in, nobody waits for ever', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  const { clock, url } = await open({
    isKnown() {
      resolve()
      return new Promise(() => {})
    },
  })
  const status = turnedAway(`${url}/CP-1`)
  await asked
  await clock.advance(seconds(10))
  expect(await status).toBe(503)
})

test('who goes away while it is looked up leaves nothing behind', async () => {
  const asked = Promise.withResolvers<void>()
  const known = Promise.withResolvers<boolean>()
  const { system, url } = await open({
    isKnown(station) {
      if (station !== 'HASTY') return true
      asked.resolve()
      return known.promise
    },
  })
  const hasty = new WebSocket(`${url}/HASTY`, 'ocpp2.0.1')
  hasty.on('error', () => {})
  await asked.promise
  const closed = new Promise((resolve) => hasty.on('close', resolve))
  hasty.terminate()
  await closed
  // The server has seen the end when it has served whoever came after it.
  await handStation(url, 'NEXT')
  known.resolve(true)
  await handStation(url, 'LAST')
  expect(system.stations.map(({ id }) => id)).toEqual(['NEXT', 'LAST'])
})

test('a door that closes leaves nobody standing before it', async () => {
  const asked = Promise.withResolvers<void>()
  const { url } = await open({
    isKnown() {
      asked.resolve()
      return new Promise(() => {})
    },
  })
  const waiting = new WebSocket(`${url}/CP-1`, 'ocpp2.0.1')
  waiting.on('error', () => {})
  await asked.promise
  const closed = new Promise((resolve) => waiting.on('close', resolve))
  await doors.pop()?.close()
  await closed
})
