import { shownAddress } from '../base/shown-address.ts'
import { TransferError } from '../core/transfer.ts'

/** OCPP 1.6 SupportedFileTransferProtocols (errata 3.90). */
export const protocols = ['FTP', 'FTPS', 'HTTP', 'HTTPS'] as const

interface Credentials {
  readonly user: string
  readonly password: string
}

/** Where a file comes from or goes to. */
export type Address = HttpAddress | FtpAddress

interface Place {
  readonly credentials: Credentials | undefined
  /** For logs and errors: no credentials, no query. */
  readonly shown: string
}

export interface HttpAddress extends Place {
  readonly kind: 'http'
  /** Without credentials and fragment. */
  readonly url: URL
}

export interface FtpAddress extends Place {
  readonly kind: 'ftp'
  readonly host: string
  readonly port: number
  /** `explicit`: TLS is asked for on the usual port; `implicit`: the port speaks nothing else. */
  readonly security: 'none' | 'explicit' | 'implicit'
  /** Decoded, relative to where the login leads (RFC 1738 §3.2.2); `%2F` at its beginning makes it absolute. Ends in a slash for a
   *  directory; empty for the login's own. */
  readonly path: string
}

const ftpPort = 21
const implicitFtpsPort = 990
/** Characters. Signed links have some hundreds. */
const longestAddress = 2_048
/** Characters of an address in a log. */
const longestShown = 300

/** Reads an address as the field writes it: blanks, a lone `%`, and an `@` in a password are taken as they stand.
 *  `ftps://` is implicit TLS, except on port 21; `ftpes://` asks for TLS on the usual port.
 *  @throws TransferError `badAddress`, `notSupported` */
export function addressOf(location: string): Address {
  const shown = shownAddress(location).slice(0, longestShown)
  const bad = (why: string) => new TransferError('badAddress', `${why}: ${shown}`)
  const text = location.trim()
  if (text.length > longestAddress) throw bad(`an address of more than ${longestAddress} characters`)
  if (/\p{Cc}/u.test(text)) throw bad('control characters in an address')
  const [, scheme = '', login, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/]*)@)?(.*)$/i.exec(text) ?? []
  if (scheme === '') throw bad('not an address')
  const credentials = login === undefined || login === '' ? undefined : credentialsOf(login)
  switch (scheme.toLowerCase()) {
    case 'http':
    case 'https': {
      const url = parsed(`${scheme}://${escaped(rest)}`, bad)
      url.hash = ''
      return { kind: 'http', url, credentials, shown }
    }
    case 'ftp':
    case 'ftps':
    case 'ftpes': {
      // A question mark and a hash are letters of a file's name here.
      const url = parsed(`ftp://${escaped(rest).replaceAll('?', '%3F').replaceAll('#', '%23')}`, bad)
      const security = securityOf(scheme.toLowerCase(), /^[^/]*:21(?:\/|$)/.test(rest))
      const path = url.pathname.slice(1).split('/').map(decoded).join('/')
      if (/\p{Cc}/u.test(`${path}${credentials?.user ?? ''}${credentials?.password ?? ''}`)) throw bad('control characters in an address')
      const port = url.port === '' ? (security === 'implicit' ? implicitFtpsPort : ftpPort) : Number(url.port)
      return { kind: 'ftp', host: url.hostname.replace(/^\[|\]$/g, ''), port, security, path, credentials, shown }
    }
    default:
      throw new TransferError('notSupported', `${scheme} is not among ${protocols.join(', ')}: ${shown}`)
  }
}

function securityOf(scheme: string, isUsualPort: boolean): FtpAddress['security'] {
  if (scheme === 'ftp') return 'none'
  return scheme === 'ftps' && !isUsualPort ? 'implicit' : 'explicit'
}

function parsed(text: string, bad: (why: string) => TransferError): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '') throw bad('not an address')
  return url
}

function credentialsOf(login: string): Credentials {
  const [, user = '', password = ''] = /^([^:]*):?(.*)$/s.exec(login) ?? []
  return { user: decoded(user), password: decoded(password) }
}

/** A per cent sign that encodes nothing stands for itself. */
function escaped(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})/gi, '%25')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
