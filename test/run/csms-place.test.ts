import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import { connectionDesk } from '../../src/run/connection-desk.ts'
import { csmsPlace } from '../../src/run/csms-place.ts'
import { openStore } from '../../src/store/open.ts'
import { world } from '../stories/world.ts'

const configured = { url: 'ws://one', identity: 'CP-1' }
const placeOver = (store = openStore({ directory: undefined, log: silentLog }), said = configured) => csmsPlace({ store, log: silentLog, configured: said })

describe('what somebody changed at the charger', () => {
  test('holds over a restart, as long as the configuration says the same', () => {
    const store = openStore({ directory: undefined, log: silentLog })
    const place = placeOver(store)
    expect(place).toMatchObject({ ...configured, isChanged: false })
    place.move({ url: 'ws://two', identity: 'CP-2' })
    expect(placeOver(store)).toMatchObject({ url: 'ws://two', identity: 'CP-2', isChanged: true })
    // Only the URL is new in the station file: the identity was not decided anew.
    expect(placeOver(store, { url: 'ws://three', identity: 'CP-1' })).toMatchObject({ url: 'ws://three', identity: 'CP-2', isChanged: true })
    expect(placeOver(store, { url: 'ws://three', identity: 'CP-3' })).toMatchObject({ url: 'ws://three', identity: 'CP-3', isChanged: false })
  })

  test('is forgotten when it is changed back', () => {
    const store = openStore({ directory: undefined, log: silentLog })
    placeOver(store).move({ url: 'ws://two', identity: 'CP-2' })
    placeOver(store).move(configured)
    expect(store.documents('csms-place').entries()).toEqual([])
  })
})

async function desk(offline = false) {
  const at = await world({ offline })
  const { place, link, door, credentials } = at.station
  return { ...at, desk: connectionDesk(place, link, door.registration, credentials) }
}

describe('the connection desk', () => {
  test('a new central system hears BootNotification first, under the new identity', async () => {
    const at = await desk()
    expect(at.sent('BootNotification')).toHaveLength(1)
    at.desk.set({ url: 'ws://other/path/', identity: 'NEW' })
    expect(at.desk).toMatchObject({ url: 'ws://other/path', identity: 'NEW', isChanged: true, isAccepted: false, version: '1.6' })
    await at.clock.advance(seconds(5))
    expect(at.sent('BootNotification')).toHaveLength(2)
    expect(at.desk.isAccepted).toBe(true)
    const last = at.sent('BootNotification').at(-1)
    expect(last?.station).toBe('NEW')
  })

  test('the same again connects anew and boots no second time', async () => {
    const at = await desk()
    at.desk.set({})
    expect(at.link.state).toBe('connecting')
    await at.clock.advance(seconds(5))
    expect(at.link.state).toBe('connected')
    expect(at.sent('BootNotification')).toHaveLength(1)
  })

  test('it connects where somebody had disconnected', async () => {
    const at = await desk(true)
    at.desk.set({ identity: 'NEW' })
    await at.clock.advance(seconds(5))
    expect(at.link.state).toBe('connected')
  })

  test.each([
    [{ url: 'http://host' }, 'url'],
    [{ url: 'ws://user:secret@host' }, 'url'],
    [{ url: 'ws://host/?a=b' }, 'url'],
    [{ url: 'nonsense' }, 'url'],
    [{ identity: '' }, 'identity'],
    [{ identity: 'a\nb' }, 'identity'],
    [{ version: '2.0.1' }, 'version'],
  ])('%o is refused, naming %s, and nothing changes', async (wanted, field) => {
    const at = await desk()
    const refusal = () => at.desk.set(wanted)
    expect(refusal).toThrow(ConfigError)
    expect(refusal).toThrow(expect.objectContaining({ field }))
    expect(refusal).not.toThrow(/secret/)
    expect(at.desk).toMatchObject({ url: 'ws://memory', identity: 'CP-1', isChanged: false })
    expect(at.link.state).toBe('connected')
  })
})
