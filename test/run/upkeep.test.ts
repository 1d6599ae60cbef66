import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import type { ChargePoint } from '../../src/core/charge-point.ts'
import type { Fact } from '../../src/core/facts.ts'
import { type KeptFacts, upkeep } from '../../src/run/upkeep.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrations.ts'
import { storeIn } from '../../src/store/open.ts'
import { StoreError, withRoom } from '../../src/store/store-error.ts'
import { keptLog } from '../store/directories.ts'
import { world } from '../stories/world.ts'

function bench({
  mostSamples = 100_000,
  running = undefined as string | undefined,
  readers = ['reader'] as readonly [string, ...string[]],
  keeps = undefined as KeptFacts | undefined,
} = {}) {
  const clock = simulatedClock()
  const log = keptLog()
  const database = openDatabase(':memory:')
  migrate(database)
  const store = storeIn(database)
  const ledger = store.ledger<Fact>()
  const core = { evses: [1], view: () => ({ transaction: running === undefined ? undefined : { id: running } }) } as unknown as ChargePoint
  const refused: StoreError[] = []
  const chores = upkeep({ store, core, clock, log, readers, refused: (error) => refused.push(error), mostSamples, keeps })
  const sample = (transaction: string, count = 1) =>
    store.atomically(() => {
      for (let n = 0; n < count; n++)
        ledger.append(
          clock.now(),
          { kind: 'meterSampled', transaction, evse: 1, context: 'periodic', endValues: [], values: [{ measurand: 'Energy', unit: 'Wh', value: n }] },
          { subject: transaction, durability: 'grouped' },
        )
    }, 'grouped')
  const start = (transaction: string) =>
    ledger.append(
      clock.now(),
      { kind: 'transactionStarted', transaction, evse: 1, token: 'T', source: 'local', meterWh: 0 },
      { subject: transaction, durability: 'durable' },
    )
  const waiting = () => ledger.count('meterSampled', ledger.position('reader'))
  const fill = () => database.exec(`PRAGMA max_page_count = ${Number(database.prepare('PRAGMA page_count').get()?.page_count)}`)
  return { clock, log, store, ledger, chores, refused, sample, start, waiting, fill }
}

test('samples that wait beyond the limit are thinned within the hour, in small steps, and the log says so once', async () => {
  const b = bench({ mostSamples: 5_000 })
  for (let n = 0; n < 8; n++) {
    b.start(`tx ${n}`)
    b.sample(`tx ${n}`, 1_000)
  }
  await b.clock.advance(hours(1) + minutes(1))
  expect(b.waiting()).toBe(4_500)
  expect(b.ledger.count('transactionStarted', 0)).toBe(8)
  for (let n = 0; n < 8; n++) expect(b.ledger.about(`tx ${n}`).length).toBeGreaterThan(2)
  b.sample('tx 7', 2_000)
  await b.clock.advance(hours(2))
  expect(b.waiting()).toBeLessThanOrEqual(5_000)
  expect(b.log.lines.map(({ event }) => event)).toEqual([
    'too many samples wait for the central system: middle samples are left out, first and last ones of each transaction stay',
  ])
})

test('where memory is dear little is kept of what was delivered: nothing of what waits or runs goes', async () => {
  const b = bench({ running: 'tx runs', keeps: { most: 3, trimEvery: minutes(10) } })
  b.sample('tx runs', 20)
  b.sample('tx ended', 20)
  b.ledger.moveTo('reader', b.ledger.last, 'durable')
  b.sample('tx waits', 20)
  await b.clock.advance(minutes(11))
  expect(['tx runs', 'tx ended', 'tx waits'].map((each) => b.ledger.about(each).length)).toEqual([20, 0, 20])
})

test('where nothing but first and last samples waits, it gives up until the next hour', async () => {
  const b = bench({ mostSamples: 100 })
  for (let n = 0; n < 1_500; n++) b.sample(`tx ${n}`, 2)
  await b.clock.advance(hours(3))
  expect(b.waiting()).toBe(3_000)
})

test('a write that finds the disk full gets its place: what was delivered goes first', () => {
  const b = bench()
  b.sample('old', 5_000)
  b.ledger.moveTo('reader', b.ledger.last, 'durable')
  b.sample('new', 3_000)
  b.fill()
  for (let n = 0; n < 500; n++) withRoom(() => b.start(`tx ${n}`), b.chores.makeRoom)
  expect(b.ledger.about('new')).toHaveLength(3_000)
  expect(b.ledger.about('old').length).toBeLessThan(5_000)
  expect(b.ledger.count('transactionStarted', 0)).toBe(500)
})

test('a second reader that never gets on holds up the tidying for a while only', async () => {
  const b = bench({ readers: ['reader', 'notices'] })
  b.sample('old', 103_000)
  b.ledger.moveTo('reader', b.ledger.last, 'durable')
  await b.clock.advance(hours(2))
  expect(b.ledger.about('old')).toHaveLength(100_000)
})

test('a second reader that never gets on takes no place from a write that finds the disk full', () => {
  const b = bench({ readers: ['reader', 'notices'] })
  b.sample('old', 5_000)
  b.ledger.moveTo('reader', b.ledger.last, 'durable')
  b.sample('new', 3_000)
  b.fill()
  for (let n = 0; n < 500; n++) withRoom(() => b.start(`tx ${n}`), b.chores.makeRoom)
  expect(b.ledger.about('new')).toHaveLength(3_000)
  expect(b.ledger.count('transactionStarted', 0)).toBe(500)
})

test('then middle samples that wait; when there are none left the write is refused, without a search each time', async () => {
  const b = bench()
  b.sample('waits', 6_000)
  b.fill()
  let started = 0
  const startMany = () => {
    for (; started < 100_000; started++) withRoom(() => b.start(`tx ${started}`), b.chores.makeRoom)
  }
  expect(startMany).toThrow(expect.objectContaining({ problem: 'full' }))
  expect(started).toBeGreaterThan(3_000)
  const left = b.ledger.about('waits').map(({ sequence }) => sequence)
  expect(left.length).toBeLessThan(1_300)
  expect([left[0], left.at(-1)]).toEqual([1, 6_000])
  expect(b.ledger.count('transactionStarted', 0)).toBe(started)
  expect(b.log.lines.map(({ event }) => event)).toContain('the disk is full: middle samples are left out, first and last ones of each transaction stay')
})

test('a chore that the disk refuses is said, and comes again', async () => {
  const b = bench()
  b.sample('a')
  let refuses = true
  const { flush } = b.store
  const store = Object.create(b.store, {
    flush: {
      value: () => {
        if (refuses) throw new StoreError('full', 'no room')
        flush()
      },
    },
  }) as typeof b.store
  const chores = upkeep({ store, core: { evses: [] } as unknown as ChargePoint, clock: b.clock, log: b.log, readers: ['reader'], refused: () => {} })
  b.chores.stop()
  await b.clock.advance(minutes(1))
  expect([store.hasUnflushed, b.log.lines.length]).toEqual([true, 1])
  refuses = false
  await b.clock.advance(minutes(1))
  expect(store.hasUnflushed).toBe(false)
  chores.stop()
})

test('a station whose disk is full begins a transaction all the same, and takes its samples, where old facts can go', async () => {
  const database = openDatabase(':memory:')
  migrate(database)
  const store = storeIn(database)
  const w = await world({ parts: { store }, settings: { MeterValueSampleInterval: '10' } })
  const ledger = store.ledger<Fact>()
  store.atomically(() => {
    for (let n = 0; n < 3_000; n++) ledger.append(w.clock.now(), { kind: 'securityEvent', event: 'invalidMessages' }, { durability: 'grouped' })
  })
  w.plant.plugIn()
  await w.until(() => w.station.door.reports().waiting === 0)
  database.exec(`PRAGMA max_page_count = ${Number(database.prepare('PRAGMA page_count').get()?.page_count)}`)
  // What is left of the last page.
  const fillUp = () => {
    for (;;) ledger.append(w.clock.now(), { kind: 'securityEvent', event: 'invalidMessages', info: 'x'.repeat(200) }, { durability: 'grouped' })
  }
  expect(fillUp).toThrow('the disk is full')
  await w.clock.advance(seconds(5))
  expect(await w.swipe()).toBe('started')
  await w.clock.advance(minutes(5))
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(w.sent('StopTransaction')).toHaveLength(1)
  expect(w.sent('MeterValues').length).toBeGreaterThanOrEqual(29)
})
