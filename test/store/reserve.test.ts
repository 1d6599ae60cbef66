import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/store/open.ts'
import { type Counted, keptLog, newDirectory, someMoment } from './directories.ts'

test('space is set aside once, and after it was given back the database grows no more until it is set aside again', () => {
  const directory = newDirectory()
  const store = openStore({ directory, log: keptLog() })
  const ledger = store.ledger<Counted>()
  const path = join(directory, 'reserve')
  const filler = 'x'.repeat(3_000)
  const appendTo = (last: number) => {
    while (ledger.last < last) ledger.append(someMoment, { kind: 'counted', n: 1, filler }, { durability: 'grouped' })
  }
  // A database that never had any knows no limit.
  store.reserve.release()
  appendTo(100)
  store.reserve.setAside()
  store.reserve.setAside()
  expect(statSync(path).size).toBe(2_097_152)
  store.reserve.release()
  expect(existsSync(path)).toBe(false)
  expect(() => appendTo(200)).toThrow(expect.objectContaining({ problem: 'full' }))
  const { last } = ledger
  expect(ledger.remove(Array.from({ length: 50 }, (_, at) => at + 1))).toBe(50)
  appendTo(last + 40)
  store.reserve.setAside()
  expect(existsSync(path)).toBe(true)
  appendTo(last + 300)
  store.close()
})

test('what a power cut left of it is no reserve: it is made anew', () => {
  const directory = newDirectory()
  const store = openStore({ directory, log: keptLog() })
  const path = join(directory, 'reserve')
  writeFileSync(path, 'half')
  store.reserve.setAside()
  expect(statSync(path).size).toBe(2_097_152)
  store.close()
})
