import type { ChargePoint } from '../core/charge-point.ts'
import type { KeyDesk, KeyPicture } from '../local/ports.ts'
import type { Key } from '../ocpp16/key-kinds.ts'
import { isOffered, isReadOnly, keys } from '../ocpp16/keys.ts'
import { changeKey } from '../ocpp16/settings.ts'
import { attempted } from '../store/store-error.ts'

/** The OCPP 1.6 keys for people: what GetConfiguration tells, in words, and what ChangeConfiguration does. */
export function keyDesk(core: ChargePoint): KeyDesk {
  return {
    all: () => keys.filter((key) => isOffered(key, core)).map((key) => pictureOf(key, core)),
    set(key, value) {
      let outcome: ReturnType<KeyDesk['set']> = 'notKept'
      attempted(
        () => {
          outcome = changeKey(core, key, value)
        },
        () => {},
      )
      return outcome
    },
  }
}

function pictureOf(key: Key, core: ChargePoint): KeyPicture {
  const access = key.access === 'rw' && isReadOnly(key, core) ? 'r' : key.access
  return { key: key.key, access, value: access === 'w' ? undefined : key.read(core), effect: key.effect, values: key.values, profile: key.profile ?? 'Core' }
}
