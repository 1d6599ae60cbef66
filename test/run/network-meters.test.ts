import { expect, test } from 'vitest'
import { buildBoard } from '../../hal/build.ts'
import type { Reading } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { withNetworkMeters } from '../../src/run/network-meters.ts'
import { guard } from '../../src/safety/guard.ts'
import type { Report } from '../../src/safety/port.ts'
import { withEvses } from '../stories/world.ts'

test('the readings of a network meter are in the reports of its EVSE, and the guard does not know of them', async () => {
  const clock = simulatedClock()
  const { board, simulation } = buildBoard(withEvses(2), { clock })
  const keeper = guard(board, clock, silentLog)
  const changed = signal<number>()
  let newest: Reading | undefined
  const port = withNetworkMeters(keeper, { evses: [2], newest: () => newest, close() {}, changed })
  const heard: Report[] = []
  port.reported.on((report) => heard.push(report))
  await clock.advance(seconds(1))
  expect([port.report(1).reading, port.report(2).reading]).toEqual([keeper.report(1).reading, undefined])
  // 100 A would be a fault, where the guard saw it.
  newest = { at: clock.monotonic(), importWh: 4_200, phases: [{ currentA: 100 }] }
  changed.emit(2)
  expect(heard.at(-1)).toMatchObject({ evse: 2, reading: { importWh: 4_200 } })
  await clock.advance(seconds(20))
  expect([keeper.report(2).faults, keeper.report(2).reading?.importWh]).toEqual([[], 0])
  simulation?.plants[1]?.plugIn()
  await clock.advance(seconds(2))
  expect(heard.at(-1)).toMatchObject({ evse: 2, isPlugged: true, reading: { importWh: 4_200 } })
  const unlocked = port.unlock(2)
  await clock.advance(seconds(10))
  expect(await unlocked).toBe('unlocked')
  expect(() => port.report(3)).toThrow(RangeError)
})
