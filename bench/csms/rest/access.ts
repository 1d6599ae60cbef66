import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../../src/base/clock.ts'
import { isLoopback } from '../../../src/base/loopback.ts'
import { addressOf, bearerOf } from '../../../src/local/gate.ts'
import { lockOut } from '../../../src/local/lock-out.ts'
import { Refusal } from './refusal.ts'
import { sessionCookies } from './session-cookies.ts'

export interface AccessParts {
  readonly clock: Clock
  /** Where the door listens. */
  readonly host: string
  readonly token: string
  /** Of other pages that may ask; their hosts are names under which the door may be called too, behind a proxy for instance. */
  readonly corsOrigins: readonly string[]
}

/** Who may come in. */
export interface Access {
  /** @throws Refusal 421 when somebody calls the door by a name that is not its own (DNS rebinding) */
  admit(request: IncomingMessage): void
  /** @throws Refusal 401 without the token or an open session, 403 for a page of another site, 429 after too many wrong tokens */
  enter(request: IncomingMessage): void
  /** Asked again of somebody who came in before. */
  isWelcome(request: IncomingMessage): boolean
  /** The request shows an open session. Tells nothing about a token: guesses are counted where it is shown. */
  isLoggedIn(request: IncomingMessage): boolean
  /** @returns the header `Set-Cookie`. @throws Refusal as `enter` */
  logIn(request: IncomingMessage, shown: string): string
  /** @returns the header `Set-Cookie` */
  logOut(request: IncomingMessage): string
}

const toKnow = 'It is printed when the central system starts; programs show it as "Authorization: Bearer ...".'

export function access({ clock, host, token, corsOrigins }: AccessParts): Access {
  const cookies = sessionCookies(clock, token)
  const tries = lockOut(clock)
  const isToken = sameAs(token)
  const names = new Set(corsOrigins.map((each) => URL.parse(each)?.hostname ?? ''))
  const refuseForeign = (request: IncomingMessage) => {
    if (!isOwnPage(request) && !corsOrigins.includes(request.headers.origin ?? '')) throw foreign()
  }
  const judge = (request: IncomingMessage, shown: string) => {
    const address = addressOf(request)
    const waitS = Math.ceil(tries.waitMs(address) / 1_000)
    if (waitS > 0) {
      const headers = { 'Retry-After': String(waitS) }
      throw new Refusal(429, 'Too many wrong tokens', 'Too many wrong tokens were shown', { remedy: `Try again in ${waitS} s.`, headers })
    }
    if (isToken(shown)) return tries.succeeded(address)
    tries.failed(address)
    throw unauthorized('This is not the token')
  }
  return {
    admit({ headers }) {
      const called = /^(\[[0-9a-f:.]+\]|[\w.-]+?)\.?(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]?.toLowerCase()
      if (called === undefined) throw new Refusal(400, 'No Host', 'The request names no host', { remedy: 'Name the host in the header Host.' })
      // Beyond loopback a page of elsewhere gains nothing by it: it has neither the token nor the cookie, which belongs to the true name.
      if (!isLoopback(host) || isLoopback(called) || names.has(called)) return
      throw new Refusal(421, 'Misdirected', `This door is not called ${called.slice(0, 60)}`, { remedy: 'Use 127.0.0.1 or localhost.' })
    },
    enter(request) {
      const shown = bearerOf(request)
      if (shown !== undefined) return judge(request, shown)
      if (!cookies.isOpen(request)) throw unauthorized('A token is asked for')
      if (!isRead(request)) refuseForeign(request)
    },
    isWelcome: (request) => bearerOf(request) !== undefined || cookies.isOpen(request),
    isLoggedIn: cookies.isOpen,
    logIn(request, shown) {
      refuseForeign(request)
      judge(request, shown)
      return cookies.begin()
    },
    logOut(request) {
      refuseForeign(request)
      return cookies.end(request)
    },
  }
}

function unauthorized(words: string): Refusal {
  return new Refusal(401, 'Unauthorized', words, { remedy: toKnow, headers: { 'WWW-Authenticate': 'Bearer' } })
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** A cookie comes along whoever wrote the page that asks: what changes something wants a page of this door. Browsers name the origin of
 *  every such request; other programs, which name none, show the token. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin } = headers
  return origin === undefined ? headers.cookie === undefined : URL.parse(origin)?.host === headers.host?.toLowerCase()
}

function foreign(): Refusal {
  const remedy = 'Open the page of the central system itself, or show the token as "Authorization: Bearer ...".'
  return new Refusal(403, 'Foreign page', 'A page of another site asks', { remedy })
}

/** Takes the same time wherever the texts differ, whatever their lengths. */
function sameAs(secret: string): (shown: string) => boolean {
  const key = randomBytes(32)
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  const wanted = digest(secret)
  return (shown) => timingSafeEqual(wanted, digest(shown))
}
