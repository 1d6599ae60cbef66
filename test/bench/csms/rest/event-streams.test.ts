import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../../../../bench/csms/live.ts'
import type { Topic } from '../../../../bench/csms/rest/changes.ts'
import { eventStreams, mostStreams } from '../../../../bench/csms/rest/event-streams.ts'
import type { BenchStore } from '../../../../bench/csms/store/store.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { signal } from '../../../../src/base/signal.ts'
import { simulatedClock } from '../../../../src/base/simulated-clock.ts'
import { seconds } from '../../../../src/base/units.ts'

interface Told {
  readonly event: string
  readonly data: unknown
}

/** A browser that listens; `unread` bytes of it wait. */
class Browser extends EventEmitter {
  readonly told: Told[] = []
  comments = 0
  writableLength = 0
  isGone = false
  writeHead() {}
  write(bytes: Uint8Array) {
    const text = Buffer.from(bytes).toString()
    if (text.startsWith(':')) this.comments++
    else {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? []
      this.told.push({ event, data: JSON.parse(data) })
    }
  }
  destroy() {
    if (this.isGone) return
    this.isGone = true
    this.emit('close')
  }
}

function door() {
  const clock = simulatedClock()
  const events = signal<LiveEvent>()
  const asked: (readonly string[])[] = []
  const counted: number[] = []
  const failing: { words: string | undefined } = { words: undefined }
  const said: unknown[] = []
  const watched: string[] = []
  const removed = new Set<string>()
  const watch = (charger: string) => {
    watched.push(charger)
    return () => void watched.splice(watched.indexOf(charger), 1)
  }
  const store = {
    chargers: {
      some: async (ids: readonly string[]) => {
        if (failing.words !== undefined) throw new Error(failing.words)
        asked.push(ids)
        return ids.filter((id) => !removed.has(id)).map((id) => ({ id }))
      },
    },
    sites: { all: async () => [{ id: 'north' }] },
    transactions: { one: async (id: number) => ({ id, charger_id: 'CP-1' }) },
    statistics: {
      dashboard: async () => {
        counted.push(clock.monotonic())
        return { connected: 1 }
      },
    },
  } as unknown as BenchStore
  const streams = eventStreams({
    clock,
    log: { ...silentLog, error: ({ error }) => void said.push(error) },
    store,
    live: { events, publish: events.emit, watch },
  })
  const listen = (topics: readonly Topic[], charger?: string, isWelcome = () => true) => {
    const browser = new Browser()
    streams.open(browser as unknown as ServerResponse, {}, { topics: new Set(topics), charger }, isWelcome)
    return browser
  }
  const change = (charger: string) => events.emit({ topic: 'charger', charger })
  return { clock, streams, listen, asked, counted, failing, said, watched, removed, change, emit: events.emit }
}

test('a charger that changes often is read once a round, for everybody who listens, at most four times a second', async () => {
  const { clock, listen, asked, change } = door()
  const [one, other] = [listen(['chargers']), listen(['chargers'])]
  for (let tenth = 0; tenth < 10; tenth++) {
    change('CP-1')
    change('CP-2')
    await clock.advance(100)
  }
  expect(asked.length).toBeLessThanOrEqual(4)
  expect(asked.every((ids) => ids.length === 2)).toBe(true)
  expect(one.told.length).toBe(asked.length)
  expect(other.told).toEqual(one.told)
  expect(one.told[0]).toEqual({ event: 'chargers', data: [{ id: 'CP-1' }, { id: 'CP-2' }] })
})

test('a thousand chargers that change at once come in pieces', async () => {
  const { clock, listen, asked, change } = door()
  const browser = listen(['chargers'])
  for (let each = 0; each < 1_000; each++) change(`CP-${each}`)
  await clock.advance(seconds(1))
  expect(asked.map((ids) => ids.length)).toEqual([500, 500])
  expect(new Set(browser.told.flatMap(({ data }) => (data as { id: string }[]).map(({ id }) => id))).size).toBe(1_000)
})

test('who listens to one charger hears nothing of another, and nothing is read for nobody', async () => {
  const { clock, listen, asked, emit, change } = door()
  const browser = listen(['chargers', 'transactions', 'frames'], 'CP-1')
  const frame = { charger_id: 'CP-1', at: '', direction: 'in', kind: 'call', payload: {} } as const
  change('CP-2')
  emit({ topic: 'frame', charger: 'CP-2', frame })
  emit({ topic: 'transaction', transaction: 2, charger: 'CP-2' })
  await clock.advance(seconds(1))
  expect({ asked, told: browser.told }).toEqual({ asked: [], told: [] })
  change('CP-1')
  emit({ topic: 'frame', charger: 'CP-1', frame })
  emit({ topic: 'transaction', transaction: 1, charger: 'CP-1' })
  await clock.advance(seconds(1))
  expect(browser.told.map(({ event }) => event)).toEqual(['frame', 'chargers', 'transaction'])
})

test('frames of other processes are wanted while somebody listens to them', () => {
  const { listen, watched } = door()
  const [one, other] = [listen(['frames'], 'CP-1'), listen(['frames', 'chargers'], 'CP-1')]
  listen(['chargers'], 'CP-2')
  expect(watched).toEqual(['CP-1', 'CP-1'])
  one.destroy()
  expect(watched).toEqual(['CP-1'])
  other.destroy()
  expect(watched).toEqual([])
})

test('the dashboard is counted once a second while something changes, and not otherwise', async () => {
  const { clock, listen, counted, change } = door()
  listen(['dashboard'])
  for (let tenth = 0; tenth < 30; tenth++) {
    change('CP-1')
    await clock.advance(100)
  }
  expect(counted.length).toBe(3)
  await clock.advance(seconds(2))
  const settled = counted.length
  await clock.advance(seconds(60))
  expect(counted.length).toBe(settled)
})

test('a comment every 15 s keeps the line, and who has logged out is cut at the next', async () => {
  const { clock, listen } = door()
  let isWelcome = true
  const browser = listen(['chargers'], undefined, () => isWelcome)
  await clock.advance(seconds(31))
  expect(browser.comments).toBe(3)
  isWelcome = false
  await clock.advance(seconds(15))
  expect(browser.isGone).toBe(true)
})

test('a browser that does not read is cut, and the others go on', async () => {
  const { clock, listen, streams, change } = door()
  const [slow, quick] = [listen(['chargers']), listen(['chargers'])]
  slow.writableLength = 2_000_000
  change('CP-1')
  await clock.advance(seconds(1))
  expect([slow.isGone, quick.told.length, streams.listeners]).toEqual([true, 1, 1])
})

test('one more than there is room for is told so; with the last one every timer ends', async () => {
  const { clock, listen, streams } = door()
  const browsers = Array.from({ length: mostStreams }, () => listen(['chargers']))
  expect(() => listen(['chargers'])).toThrow('At most 64 may listen at once')
  browsers[0]?.destroy()
  expect(streams.listeners).toBe(mostStreams - 1)
  streams.close()
  expect([streams.listeners, clock.untilNext(), browsers.every(({ isGone }) => isGone)]).toEqual([0, undefined, true])
})

test('a database that does not answer is said once, and the events go on after it', async () => {
  const { clock, listen, change, failing, said } = door()
  const browser = listen(['chargers'])
  failing.words = 'disk I/O error'
  for (let each = 0; each < 5; each++) {
    change('CP-1')
    await clock.advance(250)
  }
  expect([browser.told, said]).toEqual([[], ['disk I/O error']])
  failing.words = undefined
  await clock.advance(250)
  expect(browser.told.length).toBe(1)
})

test('a charger that was taken out of the list is told by its id, and sites once a second to whoever listens to all', async () => {
  const { clock, listen, emit, change, removed } = door()
  const [all, own, other] = [listen(['chargers']), listen(['chargers'], 'CP-1'), listen(['chargers'], 'CP-2')]
  removed.add('CP-1')
  change('CP-1')
  change('CP-2')
  for (let each = 0; each < 4; each++) {
    emit({ topic: 'site', site: 'north' })
    await clock.advance(250)
  }
  const gone = { event: 'removed', data: ['CP-1'] }
  expect(all.told).toEqual([{ event: 'chargers', data: [{ id: 'CP-2' }] }, gone, { event: 'sites', data: [{ id: 'north' }] }])
  expect(own.told).toEqual([gone])
  expect(other.told.map(({ event }) => event)).toEqual(['chargers'])
})
