import { chmodSync, closeSync, fsyncSync, openSync, statfsSync } from 'node:fs'
import { resolve } from 'node:path'
import { makeDirectories } from '../base/directories.ts'
import { ConfigError, wordsOf } from '../base/errors.ts'
import { StoreError } from './store-error.ts'

/** Makes the state directory where it is missing, for its owner alone (it holds card numbers).
 *  @throws ConfigError when it cannot be made */
export function makeDirectory(directory: string): void {
  orConfigError(directory, () => makeDirectories(resolve(directory), 0o700))
}

/** Makes an empty file for its owner alone, where it is missing. SQLite gives the same mode to the files beside it. */
export function makeFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}

/** Makes names that were given, changed or taken in the directory survive a power cut. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** What its disk has left for this user, bytes; undefined where that cannot be told. */
export function freeBytesOf(directory: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** While opening, a disk that refuses is a matter for whoever chose the directory. */
export function orConfigError<T>(directory: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof StoreError || isSystemError(error)) {
      throw new ConfigError(
        `state directory ${directory}`,
        '',
        `cannot be used (${wordsOf(error)})`,
        'Give it to the user that runs the program, make room on its disk, or choose another one with --state',
      )
    }
    throw error
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
