import { describe, expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { offerDesk } from '../../src/core/offer.ts'
import type { EvseDescription, GuardPort, Offer, Report } from '../../src/safety/port.ts'

/** A desk, and what it said to a guard whose own limit is 25 A. */
function bench(dc?: EvseDescription['dc'], report: Partial<Report> = { limit: 25 }, switchesPhases = false) {
  const clock = simulatedClock()
  const offers: Offer[] = []
  const withdrawals: (boolean | undefined)[] = []
  const guard = {
    report: () => report,
    offer: (offer: Offer) => offers.push(offer),
    withdraw: (_evse: number, keepsLocked?: boolean) => withdrawals.push(keepsLocked),
  } as unknown as GuardPort
  const evse: EvseDescription = {
    evse: 1,
    maxAmps: 32,
    phases: 3,
    cable: 'socket',
    nominalVoltageV: 230,
    hasMirror: true,
    switchesPhases,
    ...(dc && { dc }),
  }
  let sequence = 0
  const desk = offerDesk(evse, guard, clock, () => ++sequence)
  return { clock, desk, offers, withdrawals, last: () => offers.at(-1) }
}
const grant = { transaction: 'tx', plugIn: 3 }

test('an offer is made at once, lives 10 s and is renewed each second until it is withdrawn', async () => {
  const b = bench()
  b.desk.withdraw()
  expect(b.withdrawals).toEqual([])
  const at = b.clock.monotonic()
  b.desk.grant(grant)
  expect(b.offers).toEqual([{ evse: 1, ...grant, close: true, amps: 25, phases: 3, sequence: 1, issuedAt: at, expiresAt: at + 10_000 }])
  await b.clock.advance(seconds(5))
  expect(b.offers.map((each) => each.issuedAt - at)).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000])
  expect(b.last()?.sequence).toBe(6)
  b.desk.withdraw(true)
  await b.clock.advance(minutes(1))
  expect(b.offers).toHaveLength(6)
  expect(b.withdrawals).toEqual([true])
})

test('the least limit counts, from the moment in which it is set or lifted; below 6 A nothing closes', () => {
  const b = bench()
  b.desk.grant(grant)
  b.desk.limit('site', 10)
  expect([b.offers.length, b.last()?.amps, b.desk.current]).toEqual([2, 10, { amps: 10, heldBy: 'site' }])
  b.desk.limit('schedule', 5.9)
  expect(b.last()).toMatchObject({ close: false, amps: 5.9 })
  expect(b.desk.current.heldBy).toBe('schedule')
  b.desk.limit('schedule', 6)
  expect(b.last()).toMatchObject({ close: true, amps: 6 })
  b.desk.limit('schedule', undefined)
  b.desk.limit('site', undefined)
  expect(b.last()?.amps).toBe(25)
  expect(b.desk.current.heldBy).toBe('guard')
})

test('one permit that is taken away takes the current away at once, whatever the others say', () => {
  const b = bench()
  b.desk.grant(grant)
  b.desk.permit('authorization', true)
  b.desk.permit('fault', false)
  expect([b.offers.length, b.last()?.close, b.desk.current]).toEqual([2, false, { amps: 0, heldBy: 'fault' }])
  b.desk.permit('fault', true)
  expect(b.last()).toMatchObject({ close: true, amps: 25 })
})

test('a limit in watts counts at an AC outlet as the current that it is at nominal voltage', () => {
  const b = bench()
  b.desk.grant(grant)
  b.desk.limit('site', { watts: 6_900 })
  expect([b.last()?.amps, b.last()?.watts, b.desk.current]).toEqual([10, undefined, { amps: 10, heldBy: 'site' }])
})

describe('a DC outlet', () => {
  const dc = { maxWatts: 50_000, leastWatts: 1_000, nominalVoltageV: 400 }
  const reading = (voltageV: number) => ({ at: 0, importWh: 0, phases: [{ voltageV }] })
  test('is offered the least of the limits in watts; one in A is of its supply', () => {
    const b = bench(dc, { limit: 0, limitWatts: 45_000 })
    b.desk.grant(grant)
    expect(b.last()).toMatchObject({ close: true, amps: 0, watts: 45_000 })
    b.desk.limit('local', 10)
    expect(b.last()).toMatchObject({ close: true, amps: 0, watts: 6_900 })
    b.desk.limit('schedule', { watts: 999 })
    expect(b.last()).toMatchObject({ close: false, amps: 0, watts: 999 })
    expect(b.desk.current.heldBy).toBe('schedule')
    b.desk.permit('fault', false)
    expect([b.last()?.watts, b.desk.current]).toEqual([0, { amps: 0, watts: 0, heldBy: 'fault' }])
  })
  test.each([
    [undefined, 112.5],
    [0, 112.5],
    [360, 125],
  ])('with %s V at its output shows the current that the watts are', (volts, amps) => {
    const b = bench(dc, { limit: 0, limitWatts: 45_000, reading: volts === undefined ? undefined : reading(volts) })
    b.desk.grant(grant)
    expect(b.desk.current).toEqual({ amps, watts: 45_000, heldBy: 'guard' })
  })
})

test('what would be offered without one of the limits is known before anything is granted', () => {
  const b = bench()
  b.desk.limit('site', 10)
  b.desk.limit('schedule', 8)
  expect([b.desk.sizeWithout('site'), b.desk.sizeWithout('schedule'), b.desk.sizeWithout('other')]).toEqual([8, 10, 8])
  b.desk.limit('site', undefined)
  expect(b.desk.sizeWithout('schedule')).toBe(25)
  b.desk.permit('authorization', false)
  expect(b.desk.sizeWithout('schedule')).toBe(0)
})

test('a limit names the phases that are offered, where they can be switched', () => {
  for (const [switches, expected] of [
    [true, [3, 1, 1, 3]],
    [false, [3, 3, 3, 3]],
  ] as const) {
    const b = bench(undefined, { limit: 25 }, switches)
    b.desk.grant(grant)
    const phases = [b.last()?.phases]
    for (const limit of [
      { amps: 16, phases: 1 },
      { amps: 10, phases: 1 },
      { amps: 10, phases: 3 },
    ] as const) {
      b.desk.limit('schedule', limit)
      phases.push(b.last()?.phases)
    }
    expect([phases, b.last()?.amps]).toEqual([expected, 10])
  }
})
