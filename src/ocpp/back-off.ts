import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Millis, seconds } from '../base/units.ts'
import { DialError } from './socket.ts'

/** The wait before attempt number `failures` + 1, ms: 1 to 5 s at first, doubled each time up to 60 to 120 s, evenly spread
 *  between the two bounds. Two minutes at most, because nobody can start a session from afar for that long after the
 *  central system came back; a minute at least, because 10,000 chargers then arrive at 170 per second, not all at once. */
export function backOff(failures: number, chance: number): Millis {
  const doubled = 2 ** Math.min(failures, 10)
  const least = Math.min(seconds(60), seconds(1) * doubled)
  const most = Math.min(seconds(120), seconds(5) * doubled)
  return least + (most - least) * Math.min(1, Math.max(0, chance))
}

/** A warning for each new reason of failure, debug lines for its repetitions, until a connection stood. */
export function oncePerReason(log: Log) {
  const told = new Set<string>()
  return {
    tell(error: unknown, delay: Millis) {
      const reason = error instanceof DialError ? error.reason : 'network'
      const words = wordsOf(error)
      const fields = { reason, error: words, againInMs: Math.round(delay) }
      const key = `${reason} ${words}`
      if (told.has(key)) return log.debug(fields, 'no connection to the central system')
      if (told.size >= 20) told.clear()
      told.add(key)
      log.warn(fields, 'no connection to the central system')
    },
    forget: () => told.clear(),
  }
}
