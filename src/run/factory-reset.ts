import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { silentLog } from '../base/log.ts'
import { lockDirectory } from '../store/lock.ts'
import { databaseName, openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { forgetDevicePassword } from './device-password.ts'
import { dueOnceMore } from './factory-values.ts'

/** Kinds of documents that a factory reset clears: what people and central systems decided since the charger was new. */
export const cleared = [
  ...['settings', 'credentials', 'factory', 'csms-place', 'local-control', 'site'],
  ...['availability', 'station', 'reservations', 'charging-profiles'],
  ...['local-list', 'local-list-state', 'authorization-cache'],
] as const

/** Kinds that stay: what was charged, what has to be told yet with what is needed to tell it, and what hangs on the charger now. */
export const kept = [
  ...['registers', 'sessions', 'session-traces', 'open-transactions', 'ocpp16-transactions', 'held-cables'],
  ...['clock-origins', 'boot-lengths', 'starts', 'firmware-update', 'firmware-status', 'log-upload'],
] as const

/** As delivered, but for what was charged: the station must not run. @throws ConfigError when it does, or when there is nothing to reset */
export function factoryReset(directory: string): void {
  if (!existsSync(join(directory, databaseName)))
    throw new ConfigError(`state directory ${directory}`, '', 'there is no charge point in it', 'Give the directory of one charge point with --state')
  const lock = lockDirectory(directory)
  try {
    const store = openStore({ directory, log: silentLog })
    try {
      clear(store)
    } finally {
      store.close()
    }
    forgetDevicePassword(directory)
  } finally {
    lock.release()
  }
}

/** @throws ConfigError as well for somebody who has not said yes */
export function confirmedReset(directory: string, isSure: boolean): void {
  if (!isSure) {
    const problem = 'settings, profiles, lists, reservations and the password of this device would go; what was charged and is to be told yet stays'
    throw new ConfigError('--yes', '', problem, `Say --yes to reset ${directory}`)
  }
  factoryReset(directory)
}

/** All or nothing. */
export function clear(store: Store): void {
  store.atomically(() => {
    for (const kind of cleared) store.documents(kind).clear()
    dueOnceMore(store)
  })
}
