/** How an AuthorizationKey is written. OCPP 1.6 says hexadecimal; many central systems mean the characters themselves,
 *  as OCPP 2.0.1 does. `auto` takes hexadecimal where it can be that, else text. */
export type AuthorizationKeyEncoding = 'hex' | 'text' | 'auto'

/** The password as bytes, or what is wrong with the key (never a part of it). */
export type Password = { readonly bytes: Uint8Array } | { readonly problem: string }

/** 16 to 20 bytes: OCPP 1.6 security whitepaper ed. 3, AuthorizationKey. */
const hexKey = /^(?:[0-9a-fA-F]{2}){16,20}$/
/** 2.0.1 BasicAuthPassword: at most 64; shorter keys than its 16 are in the field, so only the empty one is refused. */
const longestText = 64

/** @param key the value of AuthorizationKey; secret, and not repeated in what is returned */
export function passwordOf(key: string, encoding: AuthorizationKeyEncoding): Password {
  if (encoding !== 'text' && hexKey.test(key)) return { bytes: Buffer.from(key, 'hex') }
  if (encoding === 'hex') return { problem: 'must be 32 to 40 hexadecimal digits (16 to 20 bytes)' }
  if (key === '' || key.length > longestText) return { problem: `must be 1 to ${longestText} characters` }
  // HTTP basic authentication knows no control characters in a password (RFC 7617 §2).
  if (/\p{Cc}/u.test(key) || !key.isWellFormed()) return { problem: 'must not hold control characters' }
  return { bytes: Buffer.from(key, 'utf8') }
}
