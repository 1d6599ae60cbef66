import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../../src/base/clock.ts'
import { forgetOldest } from '../../../src/base/forget-oldest.ts'

/** Who logged in at the page. The cookie carries its own proof, so that every process with the same token knows it, and a process that
 *  starts again; it ends with the token. */
export interface SessionCookies {
  /** The header `Set-Cookie` of a session that begins. */
  begin(): string
  /** The request shows a session that is open. */
  isOpen(request: IncomingMessage): boolean
  /** Ends the session that a request shows, at this process. @returns the header `Set-Cookie` that forgets it */
  end(request: IncomingMessage): string
}

const lifetimeS = 7 * 24 * 3_600
/** Sessions that were ended before their time. */
const mostEnded = 10_000

export function sessionCookies(clock: Clock, token: string): SessionCookies {
  const proofOf = (text: string) => createHmac('sha256', token).update(`session ${text}`).digest('base64url')
  // Browsers do not tell the ports of a host apart: each central system has a name of its own.
  const name = `pilotwire-bench-${createHmac('sha256', token).update('name of the cookie').digest('hex').slice(0, 8)}`
  const ended = new Set<string>()
  const cookie = (value: string, seconds: number) => `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
  const isGood = (value: string) => {
    const [, until = '', chance = '', proof = ''] = /^(\d{10,11})\.([\w-]{22})\.([\w-]{43})$/.exec(value) ?? []
    if (until === '' || Number(until) * 1_000 <= clock.now().epochMs || ended.has(value)) return false
    return timingSafeEqual(Buffer.from(proofOf(`${until}.${chance}`)), Buffer.from(proof))
  }
  return {
    begin() {
      const content = `${Math.floor(clock.now().epochMs / 1_000) + lifetimeS}.${randomBytes(16).toString('base64url')}`
      return cookie(`${content}.${proofOf(content)}`, lifetimeS)
    },
    isOpen: (request) => shownIn(request, name).some(isGood),
    end(request) {
      for (const value of shownIn(request, name).filter(isGood)) {
        ended.add(value)
        forgetOldest(ended, mostEnded)
      }
      return cookie('', 0)
    },
  }
}

/** All of this name: another program of this host may have set one of its own, for another path, to hide ours. */
function shownIn({ headers }: IncomingMessage, name: string): readonly string[] {
  const each = (headers.cookie ?? '').split(';').map((text) => text.trim())
  return each.filter((text) => text.startsWith(`${name}=`)).map((text) => text.slice(name.length + 1))
}
