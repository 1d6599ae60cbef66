import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Clock } from '../base/clock.ts'
import { isLoopback } from '../base/loopback.ts'
import { type LockOut, lockOut } from './lock-out.ts'
import { type RequestRate, rateLimit } from './request-rate.ts'

/** Who may come in at a door of this machine: the same rules for HTTP and for the control door. */
export interface GateParts {
  readonly clock: Clock
  /** Where the door listens. */
  readonly host: string
  /** Further names under which it may be called. */
  readonly hosts?: readonly string[]
  /** Any of them opens; none: nobody is asked. */
  readonly secrets: readonly string[]
  /** Whose pages may call: those that this door served itself, or all of this computer. */
  readonly pages: 'own' | 'loopback'
  readonly rate?: RequestRate | undefined
}

/** Why somebody does not come in, as an HTTP status with words. */
export interface Turned {
  readonly status: 400 | 401 | 403 | 421 | 429
  readonly words: string
  /** When it is worth another try, s. */
  readonly retryAfterS?: number
}

export interface Gate {
  /** A secret has to be shown. */
  readonly asks: boolean
  /** Looks at how often, under which name and from which page somebody calls. Undefined: in order. */
  admit(request: IncomingMessage): Turned | undefined
  /** Holds what somebody shows against the secrets; too many wrong ones have to wait. Undefined: right. */
  judge(request: IncomingMessage, shown: string): Turned | undefined
}

export function gate({ clock, host, hosts = [], secrets, pages, rate }: GateParts): Gate {
  const waitOf = rateLimit(clock, rate)
  const tries: LockOut = lockOut(clock)
  const mayBeCalled = namesOf(host, hosts)
  const isSecret = sameAs(secrets)
  return {
    asks: secrets.length > 0,
    admit(request) {
      const early = waitOf(addressOf(request))
      if (early > 0) return { status: 429, words: 'Too many requests', retryAfterS: Math.ceil(early / 1_000) }
      const called = hostIn(request.headers.host)
      if (called === undefined) return { status: 400, words: 'No Host' }
      if (!mayBeCalled(called)) return { status: 421, words: `This door is not called ${called.slice(0, 60)}. Use the address, or list the name under hosts` }
      return isForeign(request, pages) ? { status: 403, words: 'Foreign Origin' } : undefined
    },
    judge(request, shown) {
      const address = addressOf(request)
      const wait = tries.waitMs(address)
      if (wait > 0) return { status: 429, words: 'Too many wrong passwords', retryAfterS: Math.ceil(wait / 1_000) }
      if (!isSecret(shown)) {
        tries.failed(address)
        const next = tries.waitMs(address)
        return { status: 401, words: 'Wrong token or password', ...(next > 0 ? { retryAfterS: Math.ceil(next / 1_000) } : {}) }
      }
      tries.succeeded(address)
      return undefined
    },
  }
}

/** The names under which a door may be called. A page of elsewhere can have its own name point here (DNS rebinding): the browser then
 *  takes our answers for that page's, but says its name. Names that nobody can register are harmless. */
function namesOf(listening: string, hosts: readonly string[]): (called: string) => boolean {
  const listed = new Set(hosts.map((each) => each.toLowerCase()))
  if (isLoopback(listening)) return (called) => isLoopback(called) || listed.has(called)
  const own = new Set([...listed, hostname().toLowerCase(), listening.toLowerCase()])
  return (called) =>
    own.has(called) || isIP(called.replace(/^\[(.*)\]$/, '$1')) !== 0 || !called.includes('.') || /\.(?:local|internal|home\.arpa)$/.test(called)
}

/** `charger.local` of `Charger.local.:8080`; undefined: that is no host. */
function hostIn(header: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[\w.-]+?)\.?(?::\d{1,5})?$/i.exec(header ?? '')?.[1]?.toLowerCase()
}

/** A page that somebody else wrote must not drive the charger; programs send neither header. */
function isForeign({ headers, method }: IncomingMessage, pages: GateParts['pages']): boolean {
  const origin = headers.origin
  const site = headers['sec-fetch-site']
  if (pages === 'loopback') return origin !== undefined && !isLoopback(URL.parse(origin)?.hostname ?? '')
  if (origin !== undefined && (URL.parse(origin)?.host ?? '') !== headers.host?.toLowerCase()) return true
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  // A link to the charger's page, on whatever page, may be followed: nothing is told to that page, and nothing is changed.
  return !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document')
}

/** IPv4 as it is, IPv6 by its network: whoever has one address of it has all. */
export function addressOf({ socket }: Pick<IncomingMessage, 'socket'>): string {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '')
  if (isIP(address) !== 6 || address === '::1') return address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? groups : [...groups, ...Array<string>(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest]
  return `${whole.slice(0, 4).join(':')}::/64`
}

/** Takes the same time wherever the texts differ, whatever their lengths, and whichever secret fits. */
function sameAs(secrets: readonly string[]): (shown: string) => boolean {
  const key = randomBytes(32)
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  const wanted = secrets.map(digest)
  return (shown) => {
    const found = digest(shown)
    return wanted.map((each) => timingSafeEqual(each, found)).includes(true)
  }
}

/** What a program shows: `Authorization: Bearer SECRET`. */
export function bearerOf({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1]
}
