import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes } from '../../src/base/units.ts'
import { turnedLog } from '../../src/local/turned-log.ts'

function watched() {
  const warned: unknown[] = []
  const log: Log = { ...silentLog, warn: (fields) => warned.push(fields), with: () => log }
  const clock = simulatedClock()
  const tell = turnedLog(log, clock, 'refused')
  const from = (remoteAddress: string) => ({ socket: { remoteAddress } }) as unknown as IncomingMessage
  return { warned, clock, tell: (address: string, status: number) => tell(from(address), { status, words: 'why', retryAfterS: 30 }) }
}

test('who knocks without end is noted once a minute for each reason', async () => {
  const { warned, clock, tell } = watched()
  for (let at = 0; at < 1_000; at++) tell('192.0.2.1', 403)
  expect(warned).toEqual([{ from: '192.0.2.1', code: 403, reason: 'why', waitS: 30 }])
  tell('192.0.2.1', 421)
  tell('192.0.2.2', 403)
  expect(warned).toHaveLength(3)
  await clock.advance(minutes(1))
  tell('192.0.2.1', 403)
  expect(warned).toHaveLength(4)
})

test('each wrong password is noted, but never more than twenty lines a minute', () => {
  const { warned, tell } = watched()
  for (let at = 0; at < 5; at++) tell('192.0.2.1', 401)
  expect(warned).toHaveLength(5)
  for (let at = 0; at < 200; at++) tell(`192.0.2.${at}`, 401)
  expect(warned).toHaveLength(20)
})
