import { minutes } from '../../../src/base/units.ts'
import type { CentralSystem } from '../central-system.ts'
import type { Gathering } from './dialect.ts'

/** A station that has not sent the next part of a report for so long will not send it. */
const longestPause = minutes(1)
/** A station may go on sending parts for ever; whoever asked does not wait so long. */
const longestReport = minutes(10)

/** Hands the parts of a station's answer to whoever gathers them, until the last one came, none came for too long, all together took too
 *  long, the station went away, or `stop`. */
export function gathered(system: CentralSystem, station: string, gathering: Gathering): Gathered {
  const { promise, resolve } = Promise.withResolvers<'done' | 'timeout' | 'disconnected'>()
  const wait = () => system.clock.after('next part of a report', longestPause, () => resolve('timeout'))
  let timer = wait()
  const end = system.clock.after('whole report', longestReport, () => resolve('timeout'))
  const stops = [
    system.requests.on((heard) => {
      if (heard.station !== station || heard.action !== gathering.action) return
      const taken = gathering.take(heard.request)
      if (taken === 'done') resolve('done')
      if (taken !== 'more') return
      timer.stop()
      timer = wait()
    }),
    system.disconnected.on((gone) => {
      if (gone.station === station) resolve('disconnected')
    }),
  ]
  return {
    outcome: promise,
    stop() {
      timer.stop()
      end.stop()
      for (const stop of stops) stop()
    },
  }
}

export interface Gathered {
  readonly outcome: Promise<'done' | 'timeout' | 'disconnected'>
  stop(): void
}
