import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { longestUpdate } from '../../src/core/local-list.ts'
import { largestFrame } from '../../src/ocpp/websocket.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { GetLocalListVersion, SendLocalList } from '../../src/ocpp16/messages/local-auth-list.ts'
import type { IdTagInfo } from '../../src/ocpp16/messages/types.ts'
import { answered, ask, goDark } from './asking.ts'
import { rudeWorld } from './hand-central.ts'
import { killed } from './restarts.ts'
import { type World, type WorldOptions, world } from './world.ts'

// OCPP 1.6 §3.5.2, §3.5.3, §5.10, §5.15: the list of cards that the central system keeps here.

type Line = readonly [card: string, status?: IdTagInfo['status'], more?: Omit<IdTagInfo, 'status'>]
const send = (w: World, listVersion: number, updateType: 'Full' | 'Differential', ...lines: readonly Line[]) =>
  ask(
    w,
    w.csms.call('CP-1', SendLocalList, {
      listVersion,
      updateType,
      localAuthorizationList: lines.map(([idTag, status, more]) => ({ idTag, ...(status === undefined ? {} : { idTagInfo: { status, ...more } }) })),
    }),
  )
const versionOf = async (w: World) => ask(w, w.csms.call('CP-1', GetLocalListVersion, {}))
const version = (listVersion: number) => ({ kind: 'result', payload: { listVersion } })

const plugged = async (options: WorldOptions = {}) => {
  const w = await world(options)
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  return w
}
/** What was told of connector 0, from now on. */
const conflicts = (w: World) =>
  w
    .sent('StatusNotification')
    .map(({ payload }) => payload as { connectorId: number; errorCode: string; status: string })
    .filter(({ connectorId }) => connectorId === 0)
    .map(({ errorCode, status }) => `${status} ${errorCode}`)

describe('SendLocalList and GetLocalListVersion', () => {
  test('Full, then Differential; the version is told, and both survive a power cut', async () => {
    const first = await world()
    expect(await versionOf(first)).toEqual(version(0))
    expect(await send(first, 4, 'Full', ['A', 'Accepted'], ['B', 'Accepted'])).toEqual(answered('Accepted'))
    expect(await versionOf(first)).toEqual(version(4))
    expect(await send(first, 6, 'Differential', ['A'], ['C', 'Blocked'])).toEqual(answered('Accepted'))
    const w = await killed(first)
    expect(await versionOf(w)).toEqual(version(6))
    expect(['A', 'b', 'c'].map((card) => w.core.localList.find(card)?.status)).toEqual([undefined, 'accepted', 'blocked'])
  })
  test('what does not fit is refused with its reason, and the list stays', async () => {
    const w = await world()
    await send(w, 4, 'Full', ['A', 'Accepted'])
    expect(await send(w, 4, 'Differential', ['B', 'Accepted'])).toEqual(answered('VersionMismatch'))
    expect(await send(w, 3, 'Differential', ['B', 'Accepted'])).toEqual(answered('VersionMismatch'))
    expect(await send(w, 5, 'Full', ['B', 'Accepted'], ['b', 'Blocked'])).toEqual(answered('Failed'))
    expect(await send(w, 5, 'Full', ['B'])).toEqual(answered('Failed'))
    expect(await send(w, 0, 'Full', ['B', 'Accepted'])).toEqual(answered('Failed'))
    expect(await send(w, -1, 'Full', ['B', 'Accepted'])).toEqual(answered('Failed'))
    expect(await versionOf(w)).toEqual(version(4))
    expect(w.core.localList.find('B')).toBeUndefined()
  })
  test('as many cards as one update may have, each as long as it can be, fit into one frame and are taken', async () => {
    const w = await rudeWorld()
    const of = (at: number) => `é${String(at).padStart(19, 'é')}`
    const idTagInfo = { status: 'ConcurrentTx', parentIdTag: of(0), expiryDate: '2099-12-31T23:59:59.999+00:00' }
    const localAuthorizationList = Array.from({ length: longestUpdate }, (_, at) => ({ idTag: of(at), idTagInfo }))
    const update = { listVersion: 1, updateType: 'Full', localAuthorizationList }
    expect(Buffer.byteLength(JSON.stringify([2, 'x'.repeat(36), 'SendLocalList', update]))).toBeLessThan(largestFrame)
    expect((await w.hand.call('SendLocalList', update))?.slice(2)).toEqual([{ status: 'Accepted' }])
    expect(w.core.localList).toMatchObject({ version: 1, size: longestUpdate })
  })
  test('a Full update without a list empties it', async () => {
    const w = await world()
    await send(w, 4, 'Full', ['A', 'Accepted'])
    expect(await ask(w, w.csms.call('CP-1', SendLocalList, { listVersion: 5, updateType: 'Full' }))).toEqual(answered('Accepted'))
    expect(await versionOf(w)).toEqual(version(0))
    expect(w.core.localList.find('A')).toBeUndefined()
  })
  test('with LocalAuthListEnabled=false there is no list: -1 and NotSupported, and its cards are unknown; true brings it back', async () => {
    const w = await plugged()
    await send(w, 4, 'Full', ['TAG1', 'Accepted'])
    await ask(w, w.csms.change('CP-1', 'LocalAuthListEnabled', 'false'))
    expect(await versionOf(w)).toEqual(version(-1))
    expect(await send(w, 5, 'Full')).toEqual(answered('NotSupported'))
    goDark(w)
    await w.clock.advance(seconds(1))
    expect(await w.swipe()).toBe('unknownOffline')
    w.core.settings.set('localListEnabled', true)
    expect(await w.swipe()).toBe('started')
  })
  test('without the profile neither is known', async () => {
    const w = await rudeWorld({ settings: { SupportedFeatureProfiles: 'Core' } })
    for (const [action, payload] of [
      ['GetLocalListVersion', {}],
      ['SendLocalList', { listVersion: 1, updateType: 'Full' }],
    ] as const) {
      expect((await w.hand.call(action, payload))?.slice(0, 3)).toEqual([4, expect.any(String), 'NotSupported'])
    }
  })
})

describe('a card in the list', () => {
  test('with LocalPreAuthorize starts without a question, at the reader and from afar', async () => {
    const w = await plugged({ settings: { LocalPreAuthorize: 'true' } })
    await send(w, 1, 'Full', ['Tag1', 'Accepted'])
    expect(await w.swipe('TAG1')).toBe('started')
    await w.clock.advance(seconds(10))
    expect(await w.swipe('TAG1')).toBe('stopped')
    await w.clock.advance(seconds(10))
    expect(await ask(w, w.csms.requestStart('CP-1', 1, 'TAG1'))).toEqual(answered('Accepted'))
    await w.until(() => w.status() === 'charging')
    expect(w.sent('Authorize')).toEqual([])
    expect(w.sent('StartTransaction')).toHaveLength(2)
  })
  test('without it, or refused there, is asked about', async () => {
    for (const [LocalPreAuthorize, status] of [
      ['false', 'Accepted'],
      ['true', 'Blocked'],
    ] as const) {
      const w = await plugged({ settings: { LocalPreAuthorize } })
      await send(w, 1, 'Full', ['TAG1', status])
      expect(await w.swipe()).toBe('started')
      expect(w.sent('Authorize')).toHaveLength(1)
    }
  })
  test('refused there is refused offline, whatever AllowOfflineTxForUnknownId says and the cache remembers', async () => {
    const w = await plugged({ settings: { AllowOfflineTxForUnknownId: 'true' } })
    await w.swipe()
    await w.clock.advance(seconds(10))
    await w.swipe()
    await w.clock.advance(seconds(10))
    const soon = new Date(w.clock.now().epochMs + 60_000).toISOString()
    await send(w, 1, 'Full', ['TAG1', 'Blocked'], ['OLD', 'Accepted', { expiryDate: soon }])
    goDark(w)
    await w.clock.advance(seconds(60))
    expect(await w.swipe()).toBe('blocked')
    expect(await w.swipe('OLD')).toBe('expired')
    expect(await w.swipe('NOBODY')).toBe('started')
  })
  test('ends the transaction of its group, as the list has it', async () => {
    const w = await plugged()
    await send(w, 1, 'Full', ['ANNA', 'Accepted', { parentIdTag: 'FAMILY' }], ['BERT', 'Accepted', { parentIdTag: 'Family' }])
    goDark(w)
    await w.clock.advance(seconds(1))
    expect(await w.swipe('ANNA')).toBe('started')
    await w.clock.advance(seconds(10))
    expect(await w.swipe('BERT')).toBe('stopped')
  })
  test('is not put into the cache: taken off the list it is unknown', async () => {
    const w = await plugged()
    await send(w, 1, 'Full', ['TAG1', 'Accepted'], ['TAG2', 'Accepted'])
    await w.swipe()
    await w.clock.advance(seconds(10))
    await w.swipe()
    await w.clock.advance(seconds(10))
    await send(w, 2, 'Differential', ['TAG1'])
    goDark(w)
    await w.clock.advance(seconds(1))
    expect(await w.swipe('TAG1')).toBe('unknownOffline')
    expect(await w.swipe('TAG2')).toBe('started')
  })
})

describe('a central system that contradicts its own list', () => {
  const contradicted = async (settings: Readonly<Record<string, string>> = {}) => {
    const w = await plugged({ settings, csms: { authorize: (idTag) => ({ status: idTag.startsWith('BAD') ? 'Blocked' : 'Accepted' }) } })
    await send(w, 1, 'Full', ['BAD1', 'Accepted'], ['BAD2', 'Accepted'], ['GOOD', 'Accepted'])
    return w
  }
  test('is told of it once, by connector 0, and of the end of it with the next list', async () => {
    const w = await contradicted()
    expect(await w.swipe('BAD1')).toBe('blocked')
    await w.clock.advance(seconds(5))
    expect(await w.swipe('BAD2')).toBe('blocked')
    await w.clock.advance(seconds(5))
    expect(conflicts(w)).toEqual(['Available NoError', 'Available LocalListConflict'])
    await send(w, 2, 'Differential', ['BAD1', 'Blocked'], ['BAD2'])
    expect(conflicts(w)).toEqual(['Available NoError', 'Available LocalListConflict', 'Available NoError'])
    expect(await w.swipe('BAD1')).toBe('blocked')
    await w.clock.advance(seconds(5))
    expect(conflicts(w)).toHaveLength(3)
  })
  test('in the answer to StartTransaction: the transaction ends, and the conflict is told', async () => {
    const w = await contradicted({ LocalPreAuthorize: 'true' })
    expect(await w.swipe('BAD1')).toBe('started')
    await w.clock.advance(seconds(20))
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'DeAuthorized' })
    expect(conflicts(w)).toEqual(['Available NoError', 'Available LocalListConflict'])
  })
  test('hears of it again after a restart', async () => {
    const first = await contradicted()
    await first.swipe('BAD1')
    await first.clock.advance(seconds(5))
    const w = await killed(first)
    expect(conflicts(w)).toEqual(['Available LocalListConflict'])
  })
  test('hears no more of it while there is no list', async () => {
    const w = await contradicted()
    await w.swipe('BAD1')
    await w.clock.advance(seconds(5))
    await ask(w, w.csms.change('CP-1', 'LocalAuthListEnabled', 'false'))
    await ask(w, w.csms.trigger('CP-1', 'StatusNotification', 0))
    expect(conflicts(w)).toEqual(['Available NoError', 'Available LocalListConflict', 'Available NoError'])
  })
  test('and one that agrees is told nothing', async () => {
    const w = await contradicted()
    expect(await w.swipe('GOOD')).toBe('started')
    await w.clock.advance(seconds(5))
    expect(conflicts(w)).toEqual(['Available NoError'])
  })
})
