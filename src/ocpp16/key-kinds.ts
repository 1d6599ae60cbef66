import type { ChargePoint } from '../core/charge-point.ts'
import { type SettingName, type SettingValues, settingsTable, unbounded } from '../core/settings.ts'
import type { FeatureProfile } from './messages/catalogue.ts'

/** What an OCPP key is made of. Values are text on the wire. */
export interface Key {
  readonly key: string
  /** `w`: never told. */
  readonly access: 'rw' | 'r' | 'w'
  /** Core when left out; without its profile a key is not there. */
  readonly profile?: FeatureProfile
  /** What it does, for people. */
  readonly effect: string
  /** What it may be, for people; undefined: nobody chooses it. */
  readonly values?: string
  read(core: ChargePoint): string
  /** Sets it, whoever asks; false: not a value of this key. Absent: derived from something else. */
  write?(core: ChargePoint, value: string): boolean
}

export type NameOf<T> = { [N in SettingName]: SettingValues[N] extends T ? N : never }[SettingName]

/** Sets a setting; false: not a value of it. */
export const put = <N extends SettingName>(core: ChargePoint, name: N, value: SettingValues[N]): boolean => {
  try {
    core.settings.set(name, value)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

export const truth = (key: string, name: NameOf<boolean>, effect: string, access: Key['access'] = 'rw'): Key => ({
  key,
  access,
  effect,
  values: 'true, false',
  read: (core) => String(core.settings.get(name)),
  write(core, value) {
    const said = value.trim().toLowerCase()
    return (said === 'true' || said === 'false') && put(core, name, said === 'true')
  },
})

/** Of a whole number. */
function rangeOf(name: NameOf<number>): string {
  const { min, max } = settingsTable[name]
  return max === unbounded ? `${min} or more` : `${min} to ${max}`
}

export const whole = (key: string, name: NameOf<number>, effect: string, access: Key['access'] = 'rw'): Key => ({
  key,
  access,
  effect,
  values: rangeOf(name),
  read: (core) => String(core.settings.get(name)),
  write: (core, value) => /^\d{1,10}$/.test(value.trim()) && put(core, name, Number(value)),
})

/** Any text that the setting has room for. */
export const text = (key: string, name: NameOf<string>, effect: string): Key => ({
  key,
  access: 'rw',
  effect,
  values: 'text',
  read: (core) => core.settings.get(name),
  write: (core, value) => put(core, name, value),
})

/** CiString500Type: what GetConfiguration.conf can carry. */
const longestValue = 500
export const commaList = (value: string) =>
  value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

export const words = (
  key: string,
  name: NameOf<readonly string[]>,
  effect: string,
  isAllowed: (word: string, core: ChargePoint) => boolean,
  maxLength: (core: ChargePoint) => number,
): Key => ({
  key,
  access: 'rw',
  effect,
  values: 'words with commas between',
  read: (core) => core.settings.get(name).join(','),
  write(core, value) {
    const list = commaList(value)
    // One word that is not known refuses the whole (OCPP 1.6 §3.16.4): nothing changes.
    return value.length <= longestValue && list.length <= maxLength(core) && list.every((word) => isAllowed(word, core)) && put(core, name, list)
  },
})

export const derived = (key: string, effect: string, read: (core: ChargePoint) => string): Key => ({ key, access: 'r', effect, read })
