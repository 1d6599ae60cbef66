import { expect, test } from 'vitest'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seconds } from '../../../src/base/units.ts'
import type { Source, StreamWorld } from '../../../src/local/web/state/read-stream.ts'
import { readEvents, type Topic } from '../../../src/local/web/state/streams.ts'

/** A browser whose network the test holds. */
function browser() {
  const clock = simulatedClock()
  const opened: { readonly url: string; readonly source: Source; isClosed: boolean; tell(name: string, data: unknown): void }[] = []
  let asked = 0
  let change: (isThere: boolean) => void = () => undefined
  const world: StreamWorld = {
    clock: {
      monotonicMs: clock.monotonic,
      after: (delayMs, run) => clock.after('page', delayMs, run).stop,
      every: (periodMs, run) => clock.every('page', periodMs, run).stop,
    },
    open(url) {
      const takers: (readonly [string, (event: { readonly data: string }) => void])[] = []
      const source: Source = {
        onopen: null,
        onerror: null,
        addEventListener: (name, take) => takers.push([name, take]),
        close: () => {
          stream.isClosed = true
        },
      }
      const stream = {
        url,
        source,
        isClosed: false,
        tell(name: string, data: unknown) {
          for (const [each, take] of takers) if (each === name) take({ data: JSON.stringify(data) })
        },
      }
      opened.push(stream)
      return source
    },
    ask: () => {
      asked += 1
    },
    watchNetwork(told) {
      change = told
      return () => undefined
    },
  }
  return { clock, opened, world, change: (isThere: boolean) => change(isThere), asked: () => asked, newest: () => opened.at(-1) }
}

function follow(b: ReturnType<typeof browser>, topics: readonly Topic[] = ['frames']) {
  const seen: unknown[] = []
  const reached: boolean[] = []
  const stop = readEvents(topics, { on: { frame: (data) => seen.push(data) }, reached: (is) => reached.push(is) }, b.world)
  return { seen, reached, stop }
}

test('events reach their takers as JSON, and the state is read along as the pulse', () => {
  const b = browser()
  const { seen } = follow(b)
  b.newest()?.tell('frame', { number: 1 })
  expect(seen).toEqual([{ number: 1 }])
  expect(b.newest()?.url).toBe('api/v1/events?topics=state,frames')
})

test('a stream that breaks is opened again, ever slower, and at once quickly after it was there', async () => {
  const b = browser()
  const { reached } = follow(b)
  const waits: number[] = []
  for (let turn = 0; turn < 8; turn += 1) {
    const before = b.opened.length
    const brokeAt = b.clock.monotonic()
    b.newest()?.source.onerror?.()
    while (b.opened.length === before) await b.clock.advance(100)
    waits.push(b.clock.monotonic() - brokeAt)
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  expect(b.asked()).toBe(8)
  b.newest()?.source.onopen?.()
  expect(reached.at(-1)).toBe(true)
  b.newest()?.source.onerror?.()
  expect(reached.at(-1)).toBe(false)
  await b.clock.advance(500)
  expect(b.opened).toHaveLength(10)
  expect(b.opened.filter(({ isClosed }) => !isClosed)).toHaveLength(1)
})

test('a stream without a pulse is dead, one with a pulse lives on', async () => {
  const b = browser()
  follow(b)
  for (let second = 0; second < 60; second += 1) {
    await b.clock.advance(seconds(1))
    b.newest()?.tell('state', {})
  }
  expect(b.opened).toHaveLength(1)
  await b.clock.advance(seconds(9))
  expect(b.opened[0]?.isClosed).toBe(true)
  expect(b.opened).toHaveLength(2)
})

test('a device that joins a network again does not wait, and keeps one stream', async () => {
  const b = browser()
  const { reached } = follow(b)
  b.change(false)
  expect(reached).toEqual([false])
  b.change(true)
  expect(b.opened).toHaveLength(2)
  await b.clock.advance(seconds(1))
  expect(b.opened).toHaveLength(2)
})

test('a stopped stream is closed and never comes back', async () => {
  const b = browser()
  const { stop } = follow(b)
  b.newest()?.source.onerror?.()
  stop()
  await b.clock.advance(seconds(120))
  expect(b.opened).toHaveLength(1)
  expect(b.opened[0]?.isClosed).toBe(true)
})
