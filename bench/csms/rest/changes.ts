import { wordsOf } from '../../../src/base/errors.ts'
import { type Millis, seconds } from '../../../src/base/units.ts'
import type { LiveEvent } from '../live.ts'
import type { RestParts } from './parts.ts'
import type { Charger, Dashboard, Frame, SiteNow, Transaction } from './shapes.ts'

export const topics = ['chargers', 'transactions', 'frames', 'dashboard'] as const
export type Topic = (typeof topics)[number]

/** Who listens. */
export interface Audience {
  /** Somebody wants to hear of this charger. */
  wants(topic: Topic, charger?: string): boolean
  chargers(changed: readonly Charger[]): void
  /** Chargers that are in the list no more. */
  removed(chargers: readonly string[]): void
  /** All of them, as one was made, changed or taken away. */
  sites(sites: readonly SiteNow[]): void
  transaction(transaction: Transaction): void
  frame(frame: Frame): void
  dashboard(dashboard: Dashboard): void
}

/** What changes is only noted by its id, however often; each round reads it once for all who listen. */
export interface Changes {
  hear(event: LiveEvent): void
  /** A round. Never rejects. */
  read(): Promise<void>
  forget(): void
}

/** Of one round; the others come with the next. */
const most = { chargers: 500, transactions: 100 } as const
const gap: Millis = seconds(1)

export function changes({ clock, log, store }: Pick<RestParts, 'clock' | 'log' | 'store'>, audience: Audience): Changes {
  const chargers = new Set<string>()
  const transactions = new Set<number>()
  const dashboardTurn = turns(clock)
  const sitesTurn = turns(clock)
  let isReading = false
  let isFailing = false
  /** What could not be read is read in a later round. */
  const reading = <T>(read: Promise<T>, again: () => void) =>
    read.catch((error: unknown) => {
      again()
      throw error
    })
  const tellChargers = async () => {
    const ids = taken(chargers, most.chargers)
    if (ids.length === 0) return
    const changed = await reading(store.chargers.some(ids), () => {
      for (const id of ids) chargers.add(id)
    })
    if (changed.length > 0) audience.chargers(changed)
    const there = new Set(changed.map(({ id }) => id))
    const removed = ids.filter((id) => !there.has(id))
    if (removed.length > 0) audience.removed(removed)
  }
  const tellTransactions = async () => {
    for (const id of [...transactions].slice(0, most.transactions)) {
      transactions.delete(id)
      const transaction = await reading(store.transactions.one(id), () => transactions.add(id))
      if (transaction !== undefined) audience.transaction(transaction)
    }
  }
  const tellDashboard = async () => {
    if (audience.wants('dashboard') && dashboardTurn.take()) audience.dashboard(await reading(store.statistics.dashboard(), dashboardTurn.want))
  }
  const tellSites = async () => {
    if (sitesTurn.take()) audience.sites(await reading(store.sites.all(), sitesTurn.want))
  }
  return {
    hear(event) {
      if (event.topic === 'frame') {
        if (audience.wants('frames', event.charger)) audience.frame(event.frame)
        return
      }
      dashboardTurn.want()
      if (event.topic === 'site' && audience.wants('chargers')) sitesTurn.want()
      if (event.topic === 'charger' && audience.wants('chargers', event.charger)) chargers.add(event.charger)
      if (event.topic === 'transaction' && audience.wants('transactions', event.charger)) transactions.add(event.transaction)
    },
    async read() {
      if (isReading) return
      isReading = true
      try {
        await tellChargers()
        await tellTransactions()
        await tellSites()
        await tellDashboard()
        isFailing = false
      } catch (error) {
        // Once: the next round would say the same.
        if (!isFailing) log.error({ error: wordsOf(error) }, 'events could not be told')
        isFailing = true
      } finally {
        isReading = false
      }
    },
    forget() {
      chargers.clear()
      transactions.clear()
    },
  }
}

/** Something that is told once a second at most, when there is news. */
function turns(clock: Pick<RestParts['clock'], 'monotonic'>) {
  let at: Millis | undefined
  let isWanted = false
  return {
    want() {
      isWanted = true
    },
    take(): boolean {
      if (!isWanted || (at !== undefined && clock.monotonic() - at < gap)) return false
      isWanted = false
      at = clock.monotonic()
      return true
    },
  }
}

function taken<T>(from: Set<T>, count: number): readonly T[] {
  const some: T[] = []
  for (const each of from) {
    if (some.length >= count) break
    some.push(each)
    from.delete(each)
  }
  return some
}
