import { expect, test } from 'vitest'
import { refusalOf } from '../../src/safety/lease.ts'
import type { Offer } from '../../src/safety/port.ts'
import { initialState, type State } from '../../src/safety/state.ts'
import { outlet } from './outlet.ts'

test('core dead, EV unplugged, another EV plugged in within 3 s: the contactor never closes', async () => {
  for (const gap of [100, 500, 1_000, 2_900]) {
    const o = outlet({ evse: { cable: 'fixed' } })
    await o.charge()
    o.die()
    const sequence = 1_000
    const older = { plugIn: o.report.plugIn, sequence }
    o.plant.unplugEv()
    await o.wait(gap)
    o.plant.setEv({ reaction: 0 })
    o.plant.plugIn()
    // What was under way in a pipe arrives late.
    o.offer(older)
    await o.wait(300)
    o.offer({ ...older, sequence: sequence + 1 })
    const before = o.reports.length
    await o.wait(30_000)
    expect(o.report.plugIn).toBe(2)
    expect(o.reports.slice(before).some((each) => each.contactor === 'closed')).toBe(false)
    expect(o.plant.isClosed).toBe(false)
  }
})

test('an offer from before an emergency stop is void, also when the first one comes only after it is over', async () => {
  const o = outlet()
  await o.wait(1_000)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  await o.wait(1_000)
  const issuedAt = o.clock.monotonic()
  o.plant.setFault('emergencyStop', true)
  await o.wait(100)
  o.plant.setFault('emergencyStop', false)
  await o.wait(400)
  expect(o.report.faults).toEqual([])
  // It was in a pipe.
  o.offer({ issuedAt, expiresAt: issuedAt + 10_000 })
  await o.wait(5_000)
  expect(o.plant.isClosed).toBe(false)
  o.offer()
  await o.until(() => o.plant.isClosed, 2_000)
})

test('the end of a lease is a normal stop: X1 in that tick, open at state B', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  o.offer()
  const offeredAt = o.clock.monotonic()
  await o.until(() => o.plant.drive.kind === 'steady', 11_000)
  expect(o.clock.monotonic() - offeredAt).toBeGreaterThanOrEqual(10_000)
  expect(o.clock.monotonic() - offeredAt).toBeLessThanOrEqual(10_025)
  expect(o.plant.isClosed).toBe(true)
  expect(await o.until(() => !o.plant.isClosed)).toBeLessThanOrEqual(300)
  expect(o.report.faults).toEqual([])
})

test('a normal stop waits 6 s for an EV that keeps drawing, and not longer', async () => {
  const o = outlet()
  o.plant.setEv({ stopReaction: 60_000 })
  await o.charge()
  o.withdraw()
  await o.until(() => o.plant.drive.kind === 'steady', 100)
  const waited = await o.until(() => !o.plant.isClosed, 7_000)
  expect(waited).toBeGreaterThanOrEqual(6_000)
  expect(waited).toBeLessThanOrEqual(6_065)
})

test('an unplug under load opens the contacts within 100 ms', async () => {
  for (let offset = 0; offset < 20; offset += 3) {
    const o = outlet()
    await o.charge()
    await o.wait(offset)
    o.plant.unplugEv()
    expect(await o.until(() => !o.plant.isClosed)).toBeLessThanOrEqual(100)
  }
})

test('an EV that opens S2 is let go within 100 ms and may come back after 5 s', async () => {
  const o = outlet()
  await o.charge()
  o.plant.suspend()
  expect(await o.until(() => !o.plant.isClosed)).toBeLessThanOrEqual(100)
  expect(o.report.isOffering).toBe(true)
  o.plant.resume()
  const off = await o.until(() => o.plant.isClosed)
  expect(off).toBeGreaterThan(4_900)
  expect(off).toBeLessThan(5_200)
})

test('a core that comes back within its lease does not interrupt the session', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  await o.wait(8_000)
  o.offer({ sequence: 1 })
  await o.wait(100)
  o.port.adopt(1, o.report.plugIn, 'tx')
  o.offer({ sequence: 1 })
  await o.wait(9_000)
  expect(o.reports.filter((each) => each.contactor === 'open').at(-1)?.at).toBeLessThan(4_000)
  expect(o.plant.isClosed).toBe(true)
})

test('a new core whose sequence starts again is not heard before it adopts', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  for (let second = 0; second < 12; second++) {
    o.offer({ sequence: 1 })
    await o.wait(1_000)
  }
  expect(o.plant.isClosed).toBe(false)
})

test.each([
  ['for another plug-in', { plugIn: 7 }],
  ['that has expired', { issuedAt: 500, expiresAt: 900 }],
  ['issued before the plug-in', { issuedAt: 10 }],
  ['issued in the future', { issuedAt: 1e9, expiresAt: 1e9 + 10_000 }],
  ['without a number', { amps: Number.NaN }],
  ['without a time', { issuedAt: Number.NaN, expiresAt: Number.NaN }],
  ['that may not close', { close: false }],
  ['below 6 A', { amps: 5.9 }],
] as const)('an offer %s closes nothing', async (_name, changes) => {
  const o = outlet()
  await o.wait(1_000)
  o.plant.plugIn()
  await o.wait(1_000)
  o.offer(changes)
  await o.wait(5_000)
  expect(o.report.isOffering).toBe(false)
  expect(o.plant.isClosed).toBe(false)
})

test('an offer that claims more than 10 s has 10 s', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  o.offer({ expiresAt: o.clock.monotonic() + 3_600_000 })
  await o.wait(10_100)
  expect(o.report.isOffering).toBe(false)
})

test('another transaction must adopt first', async () => {
  const o = outlet()
  await o.charge()
  o.withdraw()
  await o.wait(6_000)
  o.offer({ transaction: 'next' })
  await o.wait(2_000)
  expect(o.report.transaction).toBe('tx')
  expect(o.report.isOffering).toBe(false)
  o.port.adopt(1, o.report.plugIn, 'next')
  o.offer({ transaction: 'next' })
  await o.until(() => o.plant.isClosed, 3_000)
  expect(o.report.transaction).toBe('next')
})

test('a car that leaves voids the offer, and adopting what is gone does nothing', async () => {
  const o = outlet()
  await o.charge()
  o.plant.unplugEv()
  await o.wait(500)
  expect(o.report).toMatchObject({ isVoid: true, isPlugged: false, hasCable: true, plugIn: 1 })
  o.port.adopt(1, 1, 'tx')
  await o.wait(100)
  expect(o.report.isVoid).toBe(true)
  o.die()
  o.plant.plugIn()
  await o.wait(500)
  expect(o.report).toMatchObject({ isVoid: false, plugIn: 2, transaction: undefined })
})

const plugged: State = { ...initialState(0, 32), isPlugged: true, plugIn: 1, pluggedAt: 1_000, transaction: 'tx', sequence: 5 }
const good: Offer = { evse: 1, plugIn: 1, transaction: 'tx', close: true, amps: 16, phases: 3, sequence: 6, issuedAt: 2_000, expiresAt: 5_000 }

test.each<[string | undefined, Partial<Offer>, Partial<State>, boolean?]>([
  [undefined, {}, {}],
  [undefined, { issuedAt: 2_001 }, {}],
  [undefined, { amps: 0 }, {}],
  [undefined, { transaction: 'first' }, { transaction: undefined }],
  ['made for another plug-in', { plugIn: 2 }, {}],
  ['made for another plug-in', {}, { isPlugged: false }],
  ['void until adopted', {}, { isVoid: true }],
  ['there is a fault', {}, {}, true],
  ['older than the plug-in', { issuedAt: 999 }, {}],
  ['issued in the future', { issuedAt: 2_002 }, {}],
  ['expired', { expiresAt: 2_000 }, {}],
  ['no current', { amps: -1 }, {}],
  [undefined, { watts: 0, amps: 0 }, { isDc: true }],
  ['no power', {}, { isDc: true }],
  ['no power', { watts: -1 }, { isDc: true }],
  ['no power', { watts: Number.NaN, close: false }, { isDc: true }],
  ['another transaction is bound to this plug-in', { transaction: 'next' }, {}],
  ['older than the last one', { sequence: 5 }, {}],
])('the refusal of an offer: %s (%o, %o)', (refusal, offer, state, hasFaults = false) => {
  expect(refusalOf({ ...good, ...offer }, 2_000, { ...plugged, ...state }, hasFaults)).toBe(refusal)
})

test('a core that is dead does not keep the plug: it is let go when the lease has ended', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  await o.wait(9_000)
  expect(o.report.lock).toBe('locked')
  await o.until(() => o.report.lock === 'unlocked', 5_000)
  expect(o.report.isPlugged).toBe(true)
})

test('a fault keeps the plug locked, and an adoption while it lasts changes nothing', async () => {
  const o = outlet()
  await o.charge()
  o.plant.setFault('emergencyStop', true)
  await o.wait(5_000)
  expect(o.report.lock).toBe('locked')
  o.port.adopt(1, o.report.plugIn, 'tx')
  await o.wait(100)
  expect(o.report.isVoid).toBe(true)
  o.plant.setFault('emergencyStop', false)
  await o.wait(20_000)
  expect(o.report).toMatchObject({ isVoid: true, isOffering: false, lock: 'locked' })
})

test('an adoption for another transaction ends the offer of the one before', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  o.port.adopt(1, o.report.plugIn, 'next')
  await o.wait(100)
  expect(o.report).toMatchObject({ transaction: 'next', isOffering: false, lock: 'locked' })
  await o.until(() => !o.plant.isClosed, 500)
})

test('a lease that is made shorter ends sooner', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  const before = o.report.reading
  await o.until(() => o.report.reading !== before)
  o.offer({ expiresAt: o.clock.monotonic() + 100 })
  await o.until(() => !o.report.isOffering, 150)
})

test('a second session in one plug-in is a first start again: it does not wait as after a pause', async () => {
  const o = outlet()
  await o.charge()
  o.withdraw()
  await o.wait(10_000)
  o.grant(0)
  await o.wait(3_000)
  o.grant(16)
  await o.until(() => o.plant.isClosed, 2_000)
})

test('a normal stop goes by a reading that came after it: the one before the contacts closed says 0 A', async () => {
  const o = outlet()
  o.plant.setEv({ stopReaction: 60_000 })
  await o.wait(11_000)
  o.plant.plugIn()
  await o.wait(2_000)
  o.grant(16)
  await o.until(() => o.plant.isClosed, 3_000)
  o.withdraw()
  expect(await o.until(() => !o.plant.isClosed, 8_000)).toBeGreaterThan(5_900)
})

test('the sequence of a new plug-in starts anew', async () => {
  const o = outlet()
  await o.charge()
  o.die()
  o.plant.unplugEv()
  await o.wait(1_000)
  o.plant.plugIn()
  await o.wait(1_000)
  o.offer({ sequence: 1, transaction: 'next' })
  await o.until(() => o.report.isOffering, 100)
})
