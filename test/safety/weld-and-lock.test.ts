import { describe, expect, test } from 'vitest'
import { emptyRecord, volatileLatch } from '../../src/safety/latch.ts'
import { outlet } from './outlet.ts'

test('welded contacts are a fault 500 ms after the opening, latched, kept over a restart, and cleared by service only', async () => {
  const latch = volatileLatch()
  const o = outlet({ guard: { latch } })
  await o.charge()
  o.plant.setFault('weld', true)
  o.withdraw()
  await o.until(() => o.report.faults.includes('weld'), 2_000)
  expect(o.report.contactor).toBe('closed')
  expect(latch.load()).toMatchObject({ welded: [1] })
  o.plant.setFault('weld', false)
  await o.until(() => o.report.contactor === 'open')
  o.plant.unplug()
  await o.wait(30_000)
  expect(o.report.faults).toEqual(['weld'])

  const restarted = outlet({ guard: { latch } })
  await restarted.wait(1_000)
  restarted.plant.plugIn()
  await restarted.wait(1_000)
  restarted.grant(16)
  await restarted.wait(10_000)
  expect(restarted.report.faults).toEqual(['weld'])
  expect(restarted.plant.isClosed).toBe(false)
  restarted.port.clear(1)
  await restarted.until(() => restarted.plant.isClosed, 3_000)
  expect(latch.load()).toMatchObject({ welded: [] })
})

test('service does not clear a weld that is still there', async () => {
  const o = outlet()
  await o.charge()
  o.plant.setFault('weld', true)
  o.withdraw()
  await o.until(() => o.report.faults.includes('weld'))
  o.port.clear(1)
  await o.wait(5_000)
  expect(o.report.faults).toEqual(['weld'])
})

test('current that flows although the mirror contact says open is a weld', async () => {
  const latch = volatileLatch()
  const o = outlet({ guard: { latch } })
  await o.charge()
  o.plant.setFault('currentWhileOpen', true)
  o.withdraw()
  await o.until(() => o.report.faults.includes('currentWhileOpen'), 6_000)
  expect(o.report.faults).toEqual(['weld', 'currentWhileOpen'])
  expect(latch.load()).toMatchObject({ welded: [1] })
  expect(o.report.contactor).toBe('open')
  o.plant.unplugEv()
  await o.wait(20_000)
  expect(o.report.faults).toEqual(['weld'])
  expect(o.report.lock).toBe('locked')
})

test('a latch that cannot be read or written keeps everything open', async () => {
  const o = outlet({
    guard: {
      latch: {
        load() {
          throw new Error('no such file')
        },
        save() {},
        keep() {},
      },
    },
  })
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(16)
  await o.wait(10_000)
  expect(o.report.faults).toEqual(['board'])
  expect(o.plant.isClosed).toBe(false)
})

test('the plug is locked at plug-in, held while an offer is valid, and let go when the session is over', async () => {
  const o = outlet()
  o.plant.plugIn()
  await o.until(() => o.report.lock === 'locked', 1_000)
  o.grant(16)
  await o.until(() => o.plant.isClosed)
  o.grant(0)
  await o.until(() => !o.plant.isClosed)
  await o.wait(10_000)
  expect(o.report.lock).toBe('locked')
  o.withdraw()
  await o.until(() => o.report.lock === 'unlocked', 2_000)
  expect(o.report.isPlugged).toBe(true)
})

test('a plug that was let go is locked again before the contactor closes again', async () => {
  const o = outlet()
  await o.charge()
  o.withdraw()
  await o.until(() => o.report.lock === 'unlocked')
  const from = o.reports.length
  o.grant(16)
  await o.until(() => o.plant.isClosed)
  expect(
    o.reports
      .slice(from)
      .filter((each) => each.contactor === 'closed')
      .every((each) => each.lock === 'locked'),
  ).toBe(true)
  expect(o.report.lock).toBe('locked')
})

const asked = (o: ReturnType<typeof outlet>) => {
  const answer: { outcome?: string } = {}
  void o.port.unlock(1).then((outcome) => {
    answer.outcome = outcome
  })
  return answer
}

test('an unlock is refused while an offer is valid, and never moves the lock under current', async () => {
  const o = outlet()
  await o.charge()
  const answer = asked(o)
  await o.wait(100)
  expect(answer.outcome).toBe('failed')
  await o.wait(10_000)
  expect(o.plant.lock).toBe('locked')
})

test('an unlock right after the withdrawal waits for the stop; the lock never moves while the contacts are closed or current flows', async () => {
  for (const stopReaction of [0, 2_500, 60_000]) {
    const o = outlet()
    o.plant.setEv({ stopReaction })
    await o.charge()
    o.withdraw()
    const answer = asked(o)
    while (answer.outcome === undefined) {
      await o.wait(20)
      if (o.plant.lock !== 'locked') {
        expect(o.plant.isClosed).toBe(false)
        expect(Math.max(...o.plant.amps)).toBeLessThan(0.5)
      }
    }
    // The stop of an EV that never lets go takes its 6 s: the answer is no, and the plug comes free a little later.
    expect(answer.outcome).toBe(stopReaction === 60_000 ? 'failed' : 'unlocked')
  }
})

test('a welded contact, a lock that is stuck and a fixed cable answer an unlock', async () => {
  const welded = outlet()
  await welded.charge()
  welded.plant.setFault('weld', true)
  welded.withdraw()
  await welded.until(() => welded.report.faults.includes('weld'))
  const first = asked(welded)
  await welded.wait(10_000)
  expect(first.outcome).toBe('failed')
  expect(welded.plant.lock).toBe('locked')
  // Whatever the pilot says.
  welded.plant.unplug()
  await welded.wait(20_000)
  expect(welded.plant.lock).toBe('locked')
  expect(welded.plant.hasCable).toBe(true)

  const stuck = outlet()
  stuck.plant.plugIn()
  await stuck.until(() => stuck.report.lock === 'locked')
  stuck.plant.setFault('lock', true)
  const second = asked(stuck)
  await stuck.wait(8_000)
  expect(second.outcome).toBe('failed')

  const fixed = outlet({ evse: { cable: 'fixed' } })
  const third = asked(fixed)
  await fixed.wait(40)
  expect(third.outcome).toBe('none')
})

test('a weld that cannot be noted keeps the outlet open beyond the weld', async () => {
  const o = outlet({
    guard: {
      latch: {
        load: () => emptyRecord,
        save() {
          throw new Error('no room')
        },
        keep() {},
      },
    },
  })
  await o.charge()
  o.plant.setFault('weld', true)
  o.withdraw()
  await o.until(() => o.report.faults.includes('weld'), 2_000)
  await o.wait(100)
  expect(o.report.faults).toEqual(['weld', 'board'])
  o.plant.setFault('weld', false)
  await o.wait(1_000)
  o.port.clear(1)
  await o.wait(1_000)
  expect(o.report.faults).toEqual(['board'])
})

test('a plug that was let go is not locked again when the EV leaves it in the socket', async () => {
  const o = outlet()
  await o.charge()
  o.withdraw()
  await o.until(() => o.report.lock === 'unlocked')
  o.plant.unplugEv()
  await o.wait(5_000)
  expect(o.report).toMatchObject({ isPlugged: false, hasCable: true, lock: 'unlocked' })
})

describe('the cable of a transaction', () => {
  test('stays locked where the core ends it so, until an unlock, and is not locked again', async () => {
    const o = outlet()
    await o.charge()
    o.die()
    o.port.withdraw(1, true)
    await o.wait(20_000)
    expect(o.plant.lock).toBe('locked')
    const answer = asked(o)
    await o.wait(2_000)
    expect([answer.outcome, o.plant.lock]).toEqual(['unlocked', 'unlocked'])
    o.port.withdraw(1, true)
    await o.wait(5_000)
    expect(o.plant.lock).toBe('unlocked')
  })
  test('whose EV left stays locked for 10 s, for longer when the core says so', async () => {
    for (const keeps of [false, true]) {
      const o = outlet()
      await o.charge()
      o.die()
      o.plant.unplugEv()
      await o.wait(9_000)
      expect(o.plant.lock).toBe('locked')
      if (keeps) o.port.withdraw(1, true)
      await o.wait(20_000)
      expect(o.plant.lock).toBe(keeps ? 'locked' : 'unlocked')
    }
  })
})
