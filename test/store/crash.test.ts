import fc from 'fast-check'
import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { lockDirectory } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/open.ts'
import { startChild } from './child.ts'
import { keptLog, newDirectory } from './directories.ts'
import type { Written } from './writer.ts'

/** How often a writer is killed; a longer run sets PILOTWIRE_KILLS. */
const kills = Number(process.env.PILOTWIRE_KILLS ?? 30)

interface Acknowledged {
  readonly runs: Map<number, string>
  position: number
  pairs: number
}

/** Runs a writer until it has printed `lineCount` lines and kills it then; it goes on writing while the signal travels. */
async function writeAndKill(directory: string, run: string, lineCount: number, acknowledged: Acknowledged): Promise<void> {
  const child = startChild('./writer.ts', directory, run)
  let seen = 0
  if (lineCount === 0) child.kill()
  for await (const line of child.lines()) {
    const [what, number, by = ''] = line.split(' ')
    if (what === 'a') acknowledged.runs.set(Number(number), by)
    if (what === 'm') acknowledged.position = Number(number)
    if (what === 'd') acknowledged.pairs = Number(number)
    if (++seen === lineCount) child.kill()
  }
  expect(await child.ended).toBeUndefined()
}

function verify(directory: string, acknowledged: Acknowledged): void {
  const log = keptLog()
  // The dead process's lock is free.
  const lock = lockDirectory(directory)
  const store = openStore({ directory, log })
  const ledger = store.ledger<Written>()
  const entries = ledger.after(0, 1_000_000)
  expect(log.lines).toEqual([])
  // Every fact says its own sequence: unique, in order, without a gap.
  expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, index) => index + 1))
  expect(entries.every((entry) => entry.fact.n === entry.sequence)).toBe(true)
  const lost = [...acknowledged.runs].filter(([sequence, run]) => entries[sequence - 1]?.fact.run !== run)
  expect(lost).toEqual([])
  const torn = entries.filter(({ fact }) => fact.twin !== undefined && entries[fact.twin - 1]?.fact.twin !== fact.n)
  expect(torn).toEqual([])
  expect(ledger.last).toBe(entries.length)
  expect(ledger.position('reader')).toBeGreaterThanOrEqual(acknowledged.position)
  expect(ledger.position('reader')).toBeLessThanOrEqual(ledger.last)
  const pairs = store.documents<number>('counters').get('pairs') ?? 0
  expect(pairs).toBeGreaterThanOrEqual(acknowledged.pairs)
  expect(pairs === 0 || entries[pairs - 1]?.fact.twin === pairs + 1).toBe(true)
  store.close()
  lock.release()
}

test(`a writer that is killed ${kills} times loses nothing that it was told is kept`, { timeout: 20_000 + kills * 2_000 }, async () => {
  const directory = newDirectory()
  const acknowledged: Acknowledged = { runs: new Map(), position: 0, pairs: 0 }
  const lineCounts = fc.sample(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 400 })), kills)
  for (const [run, lineCount] of lineCounts.entries()) {
    await writeAndKill(directory, `run-${run}`, lineCount, acknowledged)
    // Not each time: the next writer too must be able to pick up what a killed one left.
    if (run % 3 === 2 || run === lineCounts.length - 1) verify(directory, acknowledged)
  }
  expect(acknowledged.runs.size).toBeGreaterThan(kills)
})

test('two stores of one directory see each other: nothing is kept in memory', () => {
  const directory = newDirectory()
  const first = openStore({ directory, log: silentLog })
  const second = openStore({ directory, log: silentLog })
  first.documents('settings').put('a', 1)
  expect(second.documents('settings').get('a')).toBe(1)
  first.close()
  second.close()
})
