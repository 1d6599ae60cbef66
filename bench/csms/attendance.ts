import { wordsOf } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import type { CentralSystem } from './central-system.ts'
import type { OcppVersion } from './ocpp/ocpp-version.ts'
import type { BenchStore } from './store/store.ts'

export interface Attendance {
  /** Resolves when everything that was noted so far is in the database. */
  settled(): Promise<void>
  /** Nobody is on the line any more. Resolves when that is in the database, or the database took nothing. */
  close(): Promise<void>
}

/** What a database that was away has not heard is made good within this time. */
const sweepEach = seconds(60)
const mostAtOnce = 200

/** Notes which stations are on the line at this process, in the order in which they came and went, and holds each minute what is noted against
 *  those that are here. `noted` is told after each coming and going, with the version that the station speaks, or undefined when it has gone. */
export function noteAttendance(
  system: CentralSystem,
  { chargers }: Pick<BenchStore, 'chargers'>,
  options: { readonly process: string; readonly log: Log; readonly noted: (station: string, version: OcppVersion | undefined) => void },
): Attendance {
  const { process, log, noted } = options
  /** The last note of each station that is not written yet. */
  const open = new Map<string, Promise<void>>()
  const unwritten = (error: unknown, about: { readonly station?: string } = {}) =>
    log.error({ ...about, reason: wordsOf(error) }, 'who is connected could not be written down')
  const inTurn = (station: string, work: () => Promise<void>) => {
    const done = (open.get(station) ?? Promise.resolve()).then(work).finally(() => {
      if (open.get(station) === done) open.delete(station)
    })
    open.set(station, done)
  }
  const note = (station: string, version: OcppVersion | undefined, write: () => Promise<void>) =>
    inTurn(station, async () => {
      await write().catch((error: unknown) => unwritten(error, { station }))
      // Commands find the station over the cluster even while the database is away.
      noted(station, version)
    })
  /** As it is when its turn comes. */
  const correct = (station: string) =>
    inTurn(station, async () => {
      const version = system.dialectOf(station)?.version
      const write = version === undefined ? chargers.disconnected(station, process) : chargers.connected(station, process, version)
      await write.catch((error: unknown) => unwritten(error, { station }))
    })
  const sweep = async () => {
    for (const id of await wronglyNoted(system, chargers, process)) correct(id)
  }
  const sweeping = system.clock.every('who is on the line', sweepEach, () => void sweep().catch(unwritten))
  const stops = [
    system.connected.on(({ station, version }) => note(station, version, () => chargers.connected(station, process, version))),
    system.disconnected.on(({ station, isReplaced }) => {
      if (!isReplaced) note(station, undefined, () => chargers.disconnected(station, process))
    }),
  ]
  const settled = async () => {
    while (open.size > 0) await Promise.all(open.values())
  }
  return {
    settled,
    async close() {
      sweeping.stop()
      for (const stop of stops) stop()
      await settled()
      // A database that is away is no reason not to end; whoever starts under this name writes it then.
      await chargers.allGone(process).catch(unwritten)
    },
  }
}

/** Stations that are noted here and are not, or are here and noted nowhere. */
async function wronglyNoted(system: CentralSystem, chargers: BenchStore['chargers'], process: string): Promise<readonly string[]> {
  const noted = new Set(await chargers.at(process))
  const wrong = [...noted].filter((id) => system.dialectOf(id) === undefined)
  const missing = system.stations.filter(({ id, isConnected }) => isConnected && !noted.has(id)).map(({ id }) => id)
  for (let from = 0; from < missing.length; from += mostAtOnce) {
    // One that is noted at another process is that one's, and one that somebody took out of the list comes back with its next word.
    const known = await chargers.some(missing.slice(from, from + mostAtOnce))
    wrong.push(...known.filter(({ is_connected }) => !is_connected).map(({ id }) => id))
  }
  return wrong
}
