import { randomInt } from 'node:crypto'
import { closeSync, fchownSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { makeDirectory, orConfigError, syncDirectory } from '../store/directory.ts'

/** Beside the database, for its owner alone: never in the database, whose copies travel. */
const fileName = 'door-password'
/** Without letters and digits that look alike. 31 of them: 4.95 bits each, 69 bits in 14. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = [5, 5, 4]

/** The password of this device alone (`login: device`); it is made where there is none. @throws ConfigError when the directory cannot be used */
export function devicePassword(directory: string): { readonly password: string; readonly isNew: boolean } {
  return orConfigError(directory, () => {
    const kept = keptDevicePassword(directory)
    if (kept !== undefined) return { password: kept, isNew: false }
    return { password: newDevicePassword(directory), isNew: true }
  })
}

/** Another one in place of the one there was. A station that runs takes it at its next start. @throws ConfigError */
export function newDevicePassword(directory: string): string {
  return orConfigError(directory, () => {
    makeDirectory(directory)
    const password = groups.map((length) => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')).join('-')
    const path = join(directory, fileName)
    rmSync(`${path}.new`, { force: true })
    const file = openSync(`${path}.new`, 'wx', 0o600)
    try {
      writeSync(file, `${password}\n`)
      // Whoever made it as root must not keep it from the user that the station runs as.
      const { uid, gid } = statSync(directory)
      if (process.getuid?.() === 0) fchownSync(file, uid, gid)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${path}.new`, path)
    syncDirectory(directory)
    return password
  })
}

/** The next start makes another one. @throws ConfigError */
export function forgetDevicePassword(directory: string): void {
  orConfigError(directory, () => {
    // What an earlier `--new` left behind when it was cut short is one as well.
    for (const name of [fileName, `${fileName}.new`]) rmSync(join(directory, name), { force: true })
    syncDirectory(directory)
  })
}

/** The password that `pilotwire password` prints. @throws ConfigError when there is none yet */
export function shownPassword(directory: string): string {
  const kept = orConfigError(directory, () => keptDevicePassword(directory))
  if (kept !== undefined) return kept
  throw new ConfigError(
    `state directory ${directory}`,
    '',
    'there is no password in it',
    'It is made when the station first starts with doors: { http: { login: device } }, or now with --new',
  )
}

/** Undefined: there is none yet. @throws what reading throws */
export function keptDevicePassword(directory: string): string | undefined {
  try {
    const text = readFileSync(join(directory, fileName), 'utf8').trim()
    return text === '' ? undefined : text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
