import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { type Environment, logFrom } from './merge.ts'
import type { LogConfig } from './station.ts'

/** unix(7): the address of a socket has room for so many bytes. */
const longestPath = 107

/** systemd gives lists separated by colons, the unit's first directory counts. */
const firstOf = (list: string | undefined): string | undefined => list?.split(':')[0] || undefined

/** The guard's socket: as typed, else in the directory that systemd gave, else in the user's own.
 *  @throws ConfigError for none of them, or one that is too long */
export function socketPath(typed: string | undefined, environment: Environment): string {
  const users = environment['XDG_RUNTIME_DIR']
  const directory = firstOf(environment['RUNTIME_DIRECTORY']) ?? (users?.startsWith('/') ? join(users, 'pilotwire') : undefined)
  const path = typed ?? (directory === undefined ? undefined : join(directory, 'guard.sock'))
  if (path === undefined) throw new ConfigError('--socket', '', 'is missing', 'Name the socket of the guard, for instance --socket /run/pilotwire/guard.sock')
  if (Buffer.byteLength(path) > longestPath) throw new ConfigError('--socket', '', `is longer than ${longestPath} bytes`, 'Choose a shorter path')
  return path
}

/** Where a guard that runs by itself keeps its latch: as typed, else where systemd says, else among the user's own. */
export function guardStateOf(typed: string | undefined, environment: Environment): string {
  const given = typed ?? firstOf(environment['STATE_DIRECTORY'])
  if (given !== undefined) return resolve(given)
  const xdg = environment['XDG_STATE_HOME']
  return join(xdg?.startsWith('/') ? xdg : join(environment['HOME'] || homedir(), '.local', 'state'), 'pilotwire', 'guard')
}

/** @throws ConfigError for a level that is none */
export function guardLogOf(level: string | undefined, environment: Environment): LogConfig {
  return logFrom(level === undefined ? {} : { log: level }, environment, {}, '.', false)
}
