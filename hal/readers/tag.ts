import type { Clock } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import type { TagFormat } from '../spec/wires.ts'
import type { Token } from '../types.ts'

/** OCPP 2.0.1 takes 36 characters. OCPP 1.6 takes 20: the hex digits of the longest UID (10 bytes); decimal digits and `padTo` can be more, and such
 *  a token is refused where the central system speaks 1.6. */
const longestToken = 36

/** ISO/IEC 14443-3: a four-byte UID that begins with 08 is drawn at random each time, by a phone for instance. */
function isRandom(uid: Uint8Array): boolean {
  return uid.length === 4 && uid[0] === 0x08
}

/** The bytes of a UID as digits. @param uid as the reader says it, 1 to 16 bytes */
function digitsOf(uid: Uint8Array, { format = 'hex', case: letters = 'upper', byteOrder = 'msb', padTo = 0 }: TagFormat): string {
  const ordered = byteOrder === 'msb' ? uid : uid.toReversed()
  const hex = Buffer.from(ordered).toString('hex')
  const digits = format === 'hex' ? hex : BigInt(`0x${hex}`).toString()
  return (letters === 'upper' ? digits.toUpperCase() : digits).padStart(padTo, '0')
}

/** What a card is called. Undefined: no UID, a random one that is not wanted, or one that is too long for any OCPP. */
export function tokenOf(uid: Uint8Array, format: TagFormat): Token | undefined {
  if (uid.length === 0 || (isRandom(uid) && format.allowRandomUid !== true)) return undefined
  const id = digitsOf(uid, format)
  return id.length > longestToken ? undefined : { id }
}

/** Cards that a reader sees, turned into presentations. */
export interface Presenting {
  /** A card is there. A UID that gives no token counts for nothing. */
  seen(uid: Uint8Array): void
  /** The same with a token that is made already. */
  seenToken(token: Token): void
  /** A poll found no card. */
  missed(): void
}

const usualDebounce: Millis = 2_000
/** A card at the edge of the field is missed now and then: one that is polled for is gone after so many misses in a row. */
export const removedAfterMisses = 3

interface Sighting {
  readonly at: Millis
  readonly misses: number
}

/** Emits a card once for each time it is presented. Seen again within `debounceMs` of its last sighting it is the same presentation, however long it
 *  lies there. @param isPolled the driver calls `missed`, and a card must have been removed before it is presented again */
export function presenting(format: TagFormat, clock: Clock, emit: (token: Token) => void, isPolled = false): Presenting {
  const debounce = format.debounceMs ?? usualDebounce
  let sightings: ReadonlyMap<string, Sighting> = new Map()
  const isThere = ({ at, misses }: Sighting) => clock.monotonic() - at < debounce || (isPolled && misses < removedAfterMisses)
  const seenToken = (token: Token) => {
    const before = sightings.get(token.id)
    const isSame = before !== undefined && isThere(before)
    const others = [...sightings].filter(([id, each]) => id !== token.id && isThere(each))
    sightings = new Map([...others, [token.id, { at: clock.monotonic(), misses: 0 }]])
    if (!isSame) emit(token)
  }
  return {
    seenToken,
    seen(uid) {
      const token = tokenOf(uid, format)
      if (token !== undefined) seenToken(token)
    },
    missed() {
      if (sightings.size > 0) sightings = new Map([...sightings].map(([id, { at, misses }]) => [id, { at, misses: misses + 1 }]))
    },
  }
}
