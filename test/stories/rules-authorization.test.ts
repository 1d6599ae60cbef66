import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import type { IdTagInfo } from '../../src/ocpp16/messages/types.ts'
import { answered, ask } from './asking.ts'
import { rudeWorld } from './hand-central.ts'
import { killed } from './restarts.ts'
import { type World, type WorldOptions, withEvses, world } from './world.ts'

// OCPP 1.6 §3.5, §4.1, §5.4, §5.11: who may charge.

const plugged = async (options: WorldOptions = {}, evse = 1) => {
  const w = await world(options)
  w.plants[evse - 1]?.plugIn()
  await w.clock.advance(seconds(2))
  return w
}
const offline = async (w: World) => {
  w.network.dials('refused')
  w.network.cut()
  await w.clock.advance(seconds(1))
}

describe('a card at the reader', () => {
  test('that started the transaction stops it without a question, whatever its case', async () => {
    const w = await plugged()
    await w.swipe('Tag1')
    await w.clock.advance(seconds(10))
    const before = w.sent('Authorize').length
    expect(await w.swipe('TAG1')).toBe('stopped')
    expect(w.sent('Authorize')).toHaveLength(before)
  })
  test('may hold any characters, but no more than 20', async () => {
    const w = await plugged()
    expect(await w.swipe('x'.repeat(21))).toBe('invalid')
    expect(await w.swipe('Zoë & "Bob" <3 €')).toBe('started')
    await w.clock.advance(seconds(5))
    expect(w.csms.last(core.StartTransaction)?.idTag).toBe('Zoë & "Bob" <3 €')
  })
  test('started from afar while the central system is being asked at the reader charges at one place', async () => {
    const w = await world({ board: withEvses(2), settings: { AuthorizeRemoteTxRequests: 'false', AllowOfflineTxForUnknownId: 'true' } })
    w.plants[0]?.plugIn()
    await w.clock.advance(seconds(2))
    w.network.silence(true)
    const outcome = w.swipe('TAG1')
    w.core.remoteStart('TAG1', 1)
    await w.clock.advance(seconds(1))
    w.network.silence(false)
    await w.clock.advance(seconds(40))
    expect([w.core.view(1).transaction?.token, w.core.view(2).waitingToken]).toEqual(['TAG1', undefined])
    expect(await outcome).toBe('started')
  })
  test('shown twice while the central system is being asked starts once and stops nothing', async () => {
    const w = await plugged({ csms: { authorize: () => ({ status: 'Accepted', parentIdTag: 'FAMILY' }) } })
    const both = [w.swipe(), w.swipe()]
    await w.clock.advance(seconds(10))
    await Promise.all(both)
    expect(w.sent('StartTransaction')).toHaveLength(1)
    expect(w.status()).toBe('charging')
  })
})

describe('a central system that does not answer about a card', () => {
  const asking = async (settings: Readonly<Record<string, string>>, cards: readonly string[]) => {
    const w = await plugged({ settings: { MessageTimeout: '5', ...settings } })
    for (const card of cards) {
      await w.swipe(card)
      await w.clock.advance(seconds(10))
      await w.swipe(card)
      await w.clock.advance(seconds(10))
    }
    w.network.silence(true)
    return { w, outcome: w.swipe('TAG1') }
  }
  test('in time: a card that is known is taken', async () => {
    const { w, outcome } = await asking({}, ['TAG1'])
    await w.clock.advance(seconds(6))
    expect(await outcome).toBe('started')
  })
  test('because the connection drops: the same at once, and one that is not known is refused', async () => {
    for (const [cards, expected] of [
      [['TAG1'], 'started'],
      [[], 'unknownOffline'],
    ] as const) {
      const { w, outcome } = await asking({}, cards)
      await w.clock.advance(seconds(1))
      w.network.cut()
      await w.clock.settle()
      expect(await outcome).toBe(expected)
    }
  })
})

describe('a group', () => {
  const family = (idTag: string): IdTagInfo => ({ status: 'Accepted', parentIdTag: idTag === 'STRANGER' ? 'OTHERS' : 'FAMILY' })
  test('is known by equal parents only: a parent presented as a card is none of it', async () => {
    const w = await plugged({ csms: { authorize: (idTag) => (idTag === 'FAMILY' ? { status: 'Accepted' } : family(idTag)) } })
    await w.swipe('ANNA')
    await w.clock.advance(seconds(10))
    expect(await w.swipe('FAMILY')).toBe('noEvse')
    expect(w.status()).toBe('charging')
  })
  test('with an empty parent is no group', async () => {
    const w = await plugged({ csms: { authorize: () => ({ status: 'Accepted', parentIdTag: '' }) } })
    await w.swipe('ANNA')
    await w.clock.advance(seconds(10))
    expect(await w.swipe('BERT')).toBe('noEvse')
    expect(w.status()).toBe('charging')
  })
  test('is compared without regard to case', async () => {
    const w = await plugged({ csms: { authorize: (idTag) => ({ status: 'Accepted', parentIdTag: idTag === 'ANNA' ? 'Family' : 'FAMILY' }) } })
    await w.swipe('ANNA')
    await w.clock.advance(seconds(10))
    expect(await w.swipe('BERT')).toBe('stopped')
  })
  test('at one reader for two: the car that waits is charged, and without one the session of the group ends', async () => {
    const w = await plugged({ board: withEvses(2), csms: { authorize: family } })
    await w.swipe('ANNA')
    await w.clock.advance(seconds(10))
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(5))
    expect(await w.swipe('BERT')).toBe('started')
    await w.clock.advance(seconds(10))
    expect([w.status(1), w.status(2)]).toEqual(['charging', 'charging'])
    expect(await w.swipe('CLEO')).toBe('stopped')
  })
  test('that only StartTransaction.conf told of counts too', async () => {
    const w = await plugged({ settings: { AuthorizeRemoteTxRequests: 'false' }, csms: { authorize: family } })
    void w.csms.requestStart('CP-1', 1, 'ANNA')
    await w.clock.advance(seconds(10))
    expect(await w.swipe('STRANGER')).toBe('noEvse')
    expect(await w.swipe('BERT')).toBe('stopped')
  })
  test('offline, the cached parent counts', async () => {
    const w = await plugged({ csms: { authorize: family } })
    await w.swipe('BERT')
    await w.clock.advance(seconds(10))
    await w.swipe('BERT')
    await w.clock.advance(seconds(10))
    await w.swipe('ANNA')
    await w.clock.advance(seconds(10))
    await offline(w)
    expect(await w.swipe('BERT')).toBe('stopped')
  })
})

describe('the cache', () => {
  test('learns from Authorize, StartTransaction and StopTransaction, and survives a restart', async () => {
    let status: IdTagInfo['status'] = 'Accepted'
    const first = await plugged({ csms: { authorize: () => ({ status }) } })
    await first.swipe()
    await first.clock.advance(seconds(10))
    status = 'Blocked'
    await first.swipe()
    await first.clock.advance(seconds(10))
    const w = await killed(first, { offline: true, isPlugged: true })
    expect(await w.swipe()).toBe('blocked')
  })
  test('is emptied by ClearCache, and a cache that is off cannot be', async () => {
    const w = await plugged()
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(await ask(w, w.csms.call('CP-1', core.ClearCache, {}))).toMatchObject(answered('Accepted'))
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(await ask(w, w.csms.call('CP-1', core.ClearCache, {}))).toMatchObject(answered('Accepted'))
    await offline(w)
    expect(await w.swipe()).toBe('unknownOffline')
    const without = await world({ settings: { AuthorizationCacheEnabled: 'false' } })
    expect(await ask(without, without.csms.call('CP-1', core.ClearCache, {}))).toMatchObject(answered('Rejected'))
  })
  test('ClearCache loses no transaction', async () => {
    const w = await plugged()
    await w.swipe()
    await offline(w)
    await w.clock.advance(seconds(10))
    w.core.clearAuthorizationCache()
    await w.swipe()
    w.network.dials('accept')
    await w.clock.advance(seconds(60))
    expect(w.csms.transactions.ended).toHaveLength(1)
  })
})

describe('a transaction that began offline and is refused afterwards', () => {
  const refused = async (settings: Readonly<Record<string, string>>) => {
    const w = await plugged({ settings: { AllowOfflineTxForUnknownId: 'true', ...settings }, csms: { authorize: () => ({ status: 'ConcurrentTx' }) } })
    await offline(w)
    expect(await w.swipe()).toBe('started')
    await w.clock.advance(seconds(30))
    expect(w.status()).toBe('charging')
    w.network.dials('accept')
    await w.clock.advance(seconds(60))
    return w
  }
  test('ends as DeAuthorized', async () => {
    const w = await refused({})
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'DeAuthorized', transactionId: 1 })
    expect(w.plant.isClosed).toBe(false)
    // Errata 3.5: the cable stays locked until its owner comes.
    expect(w.plant.lock).toBe('locked')
    const back = w.swipe()
    await w.clock.advance(seconds(5))
    expect(await back).toBe('unlocked')
    expect(w.plant.lock).toBe('unlocked')
  })
  test('or gives no more energy', async () => {
    const w = await refused({ StopTransactionOnInvalidId: 'false' })
    expect(w.sent('StopTransaction')).toEqual([])
    expect(w.status()).toBe('suspendedEvse')
    expect(await w.swipe()).toBe('stopped')
  })
})

describe('RemoteStartTransaction', () => {
  test('with AuthorizeRemoteTxRequests=false asks nobody', async () => {
    const w = await plugged({ settings: { AuthorizeRemoteTxRequests: 'false' } })
    expect(await ask(w, w.csms.requestStart('CP-1', 1, 'TAG1'))).toMatchObject(answered('Accepted'))
    await w.until(() => w.status() === 'charging')
    expect(w.sent('Authorize')).toEqual([])
  })
  test('with AuthorizeRemoteTxRequests=true starts nothing for a card that is refused', async () => {
    const w = await plugged({ csms: { cards: ['GOOD'] } })
    expect(await ask(w, w.csms.requestStart('CP-1', 1, 'BAD'))).toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(10))
    expect(w.sent('Authorize')).toHaveLength(1)
    expect(w.sent('StartTransaction')).toEqual([])
  })
  test('is answered before anything is asked or started', async () => {
    const w = await plugged()
    const from = w.frames.length
    await ask(w, w.csms.requestStart('CP-1', 1, 'TAG1'))
    const told = w.frames
      .slice(from)
      .filter(({ direction }) => direction === 'in')
      .map(({ kind, action }) => `${kind} ${action}`)
    expect(told.slice(0, 3)).toEqual(['result RemoteStartTransaction', 'call Authorize', 'call StartTransaction'])
  })
  test('without a connector goes where the car is', async () => {
    const w = await plugged({ board: withEvses(3) }, 3)
    await ask(w, w.csms.requestStart('CP-1', undefined, 'TAG1'))
    await w.until(() => w.status(3) === 'charging')
  })
  test('each of two at once gets a place of its own, and a third none', async () => {
    const w = await plugged({ board: withEvses(2) })
    const asked = ['TAG1', 'TAG2', 'TAG3'].map((card) => w.csms.requestStart('CP-1', undefined, card))
    await w.clock.advance(seconds(10))
    expect(await Promise.all(asked)).toMatchObject([answered('Accepted'), answered('Accepted'), answered('Rejected')])
    expect([1, 2].map((evse) => w.core.view(evse).transaction?.token ?? w.core.view(evse).waitingToken)).toEqual(['TAG1', 'TAG2'])
  })
  test('whose card is still being asked about when the station stops begins nothing', async () => {
    const w = await rudeWorld()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    let answer = () => {}
    w.hand.treat('Authorize', ({ id }, polite, line) => {
      answer = () => line.answer(id, polite)
    })
    expect(await w.hand.call('RemoteStartTransaction', { idTag: 'TAG1', connectorId: 1 })).toMatchObject([3, expect.any(String), { status: 'Accepted' }])
    const stopped = w.core.shutDown('softReset', seconds(2))
    answer()
    await w.clock.advance(seconds(5))
    await stopped
    expect(w.hand.of('StartTransaction')).toEqual([])
  })
  test.each([
    ['a fault', (w: World) => w.core.raise(1, 'ground')],
    ['an outlet out of use', (w: World) => w.core.setAvailability(1, false)],
    ['a card that waits', (w: World) => w.swipe('TAG9')],
  ])('%s refuses it', async (_what, prepare) => {
    const w = await world()
    const prepared = prepare(w)
    await w.clock.advance(seconds(1))
    await prepared
    expect(await ask(w, w.csms.requestStart('CP-1', 1, 'TAG1'))).toMatchObject(answered('Rejected'))
    expect(await ask(w, w.csms.requestStart('CP-1', undefined, 'TAG1'))).toMatchObject(answered('Rejected'))
  })
  test('with a profile of another purpose is refused, with a TxProfile it starts and ignores it', async () => {
    const w = await plugged()
    const profile = (chargingProfilePurpose: 'TxProfile' | 'TxDefaultProfile') => ({
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose,
      chargingProfileKind: 'Relative' as const,
      chargingSchedule: { chargingRateUnit: 'A' as const, chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] },
    })
    const start = (purpose: 'TxProfile' | 'TxDefaultProfile') =>
      w.csms.call('CP-1', core.RemoteStartTransaction, { connectorId: 1, idTag: 'TAG1', chargingProfile: profile(purpose) })
    expect(await ask(w, start('TxDefaultProfile'))).toMatchObject(answered('Rejected'))
    expect(await ask(w, start('TxProfile'))).toMatchObject(answered('Accepted'))
    await w.until(() => w.status() === 'charging')
  })
})
