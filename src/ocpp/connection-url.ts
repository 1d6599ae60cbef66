import { type Address, DialError } from './socket.ts'

/** OCPP-J §3.1.1: the endpoint, a slash, the percent-encoded identity. A query stays behind the path.
 *  @throws DialError when the URL is none, or the identity cannot stand in one */
export function connectionUrl(address: Pick<Address, 'url' | 'identity'>): URL {
  const { identity } = address
  const url = URL.canParse(address.url) ? new URL(address.url) : undefined
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new DialError('network', 'the URL of the central system must begin with ws:// or wss:// and name a host')
  }
  // A URL takes these two for steps in its path, encoded or not.
  if (identity === '' || identity === '.' || identity === '..' || !identity.isWellFormed()) {
    throw new DialError('network', `the identity "${identity.toWellFormed()}" cannot stand in a URL`)
  }
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(identity)}`
  url.hash = ''
  return url
}

/** The URL without user and password, for logs. */
export function loggable(url: URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  return shown.href
}

/** HTTP basic authentication: user is the identity, the password is bytes (OCPP 1.6 security whitepaper §3.4). */
export function basicAuthorization(identity: string, password: Uint8Array): string {
  return `Basic ${Buffer.concat([Buffer.from(`${identity}:`, 'utf8'), password]).toString('base64')}`
}

/** Reads the header of `basicAuthorization`; undefined when it is none. */
export function readBasicAuthorization(header: string | undefined): { readonly user: string; readonly password: Uint8Array } | undefined {
  const match = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header ?? '')
  if (match === null) return undefined
  const bytes = Buffer.from(match[1] as string, 'base64')
  const colon = bytes.indexOf(0x3a)
  return colon < 0 ? undefined : { user: bytes.subarray(0, colon).toString('utf8'), password: bytes.subarray(colon + 1) }
}
