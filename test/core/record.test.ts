import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { availability, type StoredAvailability } from '../../src/core/availability.ts'
import type { Fact, Transaction } from '../../src/core/facts.ts'
import { transactionRecord } from '../../src/core/record.ts'
import type { Reservation } from '../../src/core/reservation.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { charging } from '../stories/asking.ts'

test('a station that has stopped on a full disk tries no more to write: the next one has the directory', async () => {
  const store = openStore({ directory: undefined, log: silentLog })
  let refused: number | undefined
  const atomically: typeof store.atomically = (run, durability) => {
    if (refused === undefined) return store.atomically(run, durability)
    refused++
    throw new StoreError('full', 'no room')
  }
  const w = await charging({ parts: { store: Object.create(store, { isNew: { value: true }, atomically: { value: atomically } }) as typeof store } })
  refused = 0
  const stopped = w.station.shutDown('softReset')
  await w.clock.advance(seconds(5))
  await stopped
  const before = refused
  expect(before).toBeGreaterThan(0)
  await w.clock.advance(minutes(5))
  expect(refused).toBe(before)
})

test('an end that a full disk refuses is tried again, with the samples before it each time, and is told of once it is written', async () => {
  const clock = simulatedClock()
  const store = openStore({ directory: undefined, log: silentLog })
  let isFull = true
  const atomically: typeof store.atomically = (run, durability) => {
    if (isFull) throw new StoreError('full', 'no room')
    return store.atomically(run, durability)
  }
  const said: string[] = []
  const record = transactionRecord({
    store: { ...store, atomically },
    ledger: store.ledger<Fact>(),
    open: store.documents<Transaction>('open-transactions'),
    availability: availability(store.documents<StoredAvailability>('availability')),
    reserved: store.documents<Reservation>('reservations'),
    clock,
    log: silentLog,
    isSilent: () => false,
    makeRoom: () => false,
  })
  const started: Transaction = { id: 'tx', evse: 1, token: 'TAG', startedAt: clock.now(), meterStartWh: 0 }
  expect(record.start(started, 'local', undefined)).toBe(false)
  const fact: Fact = { kind: 'transactionEnded', transaction: 'tx', evse: 1, reason: 'local', meterWh: 1 }
  record.end(
    fact,
    clock.now(),
    () => said.push('samples'),
    () => said.push('written'),
  )
  await clock.advance(seconds(10))
  expect(said).toEqual(['samples', 'samples'])
  isFull = false
  await clock.advance(seconds(10))
  expect(said).toEqual(['samples', 'samples', 'samples', 'written'])
  await clock.advance(seconds(30))
  expect(said).toHaveLength(4)
  expect(store.ledger<Fact>().about('tx')).toHaveLength(1)
})
