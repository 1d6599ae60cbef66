import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { lockDirectory } from '../../src/store/lock.ts'
import { type Child, startChild } from './child.ts'
import { newDirectory } from './directories.ts'

async function firstLine(child: Child): Promise<string | undefined> {
  for await (const line of child.lines()) return line
  return undefined
}

function holder(directory: string): Child {
  const child = startChild('./holder.ts', directory)
  onTestFinished(() => child.kill())
  return child
}

test('a second process is told which directory is in use, by whom, and what to do', { timeout: 30_000 }, async () => {
  const directory = newDirectory()
  const held = lockDirectory(directory)
  const second = holder(directory)
  const words = await firstLine(second)
  expect(words).toContain(`state directory ${directory}: it is in use by another process (pid ${process.pid})`)
  expect(words).toContain('--state')
  expect(await second.ended).toBe(0)
  held.release()
})

test('a process that is killed leaves no lock behind', { timeout: 30_000 }, async () => {
  const directory = newDirectory()
  const other = holder(directory)
  expect(await firstLine(other)).toBe('held')
  expect(() => lockDirectory(directory)).toThrow(ConfigError)
  expect(() => lockDirectory(directory)).toThrow(`(pid ${other.pid})`)
  other.kill()
  await other.ended
  const held = lockDirectory(directory)
  expect(readFileSync(join(directory, 'lock.pid'), 'utf8')).toBe(`${process.pid}\n`)
  held.release()
})

test('an attempt that was refused does not loosen the lock that stands', { timeout: 30_000 }, async () => {
  const directory = newDirectory()
  const held = lockDirectory(directory)
  expect(() => lockDirectory(directory)).toThrow(ConfigError)
  expect(await firstLine(holder(directory))).toContain('in use')
  held.release()
})

test('a lock that is released is free, and releasing again is harmless', () => {
  const directory = newDirectory()
  const first = lockDirectory(directory)
  expect(statSync(join(directory, 'lock')).mode & 0o777).toBe(0o600)
  first.release()
  expect(existsSync(join(directory, 'lock.pid'))).toBe(false)
  const second = lockDirectory(directory)
  first.release()
  expect(() => lockDirectory(directory)).toThrow(ConfigError)
  second.release()
})
