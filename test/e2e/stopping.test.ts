import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { millis, seconds } from '../../src/base/units.ts'
import { stationConfig } from '../../src/config/merge.ts'
import { startStation } from '../../src/run/station.ts'
import { central } from './central.ts'
import { hostileCentral } from './hostile.ts'
import { type Control, controlOf, freshDirectory, pilotwire } from './program.ts'

const run = (url: string, state: string, ...more: string[]) => pilotwire(['run', '--id', 'CP-1', '--csms', url, '--state', state, '--control', '0', ...more])

async function charging(door: Control) {
  expect(await door.ask('status charging')).toBe('ok charging')
}

/** An intended exit takes 3 s at the most. */
const limitMs = 3_000

test.concurrent('SIGTERM while a car charges: offer withdrawn, contactor open, StopTransaction delivered, the connection closed with 1000', async () => {
  const csms = await central()
  const closed = new Promise<number>((resolve) => csms.disconnected.on(({ code }) => resolve(code)))
  const station = run(csms.url, freshDirectory())
  const door = await controlOf(station)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  await charging(door)
  const { code, tookMs, err } = await station.end()
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(limitMs)
  expect(err).toMatch(/station stops[\s\S]*contactor opens[\s\S]*transaction ended/)
  expect(csms.transactions.all).toMatchObject([{ stop: { reason: 'Reboot' } }])
  expect(await closed).toBe(1000)
})

test.concurrent('a second SIGTERM or SIGINT does not end the stop half-way', async () => {
  const csms = await central()
  const station = run(csms.url, freshDirectory())
  const door = await controlOf(station)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  await charging(door)
  station.child.kill('SIGINT')
  await station.said(/station stops/)
  station.child.kill('SIGINT')
  expect(await station.end()).toMatchObject({ code: 0, signal: null })
  expect(csms.transactions.all).toMatchObject([{ stop: { reason: 'Reboot' } }])
})

describe('the end that could not be delivered is kept, and delivered at the next start', () => {
  test.concurrent.each(['is gone', 'stalls'] as const)('the central system %s', async (how) => {
    const state = freshDirectory()
    const hostile = await hostileCentral()
    const station = run(hostile.url, state)
    const door = await controlOf(station)
    await hostile.called('StatusNotification')
    await charging(door)
    await hostile.called('StartTransaction')
    if (how === 'is gone') await hostile.close()
    else hostile.stall()
    const { code, tookMs } = await station.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(limitMs)
    const csms = await central()
    const again = run(csms.url, state)
    expect(await csms.request('StopTransaction')).toMatchObject({ transactionId: 4711, reason: 'Reboot' })
    await again.end()
  })
})

test.concurrent('a car that takes 3 s to let go is waited for 2 s, then the contactor opens all the same', async () => {
  const csms = await central()
  const clock = systemClock()
  const state = freshDirectory()
  const config = await stationConfig({ id: 'CP-1', csms: csms.url, state, log: 'silent' }, {}, '0.0.0')
  const station = await startStation(config)
  station.built.simulation?.plants[0]?.setEv({ reaction: millis(0), stopReaction: seconds(3) })
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  expect(await station.run('status charging')).toBe('ok charging')
  const began = clock.monotonic()
  station.stop()
  expect(await station.ended).toBe(0)
  expect(clock.monotonic() - began).toBeLessThan(limitMs)
  expect(station.built.simulation?.plants[0]?.isClosed ?? false).toBe(false)
  expect(csms.transactions.all).toMatchObject([{ stop: { reason: 'Reboot' } }])
})

test.concurrent('kill -9 while a car charges: the next start ends the transaction, once', async () => {
  const csms = await central()
  const state = join(freshDirectory(), 'state')
  const station = run(csms.url, state)
  const door = await controlOf(station)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  await charging(door)
  await station.end('SIGKILL')
  const again = run(csms.url, state)
  await csms.request('StopTransaction')
  await again.end()
  expect(csms.transactions.all).toMatchObject([{ stop: { reason: 'Reboot' }, stopsResent: 0 }])
})
