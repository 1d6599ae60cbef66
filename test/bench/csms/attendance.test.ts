import { expect, test } from 'vitest'
import { noteAttendance } from '../../../bench/csms/attendance.ts'
import { centralSystem } from '../../../bench/csms/central-system.ts'
import type { BenchStore } from '../../../bench/csms/store/store.ts'
import { type Log, silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryStation } from './memory-station.ts'

test('a database that is away is said, keeps no station from the others, and no process from ending', async () => {
  const clock = simulatedClock()
  const system = centralSystem({ clock })
  const away = () => Promise.reject(new Error('nothing listens there'))
  const chargers = { connected: away, disconnected: away, allGone: away } as unknown as BenchStore['chargers']
  const said: string[] = []
  const log: Log = { ...silentLog, error: (fields, words) => void said.push(`${words}: ${JSON.stringify(fields)}`) }
  const noted: string[] = []
  const attendance = noteAttendance(system, { chargers }, { process: 'p', log, noted: (station, version) => void noted.push(`${station} ${version}`) })
  memoryStation(system, clock, 'CP-1')
  await clock.advance(1_000)
  await attendance.close()
  expect(noted).toEqual(['CP-1 2.0.1'])
  expect(said).toEqual([
    'who is connected could not be written down: {"station":"CP-1","reason":"nothing listens there"}',
    'who is connected could not be written down: {"reason":"nothing listens there"}',
  ])
})

test('what a database that was away has not heard of comings and goings is made good within a minute', async () => {
  const clock = simulatedClock()
  const system = centralSystem({ clock })
  const noted = new Map<string, string | undefined>([['CP-0', 'p']])
  const writes: string[] = []
  let isAway = false
  const answer = async <T>(work: () => T) => {
    if (isAway) throw new Error('nothing listens there')
    return work()
  }
  const write = (station: string, process: string | undefined) =>
    answer(() => {
      writes.push(`${station} ${process}`)
      noted.set(station, process)
    })
  const chargers = {
    connected: (station: string, process: string) => write(station, process),
    disconnected: (station: string) => write(station, undefined),
    at: (process: string) => answer(() => [...noted].flatMap(([id, at]) => (at === process ? [id] : []))),
    some: (ids: readonly string[]) => answer(() => ids.filter((id) => noted.has(id)).map((id) => ({ id, is_connected: noted.get(id) !== undefined }))),
    allGone: () => answer(() => []),
  } as unknown as BenchStore['chargers']
  const told: string[] = []
  const attendance = noteAttendance(system, { chargers }, { process: 'p', log: silentLog, noted: (station) => void told.push(station) })
  const [leaving] = ['CP-1', 'CP-4'].map((id) => memoryStation(system, clock, id))
  await clock.advance(1_000)
  isAway = true
  leaving?.close()
  // Another process has CP-3 by now; nobody knows CP-5 in the list any more.
  for (const id of ['CP-2', 'CP-3', 'CP-5']) memoryStation(system, clock, id)
  await clock.advance(65_000)
  for (const [id, at] of [
    ['CP-2', undefined],
    ['CP-3', 'q'],
  ] as const)
    noted.set(id, at)
  isAway = false
  writes.length = 0
  await clock.advance(60_000)
  expect([...writes].sort()).toEqual(['CP-0 undefined', 'CP-1 undefined', 'CP-2 p'])
  await clock.advance(120_000)
  expect(writes).toHaveLength(3)
  expect(told).toEqual(['CP-1', 'CP-4', 'CP-2', 'CP-3', 'CP-5', 'CP-1'])
  await attendance.close()
})

test('a station that comes back on a newer connection is not noted as gone, and what is noted of one keeps its order', async () => {
  const clock = simulatedClock()
  const system = centralSystem({ clock })
  const writes: string[] = []
  const slow = Promise.withResolvers<void>()
  const chargers = {
    async connected(station: string) {
      if (writes.length === 0) await slow.promise
      writes.push(`${station} came`)
    },
    disconnected: async (station: string) => void writes.push(`${station} went`),
    at: async () => [],
    some: async () => [],
    allGone: async () => [],
  } as unknown as BenchStore['chargers']
  const attendance = noteAttendance(system, { chargers }, { process: 'p', log: silentLog, noted: () => {} })
  memoryStation(system, clock, 'CP-1')
  const again = memoryStation(system, clock, 'CP-1')
  await clock.advance(1_000)
  again.close()
  await clock.advance(1_000)
  slow.resolve()
  await attendance.settled()
  expect(writes).toEqual(['CP-1 came', 'CP-1 came', 'CP-1 went'])
  await attendance.close()
})
