import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is in place, and what was before it. */
export interface InPlace {
  readonly version: string
  readonly previous?: string
}
export const inPlaceName = 'current.json'

/** BootNotification's firmwareVersion has 50 characters (OCPP 1.6 §6.3); here it names a directory too. */
export const versionLike = /^\d+\.\d+\.\d+[0-9A-Za-z.+-]{0,30}$/

/** The version in place. Undefined: none was ever installed; a file that is damaged counts as that. */
export function versionIn(directory: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(directory, inPlaceName), 'utf8')) as Partial<InPlace>
    return typeof version === 'string' && versionLike.test(version) ? version : undefined
  } catch {
    return undefined
  }
}
