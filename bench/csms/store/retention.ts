import { wordsOf } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/base/log.ts'
import { seconds } from '../../../src/base/units.ts'
import { dayMs } from './energy.ts'
import { DatabaseError } from './engine.ts'
import type { BookParts } from './parts.ts'
import { ask, type Steps } from './steps.ts'

// What grows with every day goes again: a thousand stations that sample each 10 s write 8.6 million rows a day. Samples go first, power by the
// minute and the energy of each charger by the hour later; transactions and the energy of each day stay.

/** Of one commit: in SQLite nothing else happens meanwhile. */
const pieceRows = 500
/** Between two pieces while there is more: 2,000 rows a second. */
const soon = seconds(0.25)
const later = seconds(60)
/** The longest span that the dashboard shows by minutes, and the map by hours. */
const leastMinuteDays = 31
const leastHourDays = 366

interface Old {
  readonly table: string
  /** The primary key. */
  readonly key: string
  /** With `at` compared to the one parameter. */
  readonly where: string
  readonly than: number
}

/** Takes away what is older than `days` by the clock of the store, in small pieces, until it is stopped. Several processes may do so at once.
 *  What lies as far in the future, by a station whose clock is wrong, goes too: nobody would live to see it go. */
export function forgetting({ engine, writer, clock }: Pick<BookParts, 'engine' | 'writer' | 'clock'>, days: number, log: Log): () => void {
  // Another process takes other rows at the same time.
  const apart = engine.name === 'postgres' ? 'FOR UPDATE SKIP LOCKED' : ''
  let isStopped = false
  const piece = async (): Promise<boolean> => {
    const old = tooOld(clock.now().epochMs, days)
    const isMore = await writer.write('', () => forgotten(old, apart))
    return engine.giveBack?.() === true || isMore
  }
  const attempted = async (): Promise<boolean> => {
    try {
      return await piece()
    } catch (error) {
      // That the database takes nothing was said.
      if (!(error instanceof DatabaseError)) log.error({ reason: wordsOf(error) }, 'what is too old was not taken away')
      return false
    }
  }
  const round = async () => {
    const isMore = await attempted()
    if (!isStopped) timer = clock.after('what is too old', isMore ? soon : later, () => void round())
  }
  let timer = clock.after('what is too old', later, () => void round())
  return () => {
    isStopped = true
    timer.stop()
  }
}

function tooOld(now: number, days: number): readonly Old[] {
  const before = (kept: number) => now - kept * dayMs
  const sample = { table: 'samples', key: 'station_id, transaction_id, outlet, at, context' }
  const span = (kind: string, least: number) => ({
    table: 'statistics',
    key: 'kind, scope, at, slot',
    where: `kind = '${kind}' AND at < $1`,
    than: before(Math.max(least, 3 * days)),
  })
  return [
    { ...sample, where: 'at < $1', than: before(days) },
    { ...sample, where: 'at > $1', than: now + days * dayMs },
    span('all', leastMinuteDays),
    span('site', leastMinuteDays),
    span('charger-hour', leastHourDays),
  ]
}

/** Whether there is more. */
function* forgotten(old: readonly Old[], apart: string): Steps<boolean> {
  for (const { table, key, where, than } of old) {
    const gone = yield* ask(
      `WITH old AS MATERIALIZED (SELECT ${key} FROM ${table} WHERE ${where} ORDER BY at LIMIT ${pieceRows} ${apart})
       DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM old) RETURNING at`,
      than,
    )
    if (gone.length === pieceRows) return true
  }
  return false
}
