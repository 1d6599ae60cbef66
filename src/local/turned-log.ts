import type { IncomingMessage } from 'node:http'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Millis, minutes } from '../base/units.ts'
import { addressOf, type Turned } from './gate.ts'

/** Lines a minute, whoever knocks and however often: nobody at the door fills the log, and wears or clears what is kept of it. */
const mostAMinute = 20

type Said = Pick<Turned, 'words' | 'retryAfterS'> & { readonly status: number }

/** Notes who was turned away: once a minute for the same address and status. @param event of the line, `http client refused` */
export function turnedLog(log: Log, clock: Clock, event: string): (request: IncomingMessage, turned: Said) => void {
  const told = new Set<string>()
  let since: Millis = clock.monotonic()
  return (request, { status, words, retryAfterS }) => {
    if (clock.monotonic() - since >= minutes(1)) {
      told.clear()
      since = clock.monotonic()
    }
    const from = addressOf(request)
    // A wrong password is news each time: the lock-out keeps them few.
    const key = `${from} ${status}${status === 401 ? ` ${told.size}` : ''}`
    const fields = { from, code: status, reason: words, waitS: retryAfterS }
    if (told.has(key) || told.size >= mostAMinute) {
      log.debug(fields, event)
      return
    }
    told.add(key)
    log.warn(fields, event)
  }
}
