/** What a central system says of a token. */
export interface TokenInfo {
  readonly status: 'accepted' | 'blocked' | 'expired' | 'invalid' | 'concurrent'
  readonly group?: string
  /** Milliseconds since 1970. */
  readonly expiresAt?: number
}

/** Two identifiers are the same whatever the case of their ASCII letters (OCPP 1.6: CiString20; OCPP-J allows no others in it). */
export function isSameToken(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && keyOf(one) === keyOf(other)
}

/** Tokens that are the same have the same. Beyond ASCII small letters are no safe way to compare: the sign of the kelvin has that of K. */
export function keyOf(token: string): string {
  return token.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
