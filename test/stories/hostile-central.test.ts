import { expect, test } from 'vitest'
import { isoOf } from '../../src/base/moment.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { fakeFiles } from './files.ts'
import { type RudeWorld, rudeWorld } from './hand-central.ts'

const hostile = async (more: Parameters<typeof rudeWorld>[0] = {}) => {
  const files = fakeFiles()
  return { files, w: await rudeWorld({ ...more, parts: { files: files.ports, ...more.parts } }) }
}
const facts = (w: RudeWorld) => w.store.ledger<Fact>().last

test('a flood of UpdateFirmware: ten are begun, and of the others the last one when it is over', async () => {
  const { w, files } = await hostile()
  files.isSlow = true
  const before = facts(w)
  for (let n = 0; n < 300; n++) await w.hand.call('UpdateFirmware', { location: `http://files/${n}`, retrieveDate: isoOf(w.clock.now()) })
  expect(files.asked.filter((each) => each.startsWith('download')).length).toBeLessThan(20)
  expect(facts(w) - before).toBeLessThan(60)
  await w.clock.advance(minutes(2))
  expect(files.asked.filter((each) => each.startsWith('download')).at(-1)).toContain('/299')
})

test.each([
  ['GetDiagnostics', { location: 'http://files/' }],
  ['GetLog', { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'http://files/' } }],
])('a flood of %s: ten are done at once, then one a minute, and the others refused', async (action, payload) => {
  const { w, files } = await hostile()
  const before = facts(w)
  for (let n = 0; n < 300; n++) await w.hand.call(action, payload)
  expect(files.asked.filter((each) => each.startsWith('archive')).length).toBeLessThan(20)
  expect(facts(w) - before).toBeLessThan(60)
  expect(w.hand.answers.at(-1)?.[2]).toEqual(action === 'GetLog' ? { status: 'Rejected' } : {})
  await w.clock.advance(minutes(2))
  await w.hand.call(action, payload)
  expect(w.hand.answers.at(-1)?.[2]).toMatchObject(action === 'GetLog' ? { status: 'Accepted' } : { fileName: 'pilotwire.zip' })
})

test('a central system that never answers a Heartbeat still gets its transactions, and soon', async () => {
  const { w } = await hostile({ settings: { HeartbeatInterval: '1' } })
  w.core.settings.set('heartbeatInterval', 1)
  w.hand.treat('Heartbeat', () => {})
  await w.clock.advance(minutes(30))
  w.plant.plugIn()
  const swiped = w.swipe()
  await w.clock.advance(minutes(2))
  await swiped
  expect(w.hand.of('StartTransaction')).toHaveLength(1)
  expect(w.station.door.peer.waiting).toBeLessThan(5)
})

test('a central system that sets the clock to 2099 and back at each Heartbeat is noted, not written down for ever', async () => {
  const { w } = await hostile()
  w.core.settings.set('heartbeatInterval', 1)
  let beats = 0
  w.hand.treat('Heartbeat', ({ id }, _polite, line) => line.answer(id, { currentTime: beats++ % 2 === 0 ? '2099-01-01T00:00:00Z' : '2026-03-01T08:00:00Z' }))
  const before = facts(w)
  await w.clock.advance(minutes(60))
  expect(beats).toBeGreaterThan(1_000)
  expect(facts(w) - before).toBeLessThan(30)
})

test.each(['SecurityEventNotification', 'DiagnosticsStatusNotification'])(
  'a central system that hangs up at each %s is out of reach for minutes, not for hours',
  async (action) => {
    const { w } = await hostile({ before: (hand) => hand.treat(action, (_asked, _polite, line) => line.socket.terminate()) })
    await w.hand.call('GetDiagnostics', { location: 'http://files/' })
    await w.clock.advance(minutes(10))
    const tried = w.hand.of(action).length
    expect(tried).toBeLessThanOrEqual(5)
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    const swiped = w.swipe()
    await w.clock.advance(minutes(30))
    expect(await swiped).toBe('started')
    const stopped = w.swipe()
    await w.clock.advance(minutes(1))
    await stopped
    expect([w.hand.of('StartTransaction').length, w.hand.of('MeterValues').length, w.hand.of('StopTransaction').length]).toEqual([1, 30, 1])
    // None is lost: it is tried now and then, and goes when it can.
    w.hand.treat(action, undefined)
    await w.clock.advance(minutes(70))
    expect(w.hand.of(action).length).toBeGreaterThan(tried)
  },
)
