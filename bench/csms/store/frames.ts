import { sql } from 'kysely'
import type { Clock } from '../../../src/base/clock.ts'
import type { Frame } from '../rest/shapes.ts'
import type { BookParts } from './parts.ts'
import { isoMoment, known } from './rows.ts'
import { ask, putAll, type Steps, type Value } from './steps.ts'
import type { FrameBook, FrameFilter } from './store.ts'

/** Kept; the oldest go beyond. */
const mostFrames = 200_000
/** Waiting for a group; further ones are left out. */
const mostWaiting = 5_000
/** With one group. */
const mostInGroup = 200
const waitMs = 500
/** Frames between two times of taking the oldest away, and how many go at most. */
const pruneEach = 1_000
const prunePiece = 1_500
/** Letters of a payload; a longer one is left out. */
const longestPayload = 20_000
/** Counting goes no further. */
const mostCounted = 100_000

export function frameBook({ engine: { db }, writer, clock }: BookParts, bound = mostFrames): FrameBook {
  let waiting: (readonly Value[])[] = []
  let sincePruned = 0
  const nudge = nudging(clock, () => writer.nudge())
  writer.rider(() => {
    const some = waiting.slice(0, mostInGroup)
    waiting = waiting.slice(mostInGroup)
    if (some.length === 0) return undefined
    sincePruned += some.length
    const isPruned = sincePruned >= Math.min(pruneEach, bound)
    if (isPruned) sincePruned = 0
    return function* () {
      yield* putAll('INSERT INTO frames (station_id, at, direction, kind, action, message_id, payload)', some)
      if (isPruned) yield* pruned(bound)
    }
  })
  return {
    keep({ charger_id, at, direction, kind, action, message_id, payload }) {
      if (waiting.length >= mostWaiting) return
      waiting.push([charger_id, Date.parse(at), direction, kind, action, message_id, payloadText(payload)])
      nudge()
    },
    async page(filter) {
      await writer.settled()
      const found = filtered(filter)
      const counted = db.selectFrom(found.select(sql`1`.as('one')).limit(mostCounted).as('some'))
      const { total } = await counted.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
      const rows = await found.selectAll().orderBy('id', 'desc').limit(filter.limit).offset(filter.offset).execute()
      const items = rows.map(
        ({ station_id, at, payload, ...rest }): Frame => ({ ...known(rest), charger_id: station_id, at: isoMoment(at), payload: JSON.parse(payload) }),
      )
      return { items, total, offset: filter.offset, limit: filter.limit }
    },
  }

  function filtered({ charger, action, direction, kind, after }: FrameFilter) {
    let found = db.selectFrom('frames')
    if (charger !== undefined) found = found.where('station_id', '=', charger)
    if (action !== undefined) found = found.where('action', '=', action)
    if (direction !== undefined) found = found.where('direction', '=', direction)
    if (kind !== undefined) found = found.where('kind', '=', kind)
    return after === undefined ? found : found.where('id', '>', after)
  }
}

/** Ids grow by one, so the newest tells which are too many. */
function* pruned(bound: number): Steps<void> {
  yield* ask(`DELETE FROM frames WHERE id IN (SELECT id FROM frames WHERE id <= (SELECT MAX(id) FROM frames) - ${bound} ORDER BY id LIMIT ${prunePiece})`)
}

/** Once some time after the first call. */
function nudging(clock: Clock, run: () => void): () => void {
  let isWaiting = false
  return () => {
    if (isWaiting) return
    isWaiting = true
    clock.after('frames', waitMs, () => {
      isWaiting = false
      run()
    })
  }
}

function payloadText(payload: unknown): string {
  const text = JSON.stringify(payload) ?? 'null'
  return text.length <= longestPayload ? text : JSON.stringify(`${text.slice(0, 1_000)}… (${text.length} letters)`)
}
