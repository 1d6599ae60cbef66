import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../base/clock.ts'
import { forgetOldest } from '../../base/forget-oldest.ts'
import { hours, type Millis } from '../../base/units.ts'

/** Who logged in at the page. They live in memory: after a restart people log in again. */
export interface BrowserSessions {
  /** The header `Set-Cookie` of a session that begins. */
  begin(): string
  /** The session that a request shows; it is used, and stays for another while. */
  of(request: IncomingMessage): BrowserSession | undefined
  /** Ends the session that a request shows. @returns the header `Set-Cookie` that forgets it */
  end(request: IncomingMessage): string
}

export interface BrowserSession {
  isOpen(): boolean
}

/** Unused for so long, a session ends. */
const idle = hours(24 * 30)
const mostSessions = 64

/** @param name of the cookie: browsers do not tell the ports of a host apart */
export function browserSessions(clock: Clock, name: string): BrowserSessions {
  /** By the hash of what the browser shows: whoever reads the memory of this map cannot log in with it. */
  const usedAt = new Map<string, Millis>()
  const isOpen = (key: string) => {
    const used = usedAt.get(key)
    if (used !== undefined && clock.monotonic() - used <= idle) return true
    usedAt.delete(key)
    return false
  }
  const use = (key: string) => {
    usedAt.delete(key)
    usedAt.set(key, clock.monotonic())
    forgetOldest(usedAt, mostSessions)
  }
  const keysOf = (request: IncomingMessage) => cookiesIn(request, name).map(hashed)
  const cookie = (value: string, seconds: number) => `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`
  return {
    begin() {
      const value = randomBytes(32).toString('base64url')
      use(hashed(value))
      return cookie(value, idle / 1_000)
    },
    of(request) {
      const key = keysOf(request).find(isOpen)
      if (key === undefined) return undefined
      use(key)
      return { isOpen: () => isOpen(key) }
    },
    end(request) {
      for (const key of keysOf(request)) usedAt.delete(key)
      return cookie('', 0)
    },
  }
}

function hashed(value: string): string {
  return createHash('sha256').update(value).digest('base64')
}

/** All of this name: another program of this host may have set one of its own, for another path, to hide ours. */
function cookiesIn({ headers }: IncomingMessage, name: string): readonly string[] {
  const each = (headers.cookie ?? '').split(';').map((text) => text.trim())
  return each.filter((text) => text.startsWith(`${name}=`)).map((text) => text.slice(name.length + 1))
}
