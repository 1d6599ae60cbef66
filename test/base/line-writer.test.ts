import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lineWriter } from '../../src/base/line-writer.ts'
import { leaveOut } from '../left-out.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-lines-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('lines go to a file at once, behind those that are there, and its directory is made', () => {
  const path = join(directory, 'a', 'b', 'log')
  lineWriter(path).write('one\n')
  lineWriter(path).write('two\n')
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
})

test('a writer that is closed has let go of its file and takes no more lines', () => {
  const path = join(directory, 'closed')
  const before = readdirSync('/proc/self/fd').length
  const writer = lineWriter(path)
  writer.write('one\n')
  writer.close()
  writer.close()
  writer.write('two\n')
  expect([readFileSync(path, 'utf8'), readdirSync('/proc/self/fd').length]).toEqual(['one\n', before])
})

test('a file that grows too large makes way for a new one, and the one before is kept: a flood of lines fills no disk', () => {
  const path = join(directory, 'flooded', 'log')
  const before = readdirSync('/proc/self/fd').length
  const writer = lineWriter(path, 1_000)
  const line = (n: number) => `${String(n).padStart(9, '0')}\n`
  for (let n = 0; n < 350; n++) writer.write(line(n))
  expect(readdirSync(join(directory, 'flooded')).sort()).toEqual(['log', 'log.1'])
  const text = `${readFileSync(`${path}.1`, 'utf8')}${readFileSync(path, 'utf8')}`
  expect(text).toBe(Array.from({ length: 150 }, (_, at) => line(200 + at)).join(''))
  writer.close()
  expect(readdirSync('/proc/self/fd')).toHaveLength(before)
  const again = lineWriter(path, 1_000)
  for (let n = 350; n < 410; n++) again.write(line(n))
  again.close()
  expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 10 }, (_, at) => line(400 + at)).join(''))
})

test('as many older files are kept as was asked for, the newest first', () => {
  const path = join(directory, 'kept', 'log')
  const writer = lineWriter(path, 10, 3)
  for (let n = 0; n < 6; n++) writer.write(`line ${n} ....\n`)
  writer.close()
  expect(readdirSync(join(directory, 'kept')).sort()).toEqual(['log', 'log.1', 'log.2', 'log.3'])
  expect(['log', 'log.1', 'log.2', 'log.3'].map((name) => readFileSync(join(directory, 'kept', name), 'utf8').slice(0, 6))).toEqual([
    'line 5',
    'line 4',
    'line 3',
    'line 2',
  ])
})

test('a device is no file that grows', () => {
  const writer = lineWriter('/dev/null', 10)
  for (let n = 0; n < 10; n++) writer.write('a line that goes nowhere\n')
  writer.close()
  expect(readdirSync('/dev')).not.toContain('null.1')
})

test('a directory that cannot be made is an error at once, also where the system never tells the end of it', () => {
  expect(() => lineWriter('/proc/pilotwire/deeper/log')).toThrow('ENOENT')
})

const hasPipes = process.platform === 'linux' && spawnSync('mkfifo', ['--version']).status === 0
if (!hasPipes) leaveOut('log on a pipe that nobody reads: there is no mkfifo')

describe.skipIf(!hasPipes)('a pipe that nobody reads', () => {
  test('never holds the writer up; whole lines come through, and how many were lost is said when there is room', () => {
    const path = join(directory, 'pipe')
    execFileSync('mkfifo', [path])
    // Both ends, so that neither opening waits.
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    const writer = lineWriter(pipe)
    const line = (n: number) => `{"n":${n},"x":"${'x'.repeat(1_000)}"}\n`
    for (let n = 0; n < 200; n++) writer.write(line(n))
    let text = ''
    const drain = () => {
      const buffer = Buffer.alloc(1 << 16)
      try {
        for (;;) text += buffer.toString('utf8', 0, readSync(pipe, buffer))
      } catch {
        // Empty again.
      }
    }
    drain()
    writer.write(line(200))
    drain()
    closeSync(pipe)
    const rows = text
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as { n?: number; lost?: number })
    const { lost = 0 } = rows.find((each) => each.lost !== undefined) ?? {}
    expect(lost).toBeGreaterThan(100)
    expect(rows.filter((each) => each.n !== undefined)).toHaveLength(201 - lost)
    expect(rows.at(-1)?.n).toBe(200)
  })
})
