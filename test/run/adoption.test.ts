import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { offPeak } from '../../src/core/off-peak.ts'
import { twoPrograms } from './two-programs.ts'

describe('a core that dies while a car charges', () => {
  test('and is back within the lease interrupts nothing: one transaction, no energy lost', async () => {
    const w = await twoPrograms()
    await w.charge()
    const { id } = w.core.station.core.view(1).transaction ?? {}
    let core = w.core
    for (const deadS of [0.1, 2, 5, 8.5]) {
      await w.clock.advance(seconds(20))
      core.kill()
      await w.clock.advance(seconds(deadS))
      core = await w.startCore()
      expect(core.station.core.view(1)).toMatchObject({ status: 'charging', transaction: { id, token: 'TAG1' } })
    }
    await w.clock.advance(seconds(30))
    expect([w.openings, w.plant.isClosed]).toEqual([[], true])
    expect(await core.station.core.present('TAG1', 1)).toBe('stopped')
    await w.clock.advance(seconds(10))
    expect(await w.keeper.serviceData(1)).toMatchObject({ cycles: 1 })
    expect(w.sent('StartTransaction')).toHaveLength(1)
    expect(w.sent('StopTransaction')).toMatchObject([{ reason: 'Local', meterStop: Math.floor(w.plant.wh), idTag: 'TAG1' }])
    expect(w.sent('MeterValues').length).toBeGreaterThan(8)
  })

  test('and is back within the lease interrupts no off-peak charging either: the random delay is not waited for again', async () => {
    const w = await twoPrograms()
    await w.charge()
    await w.clock.advance(seconds(20))
    w.core.kill()
    const { station } = await w.startCore()
    offPeak({ windows: [], randomDelayS: 600 }, station.core, w.clock, () => 0.5, silentLog)
    await w.clock.advance(seconds(30))
    expect([w.openings, station.core.view(1).status]).toEqual([[], 'charging'])
  })

  test('and stays dead: X1 and a normal stop when the lease ends; a later core goes on with the transaction', async () => {
    const w = await twoPrograms()
    await w.charge()
    await w.clock.advance(seconds(20))
    const diedAt = w.clock.monotonic()
    w.core.kill()
    await w.clock.advance(seconds(8.9))
    expect(w.plant.isClosed).toBe(true)
    await w.until(() => !w.plant.isClosed, seconds(8))
    expect(w.clock.monotonic() - diedAt).toBeLessThan(seconds(11))
    expect(w.plant.drive).toEqual({ kind: 'steady' })
    await w.clock.advance(seconds(30))
    const core = await w.startCore()
    await w.until(() => w.plant.isClosed)
    core.station.core.stop(1, 'local')
    await w.clock.advance(seconds(10))
    expect(w.sent('StopTransaction')).toMatchObject([{ meterStop: Math.floor(w.plant.wh), reason: 'Local' }])
  })

  test('the EV is unplugged and another one plugged in within 3 s: the contactor never closes, and the transaction ends with Reboot', async () => {
    const w = await twoPrograms()
    await w.charge()
    await w.clock.advance(seconds(20))
    w.core.kill()
    const leftWith = w.plant.wh
    w.plant.unplug()
    await w.clock.advance(seconds(1.5))
    w.plant.plugIn()
    for (let spent = 0; spent < 15_000; spent += 20) {
      await w.clock.advance(20)
      if (spent > 1_000) expect(w.plant.isClosed).toBe(false)
    }
    const core = await w.startCore()
    await w.clock.advance(seconds(20))
    expect(w.plant.isClosed).toBe(false)
    expect(core.station.core.view(1)).toMatchObject({ transaction: undefined })
    const [stop] = w.sent('StopTransaction') as { reason: string; meterStop: number }[]
    expect(stop?.reason).toBe('Reboot')
    expect(leftWith - (stop?.meterStop ?? 0)).toBeLessThan(300)
  })

  test('the EV is unplugged: the next core ends its transaction as any unplugging does, with all of its energy', async () => {
    const w = await twoPrograms()
    await w.charge()
    await w.clock.advance(seconds(20))
    w.core.kill()
    w.plant.unplug()
    await w.clock.advance(seconds(5))
    await w.startCore()
    await w.clock.advance(seconds(5))
    expect(w.sent('StopTransaction')).toMatchObject([{ reason: 'EVDisconnected', meterStop: Math.floor(w.plant.wh) }])
  })

  test('between the card that ends it and the open contactor: the next core ends it so, and offers nothing', async () => {
    const w = await twoPrograms()
    await w.charge()
    w.plant.setEv({ stopReaction: 3_000 })
    await w.clock.advance(seconds(20))
    await w.core.station.core.present('TAG1', 1)
    await w.clock.advance(100)
    w.core.kill()
    expect(w.plant.isClosed).toBe(true)
    await w.clock.advance(seconds(1))
    await w.startCore()
    const offering: boolean[] = []
    w.keeper.reported.on(({ isOffering }) => offering.push(isOffering))
    await w.clock.advance(seconds(15))
    expect([w.plant.isClosed, offering.includes(true)]).toEqual([false, false])
    expect(w.sent('StopTransaction')).toMatchObject([{ reason: 'Local', idTag: 'TAG1', meterStop: Math.floor(w.plant.wh) }])
    expect(w.plant.lock).toBe('unlocked')
  })

  test('after the central system has refused its token: it goes on without energy', async () => {
    const w = await twoPrograms({ settings: { StopTransactionOnInvalidId: 'false' } })
    await w.charge()
    const { id = '' } = w.core.station.core.view(1).transaction ?? {}
    w.core.station.core.tokenAnswered(id, { status: 'blocked' })
    await w.until(() => !w.plant.isClosed)
    w.core.kill()
    await w.clock.advance(seconds(2))
    const core = await w.startCore()
    await w.clock.advance(seconds(60))
    expect(core.station.core.view(1)).toMatchObject({ status: 'suspendedEvse', transaction: { id } })
    expect(w.plant.isClosed).toBe(false)
  })

  test('while a refused token draws what MaxEnergyOnInvalidId leaves it: what was drawn before counts', async () => {
    const w = await twoPrograms({ settings: { StopTransactionOnInvalidId: 'false', MaxEnergyOnInvalidId: '500' } })
    await w.charge()
    const { id = '' } = w.core.station.core.view(1).transaction ?? {}
    const fromWh = w.plant.wh
    w.core.station.core.tokenAnswered(id, { status: 'blocked' })
    await w.until(() => w.plant.wh - fromWh > 250)
    w.core.kill()
    await w.clock.advance(seconds(2))
    const core = await w.startCore()
    await w.clock.advance(seconds(5))
    expect(w.plant.isClosed).toBe(true)
    await w.until(() => !w.plant.isClosed)
    await w.clock.advance(seconds(60))
    expect(core.station.core.view(1)).toMatchObject({ status: 'suspendedEvse', transaction: { id } })
    expect(w.plant.wh - fromWh).toBeGreaterThanOrEqual(500)
    expect(w.plant.wh - fromWh).toBeLessThan(550)
  })
})

describe('a guard that does not vouch for the transaction', () => {
  test.each([
    ['it was started again: Reboot', 'simulated-boot', 'Reboot'],
    ['so was the computer: PowerLoss', 'another-boot', 'PowerLoss'],
  ])('%s', async (_why, boot, reason) => {
    const w = await twoPrograms()
    await w.charge()
    await w.clock.advance(seconds(20))
    w.core.kill()
    w.keeper.close()
    const clock = simulatedClock({ boot, bootMs: w.clock.monotonic() + 60_000, epochMs: w.clock.now().epochMs + 60_000 })
    const next = await twoPrograms({ clock, store: w.store })
    next.plant.plugIn()
    await next.clock.advance(seconds(20))
    expect(next.sent('StopTransaction')).toMatchObject([{ reason }])
    expect(next.plant.isClosed).toBe(false)
  })

  test('the computer was started again and its clock says the same: PowerLoss all the same, whatever the guard says', async () => {
    const w = await twoPrograms()
    await w.charge()
    w.core.kill()
    const [key, transaction] = w.store.documents<{ startedAt: { boot: string } }>('open-transactions').entries()[0] ?? []
    if (key === undefined || transaction === undefined) throw new Error('nothing is open')
    w.store.documents('open-transactions').put(key, { ...transaction, startedAt: { ...transaction.startedAt, boot: 'before' } })
    await w.startCore()
    await w.clock.advance(seconds(20))
    expect(w.sent('StopTransaction')).toMatchObject([{ reason: 'PowerLoss' }])
  })
})

test('an intended end leaves no lease: the contactor is open before the core has gone', async () => {
  const w = await twoPrograms()
  await w.charge()
  await w.clock.advance(seconds(20))
  const gone = w.core.station.shutDown('softReset').then(() => w.plant.isClosed)
  await w.clock.advance(seconds(4))
  expect(await gone).toBe(false)
  expect(w.core.stream.isClosed).toBe(true)
  expect(w.sent('StopTransaction')).toMatchObject([{ reason: 'SoftReset', meterStop: Math.floor(w.plant.wh) }])
})
