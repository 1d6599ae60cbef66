import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { latchFile } from '../../src/run/latch-file.ts'
import { emptyRecord, freshService, type LatchRecord } from '../../src/safety/latch.ts'

function bench() {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-latch-'))
  const path = join(directory, 'latch.json')
  const lines: string[] = []
  const tell = (_: object, event: string) => lines.push(event)
  const log = { ...silentLog, warn: tell, error: tell }
  return { directory, path, lines, file: latchFile(path, log), onDisk: () => JSON.parse(readFileSync(path, 'utf8')) as LatchRecord }
}
const counted = (cycles: number, welded: readonly number[] = []): LatchRecord => ({ version: 2, welded, evses: { 1: { ...freshService, cycles } } })

test('a latch that is not there is empty; one that was written is read as it was', async () => {
  const b = bench()
  expect(b.file.load()).toEqual(emptyRecord)
  b.file.save(counted(3, [1]))
  expect(b.file.load()).toEqual(counted(3, [1]))
  b.file.keep(counted(4, [1]))
  await b.file.settled()
  expect(latchFile(b.path, silentLog).load()).toEqual(counted(4, [1]))
})

test('a latch of the first version is read', () => {
  const b = bench()
  writeFileSync(b.path, '{"welded":[2]}\n')
  expect(b.file.load()).toEqual({ version: 2, welded: [2], evses: {} })
})

test.each([
  ['half a file', '{"version":2,"welded":['],
  ['another file', '{"name":"x"}'],
  ['a file without end', `{"welded":[],"x":"${'x'.repeat(300_000)}"}`],
  ['counters of a stranger', '{"version":2,"welded":[],"evses":{"1":{"cycles":"many"}}}'],
])('%s is refused loudly', (_name, content) => {
  const b = bench()
  writeFileSync(b.path, content)
  expect(() => b.file.load()).toThrow()
  expect(b.lines).toEqual([expect.stringContaining('nothing is charged')])
})

test('counters that are still on their way never undo a weld', async () => {
  const b = bench()
  for (let round = 0; round < 20; round++) {
    b.file.keep(counted(round))
    // After none, one, two, ... questions to the disk.
    for (let turn = 0; turn < round; turn++) await stat(b.directory)
    b.file.save(counted(round, [1]))
    await b.file.settled()
    expect(b.onDisk()).toEqual(counted(round, [1]))
    b.file.save(counted(round))
  }
})

test('of counters that come faster than the disk the newest is kept', async () => {
  const b = bench()
  for (let cycles = 0; cycles < 100; cycles++) b.file.keep(counted(cycles))
  await b.file.settled()
  expect(b.onDisk()).toEqual(counted(99))
})

test('counters that cannot be written are told of once, and written when they can be', async () => {
  const b = bench()
  const way = `${b.path}.counters`
  mkdirSync(way)
  for (let cycles = 0; cycles < 3; cycles++) {
    b.file.keep(counted(cycles))
    await b.file.settled()
  }
  expect(existsSync(b.path)).toBe(false)
  expect(b.lines).toEqual([expect.stringContaining('counters cannot be written')])
  rmSync(way, { recursive: true })
  b.file.keep(counted(4))
  await b.file.settled()
  expect(b.onDisk()).toEqual(counted(4))
})

test('a disk that takes only the beginning of a record leaves the one before, and the guard is told', () => {
  const b = bench()
  b.file.save(counted(3, [1]))
  const evses = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [at + 1, freshService]))
  const record: LatchRecord = { version: 2, welded: [1], evses }
  // A limit of 1 or 2 kB for a file stands for the full disk: the first write is cut short, and only the next one fails.
  const program = `
    const { latchFile } = await import(${JSON.stringify(new URL('../../src/run/latch-file.ts', import.meta.url).href)})
    const silent = () => {}
    try { latchFile(process.argv[1], { error: silent, warn: silent }).save(${JSON.stringify(record)}) } catch { process.exit(5) }`
  const shell = `trap '' XFSZ; ulimit -f 2; exec "$0" --input-type=module -e "$1" "$2"`
  expect(spawnSync('/bin/sh', ['-c', shell, process.execPath, program, b.path]).status).toBe(5)
  expect(b.file.load()).toEqual(counted(3, [1]))
})
