import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '../base/errors.ts'
import { makeDirectory, makeFile, orConfigError } from './directory.ts'
import { StoreError, storeErrorOf } from './store-error.ts'

/** Takes a directory for this process. The kernel ends the lock with the process, however that ends: an exclusive transaction on a
 *  small SQLite file of its own holds an fcntl lock. The database itself stays free for a person with a shell.
 *  @throws ConfigError when another process has it, or when the directory cannot be used */
export function lockDirectory(directory: string): { release(): void } {
  makeDirectory(directory)
  const path = join(resolve(directory), 'lock')
  const pidPath = `${path}.pid`
  return orConfigError(directory, () => {
    // Only when missing: closing a second descriptor of a file ends this process's fcntl locks on it.
    if (!existsSync(path)) makeFile(path)
    const held = exclusive(path)
    if (held === undefined) {
      throw new ConfigError(
        `state directory ${directory}`,
        '',
        `it is in use by another process${pidIn(pidPath)}`,
        'Stop that process, or give this one a directory of its own with --state',
      )
    }
    makeFile(pidPath)
    writeFileSync(pidPath, `${process.pid}\n`)
    return {
      release() {
        if (!held.isOpen) return
        rmSync(pidPath, { force: true })
        held.close()
      },
    }
  })
}

/** Undefined when another connection has it. */
function exclusive(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path)
  try {
    // No journal file: nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (cause) {
    database.close()
    const error = storeErrorOf(cause, path)
    if (error instanceof StoreError && error.problem === 'busy') return undefined
    throw error
  }
}

/** The number is a hint for a person; the lock is what counts. */
function pidIn(path: string): string {
  try {
    const pid = readFileSync(path, 'utf8').trim()
    return /^\d+$/.test(pid) ? ` (pid ${pid})` : ''
  } catch {
    return ''
  }
}
