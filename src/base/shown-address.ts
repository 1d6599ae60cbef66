/** A text without the user and password of the addresses in it: `ftp://anna:secret@host/x` becomes `ftp://host/x`.
 *  A password may hold a slash or an at sign that nobody encoded: everything up to the last `@` of the word goes. */
export function withoutCredentials(text: string): string {
  // Each word is looked at once, and no scheme is long: a hostile text of any length takes no more time than it has characters.
  return text.replace(/([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s"'<>]*)/gi, (_whole, scheme: string, rest: string) => scheme + rest.slice(rest.lastIndexOf('@') + 1))
}

/** An address for people: neither its credentials nor its query, which may be a signature that opens the door. */
export function shownAddress(location: string): string {
  return withoutCredentials(location.trim())
    .replace(/[?#].*$/s, '')
    .replace(/\s/g, ' ')
}
