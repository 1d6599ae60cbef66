import { expect, test } from 'vitest'
import { mistakeIn } from '../../../src/base/mistake.ts'
import { minutes, seconds } from '../../../src/base/units.ts'
import { tracedSessionOf } from '../../../src/local/rest/session-picture.ts'
import { SessionWithTrace, Station } from '../../../src/local/rest/shapes.ts'
import { evseOf, stationOf } from '../../../src/local/rest/station-picture.ts'
import { withEvses } from '../../stories/world.ts'
import { rig } from './rig.ts'

test('a charging outlet tells how fast, how much and who holds it', async () => {
  const at = await rig({ board: withEvses(2) })
  at.plants[1]?.setEv({ wantsAmps: 20, phases: 3 })
  at.plants[1]?.plugIn()
  await at.swipe('CARD', 2)
  await at.until(() => at.status(2) === 'charging')
  at.core.local.limit(2, 10)
  await at.clock.advance(minutes(6))
  const station = stationOf(at.ports)
  expect(mistakeIn(Station, station)).toBeUndefined()
  expect(station).toMatchObject({ id: 'CP-1', vendor: 'Pilotwire', link: 'connected', linkWords: 'Connected to the central system', ocpp: '1.6', site: null })
  const evse = evseOf(at.ports, 2)
  expect(evse).toEqual(station.evses[1])
  expect(evse).toMatchObject({ status: 'charging', contactor: 'closed', localLimitA: 10, offeredA: 10, heldBy: 'local', heldByWords: 'the local limit' })
  expect(evse.words).toMatch(/^Charging at 6\.[789] kW, limited to 10 A by the local limit$/)
  expect(evse.limits.map(({ name }) => name)).toEqual(['local', 'guard', 'board'])
  expect(evse.byPhase).toHaveLength(3)
  expect(evse.powerW).toBeGreaterThan(6_700)
  expect(evse.session).toMatchObject({ transaction: 1, token: 'CARD' })
  expect(evse.session?.durationS).toBeGreaterThanOrEqual(360)
  expect(evse.session?.energyWh).toBeGreaterThan(600)
  expect(station.evses[0]).toMatchObject({ status: 'available', session: null, powerW: 0, heldBy: 'no transaction' })
})

test('a fault stands there with its remedy', async () => {
  const at = await rig()
  at.plant.setFault('emergencyStop', true)
  await at.clock.advance(seconds(1))
  expect(evseOf(at.ports, 1)).toMatchObject({
    status: 'faulted',
    words: 'Faulted: The emergency stop is pressed',
    faults: [{ fault: 'emergencyStop', words: 'The emergency stop is pressed', remedy: 'Find out why it was pressed, then release it' }],
  })
})

test('a session tells what was measured in it', async () => {
  const at = await rig()
  at.plant.plugIn()
  await at.swipe('CARD')
  await at.until(() => at.status() === 'charging')
  await at.clock.advance(minutes(5))
  at.core.stop(1, 'local', 'CARD')
  await at.until(() => at.core.view(1).transaction === undefined)
  const [summary] = at.core.sessions.page(0, 1)
  const session = at.core.sessions.find(summary?.id ?? '')
  if (session === undefined) throw new Error('no session')
  const picture = tracedSessionOf(session, at.clock.now().epochMs)
  expect(mistakeIn(SessionWithTrace, picture)).toBeUndefined()
  expect(picture).toMatchObject({ evse: 1, token: 'CARD', reason: 'local' })
  expect(picture.energyWh).toBeCloseTo(picture.meterWh - picture.meterStartWh, 0)
  expect(picture.trace.length).toBeGreaterThan(20)
  expect(picture.trace.at(-1)?.energyWh).toBeGreaterThan(0)
  expect(Math.round((Date.parse(picture.endedAt ?? '') - Date.parse(picture.startedAt)) / 1_000)).toBe(picture.durationS)
})
