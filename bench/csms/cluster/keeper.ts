import type { Clock, Timer } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/base/log.ts'
import { seconds } from '../../../src/base/units.ts'
import type { BenchStore } from '../store/store.ts'
import type { ChangesFeed } from './changes.ts'
import type { Presence } from './presence.ts'

/** Until the others have found a broker that was restarted, too: who has not said by then that it is alive is not. */
const everybodyWithin = seconds(30)
const correctAfter = seconds(5)
const mostAtOnce = 200

export type SharedChargers = Pick<BenchStore['chargers'], 'some' | 'connected' | 'disconnected' | 'allGone' | 'processes'>

/** Keeps what the database says of who is on the line true, where nobody else can: a process that died cannot say that its stations are gone.
 *  What every process could do is done by the one whose run comes first; should two believe to be it, the same is written twice. */
export interface Keeper {
  /** A new connection to the broker. */
  begin(): void
  died(process: string): Promise<void>
  close(): void
}

export interface KeeperOptions {
  readonly process: string
  readonly members: Presence
  readonly feed: ChangesFeed
  readonly chargers: SharedChargers
  readonly clock: Clock
  readonly log: Log
}

export function keeper({ process, members, feed, chargers, clock, log }: KeeperOptions): Keeper {
  const timers: Timer[] = []
  const stop = () => {
    for (const timer of timers.splice(0)) timer.stop()
  }
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      log.warn({ reason: wordsOf(error) }, 'who is on the line could not be put right in the database; it is tried again by itself')
    }
  }
  const allGone = async (name: string) => {
    if (!members.processes.has(name)) await chargers.allGone(name)
  }
  /** Whoever took this process for dead, because the broker had lost it, has written that its stations are gone; and a database that was away
   *  knows nothing of those that came. */
  const correct = async () => {
    const here = [...members.own.keys()]
    for (let from = 0; from < here.length; from += mostAtOnce)
      for (const { id, is_connected } of await chargers.some(here.slice(from, from + mostAtOnce))) {
        const held = members.own.get(id)
        if (held === undefined || is_connected) continue
        await chargers.connected(id, process, held.version)
        if (!members.own.has(id)) await chargers.disconnected(id, process)
      }
  }
  /** Processes that died while nobody listened. */
  const sweep = async () => {
    if (!members.isFirst) return
    members.clean()
    feed.clean(members.isAlive)
    for (const name of await chargers.processes()) await allGone(name)
  }
  return {
    begin() {
      stop()
      timers.push(
        clock.after('stations of this process', correctAfter, () => void attempt(correct)),
        clock.every('stations of this process again', everybodyWithin, () => void attempt(correct)),
        clock.every('stations of dead processes', everybodyWithin, () => void attempt(sweep)),
      )
    },
    async died(name) {
      if (!members.isFirst) return
      members.clean()
      await attempt(() => allGone(name))
    },
    close: stop,
  }
}
