import { describe, expect, test, vi } from 'vitest'
import type { Log } from '../../src/base/log.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { type Dial, DialError } from '../../src/ocpp/socket.ts'
import { GetConfiguration } from '../../src/ocpp16/messages/core.ts'
import { connectionDesk } from '../../src/run/connection-desk.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { answered, ask } from './asking.ts'
import { restarted, stopped } from './restarts.ts'
import { type World, type WorldOptions, world } from './world.ts'

const first = '00112233445566778899aabbccddeeff'
const second = 'ffeeddccbbaa99887766554433221100'
const bytes = (hex: string) => Buffer.from(hex, 'hex')

/** A world whose central system looks at the password of each dial. `accepts` undefined: it is away. */
async function guarded(options: WorldOptions = {}) {
  const shown: (string | undefined)[] = []
  const gate: { accepts: ((password: string | undefined) => boolean) | undefined } = { accepts: () => true }
  let dial: Dial | undefined
  const parts = {
    ...options.parts,
    dial: (async (address, abort) => {
      const password = address.password === undefined ? undefined : Buffer.from(address.password).toString('hex')
      shown.push(password)
      if (gate.accepts === undefined) throw new DialError('refused', 'nobody there')
      if (!gate.accepts(password)) throw new DialError('unauthorized', 'no')
      if (dial === undefined) throw new Error('no network yet')
      return dial(address, abort)
    }) satisfies Dial,
  }
  const w = await world({ ...options, parts, offline: true })
  dial = w.network.dial
  w.link.connect()
  await w.clock.advance(seconds(1))
  return { ...w, shown, gate, options: { ...options, parts } }
}

const change = (w: World, key: string, value: string) => ask(w, w.csms.change('CP-1', key, value))
const profileOf = async (w: World) => {
  const outcome = await ask(w, w.csms.call('CP-1', GetConfiguration, { key: ['SecurityProfile'] }))
  return outcome.kind === 'result' ? outcome.payload.configurationKey?.[0] : outcome
}
const events = (w: Pick<World, 'store'>) =>
  w.store
    .ledger<Fact>()
    .after(0, 10_000)
    .flatMap(({ fact }) => (fact.kind === 'securityEvent' && !/^(startup|reset)/.test(fact.event) ? [`${fact.event}: ${fact.info}`] : []))
const changedKey = 'reconfigurationOfSecurityParameters: AuthorizationKey was changed'
describe('AuthorizationKey', () => {
  test('that works is the only one from then on, and the change is noted', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    expect(await change(w, 'AuthorizationKey', second)).toEqual(answered('Accepted'))
    await w.clock.advance(minutes(1))
    expect(w.shown).toEqual([first, second])
    expect(w.store.documents('credentials').entries()).toEqual([])
    expect(events(w)).toEqual([changedKey, changedKey])
  })

  test('that is refused does not lock the station out: the one before is shown again, and kept', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    w.gate.accepts = (password) => password === first
    await change(w, 'AuthorizationKey', second)
    await w.clock.advance(minutes(5))
    expect(w.shown).toEqual([first, second, second, second, first])
    expect(w.link.state).toBe('connected')
    expect(w.core.settings.get('authorizationKey')).toBe(first)
    expect(events(w).slice(1)).toEqual([
      changedKey,
      'failedToAuthenticateAtCentralSystem: the identity or the password was refused',
      'reconfigurationOfSecurityParameters: the new AuthorizationKey did not work: the one before counts again',
    ])
  })

  test('that the central system takes later, after it had refused both, is found', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    w.gate.accepts = () => false
    await change(w, 'AuthorizationKey', second)
    await w.clock.advance(minutes(30))
    w.gate.accepts = (password) => password === second
    await w.clock.advance(minutes(30))
    expect(w.link.state).toBe('connected')
    expect(w.core.settings.get('authorizationKey')).toBe(second)
  })

  test('that was set just before a power cut is tried, and the one before after it', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    w.gate.accepts = undefined
    await change(w, 'AuthorizationKey', second)
    w.station.drop()
    w.gate.accepts = (password) => password === first
    const next = await restarted(w, w.options)
    await next.clock.advance(minutes(5))
    expect(w.shown.slice(2)).toEqual(expect.arrayContaining([second, first]))
    expect(w.shown.at(2)).toBe(second)
    expect(w.shown.at(-1)).toBe(first)
  })

  test('keeps the queue: what was charged in between is told on the new connection', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    w.gate.accepts = undefined
    await change(w, 'AuthorizationKey', second)
    await w.clock.advance(minutes(3))
    await w.swipe()
    await w.clock.advance(seconds(20))
    w.gate.accepts = (password) => password === second
    await w.clock.advance(minutes(5))
    expect(w.sent('StopTransaction')).toHaveLength(1)
    expect(w.sent('BootNotification')).toHaveLength(1)
  })

  test.each([
    ['hex', first, bytes(first)],
    ['text', first, Buffer.from(first)],
    ['auto', first, bytes(first)],
    ['auto', 'not hexadecimal', Buffer.from('not hexadecimal')],
  ] as const)('with authKeyEncoding %s: %s', async (authKeyEncoding, key, password) => {
    const w = await guarded({ parts: { authKeyEncoding } })
    expect(await change(w, 'AuthorizationKey', key)).toEqual(answered('Accepted'))
    expect(w.shown).toEqual([undefined, password.toString('hex')])
  })

  test.each([
    ['hex', 'not hexadecimal'],
    ['hex', '00112233'],
    ['text', ''],
  ] as const)('with authKeyEncoding %s "%s" is refused', async (authKeyEncoding, key) => {
    const w = await guarded({ parts: { authKeyEncoding } })
    expect(await change(w, 'AuthorizationKey', key)).toEqual(answered('Rejected'))
    expect([w.shown, events(w)]).toEqual([[undefined], []])
  })

  test('the password of the station file counts until a key is set', async () => {
    const w = await guarded({ parts: { password: Buffer.from('from the file') } })
    await change(w, 'AuthorizationKey', first)
    expect(w.shown).toEqual([Buffer.from('from the file').toString('hex'), first])
  })

  test('is in no log, no event and no list of keys, refused or not', async () => {
    const lines: string[] = []
    const note = (...parts: unknown[]) => void lines.push(JSON.stringify(parts))
    const log: Log = { debug: note, info: note, warn: note, error: note, with: () => log }
    const w = await guarded({ settings: { AuthorizationKey: first }, parts: { log } })
    w.station.door.peer.frames.on((frame) => lines.push(JSON.stringify(frame)))
    w.gate.accepts = (password) => password === first
    for (const value of [second, `${second}00`, `${second}${second}${second}`]) await change(w, 'AuthorizationKey', value)
    await w.clock.advance(minutes(5))
    await ask(w, w.csms.call('CP-1', GetConfiguration, {}))
    lines.push(...events(w))
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((line) => line.includes(second) || line.includes(first))).toEqual([])
  })
})

describe('SecurityProfile', () => {
  const readable = (value: string) => ({ key: 'SecurityProfile', readonly: false, value })

  test('1 with a key: accepted, reconnected, noted; then nothing lower or equal, and nothing that wants certificates', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    expect(await profileOf(w)).toEqual(readable('0'))
    expect(await change(w, 'SecurityProfile', '1')).toEqual(answered('Accepted'))
    await w.clock.advance(minutes(1))
    expect(w.shown).toEqual([first, first])
    expect(await profileOf(w)).toEqual(readable('1'))
    for (const value of ['0', '1', '2', '3', '4', '-1', 'one', ''])
      expect([value, await change(w, 'SecurityProfile', value)]).toEqual([value, answered('Rejected')])
    expect(w.shown).toHaveLength(2)
    expect(events(w)).toEqual([changedKey, 'reconfigurationOfSecurityParameters: SecurityProfile was changed from 0 to 1'])
  })

  test.each([
    ['without a password', {}],
    ['with a short key', { settings: { AuthorizationKey: 'short' } }],
    ['with a short password in the station file', { parts: { password: Buffer.from('short') } }],
    ['over a connection with TLS', { settings: { AuthorizationKey: first }, parts: { csmsUrl: 'wss://memory' } }],
  ] as const)('1 %s: refused, nothing changed', async (_what, options: WorldOptions) => {
    const w = await guarded(options)
    expect(await change(w, 'SecurityProfile', '1')).toEqual(answered('Rejected'))
    expect(w.shown).toHaveLength(1)
    expect(await profileOf(w)).toEqual(readable('0'))
  })

  test('1 with a long password in the station file is accepted', async () => {
    const w = await guarded({ parts: { password: Buffer.from('0123456789abcdef') } })
    expect(await change(w, 'SecurityProfile', '1')).toEqual(answered('Accepted'))
  })

  test('under it a key of less than 16 bytes is refused', async () => {
    const w = await guarded({ settings: { SecurityProfile: '1', AuthorizationKey: first } })
    expect(await profileOf(w)).toEqual(readable('1'))
    expect(await change(w, 'AuthorizationKey', 'fifteen letters')).toEqual(answered('Rejected'))
    expect(await change(w, 'AuthorizationKey', 'sixteen letters.')).toEqual(answered('Accepted'))
  })

  test.each([
    ['refuses', () => false],
    ['is not there', undefined],
  ] as const)('falls back when the central system %s, and the fall-back lasts', async (_what, accepts) => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    const dialled = w.shown.length
    w.gate.accepts = accepts
    expect(await change(w, 'SecurityProfile', '1')).toEqual(answered('Accepted'))
    await w.until(() => w.shown.length >= dialled + 5, minutes(10))
    w.gate.accepts = () => true
    await w.until(() => w.link.state === 'connected', minutes(10))
    await w.clock.advance(minutes(1))
    expect(await profileOf(w)).toEqual(readable('0'))
    expect(events(w).at(-1)).toBe('reconfigurationOfSecurityParameters: SecurityProfile 1 did not work: 0 counts again')
    expect(await change(w, 'SecurityProfile', '1')).toEqual(answered('Accepted'))
  })

  test('outlives Reset(Hard) before the first connection with it', async () => {
    const w = await guarded({ settings: { AuthorizationKey: first } })
    const raising = w.csms.change('CP-1', 'SecurityProfile', '1')
    const resetting = w.csms.reset('CP-1', 'Hard')
    await w.clock.settle()
    expect(await raising).toEqual(answered('Accepted'))
    expect(await resetting).toEqual(answered('Accepted'))
    w.gate.accepts = undefined
    const next = await stopped(w, 'hardReset', w.options)
    expect(next.core.settings.get('securityProfile')).toBe(1)
    expect(next.store.documents('credentials').get('before')).toEqual({ key: first, profile: 0 })
    w.gate.accepts = () => true
    await next.until(() => next.link.state === 'connected')
    await next.clock.advance(seconds(1))
    expect(next.core.settings.get('securityProfile')).toBe(1)
    expect(next.store.documents('credentials').entries()).toEqual([])
  })

  test.each(['2', '3'])('%s from the factory is refused with words, not silently lowered', async (value) => {
    await expect(world({ settings: { AuthorizationKey: first, SecurityProfile: value } })).rejects.toThrow(/SecurityProfile.*certificates/s)
  })

  test('1 from the factory wants a password, wherever it stands among the settings', async () => {
    await expect(world({ settings: { SecurityProfile: '1' } })).rejects.toThrow(/SecurityProfile/)
    const w = await world({ settings: { SecurityProfile: '1', AuthorizationKey: first } })
    expect(await profileOf(w)).toEqual(readable('1'))
  })
})

/** Two central systems at other hosts; what each is shown at each dial. */
async function atTwoHosts(options: WorldOptions = {}) {
  const dialled: { readonly host: string; readonly user: string; readonly password: string | undefined }[] = []
  const refusing: { host: string | undefined } = { host: undefined }
  let inner: Dial | undefined
  const dial: Dial = async (address, abort) => {
    const password = address.password === undefined ? undefined : Buffer.from(address.password).toString('hex')
    dialled.push({ host: new URL(address.url).host, user: address.identity, password })
    if (inner === undefined) throw new DialError('refused', 'no network yet')
    if (refusing.host === new URL(address.url).host) throw new DialError('unauthorized', 'no')
    return inner(address, abort)
  }
  const parts = { ...options.parts, dial }
  const open = (w: World) => {
    inner = w.network.dial
    const { place, link, door, credentials } = w.station
    const desk = connectionDesk(place, link, door.registration, credentials)
    const set = async (wanted: Parameters<typeof desk.set>[0]) => {
      desk.set(wanted)
      await w.clock.advance(seconds(5))
    }
    return { ...w, dialled, refusing, desk, set, last: () => dialled.at(-1), options: { ...options, parts } }
  }
  const w = await world({ ...options, parts, offline: true })
  const at = open(w)
  w.link.connect()
  await w.clock.advance(seconds(5))
  return { ...at, again: async (more: WorldOptions = {}) => open(await stopped(w, 'reboot', { ...options, ...more, parts: { ...parts, ...more.parts } })) }
}

describe('a password stays with the host that it was given for', () => {
  test('another one is shown none, over a restart too, and the first one gets it again', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    expect(w.last()).toEqual({ host: 'memory', user: 'CP-1', password: first })
    expect(w.desk).toMatchObject({ hasPassword: true, isPasswordWithheld: false })
    await w.set({ url: 'ws://evil.example/ocpp' })
    expect(w.last()).toEqual({ host: 'evil.example', user: 'CP-1', password: undefined })
    expect(w.desk).toMatchObject({ hasPassword: false, isPasswordWithheld: true })
    const later = await w.again()
    expect(later.last()).toEqual({ host: 'evil.example', user: 'CP-1', password: undefined })
    await later.set({ url: 'ws://memory' })
    expect(later.last()).toEqual({ host: 'memory', user: 'CP-1', password: first })
    expect(later.desk).toMatchObject({ hasPassword: true, isPasswordWithheld: false })
  })

  test.each(['ws://memory:81', 'wss://memory', 'ws://memory.evil.example'])('%s is another host', async (url) => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.set({ url })
    expect(w.last()?.password).toBeUndefined()
  })

  test.each([{ url: 'ws://memory/other/path' }, { url: 'ws://MEMORY:80' }, { identity: 'NEW' }])('%o is the same one', async (wanted) => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.set(wanted)
    expect(w.last()?.password).toBe(first)
  })

  test('that of the station file too', async () => {
    const w = await atTwoHosts({ parts: { password: bytes(second) } })
    await w.set({ url: 'ws://other' })
    expect(w.last()?.password).toBeUndefined()
    expect(w.desk.isPasswordWithheld).toBe(true)
    await w.set({ url: 'ws://memory' })
    expect(w.last()?.password).toBe(second)
  })

  test('one that comes along is for the new host alone, over a restart too', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.set({ url: 'ws://other', password: second })
    expect(w.last()).toMatchObject({ host: 'other', password: second })
    expect(w.desk).toMatchObject({ hasPassword: true, isPasswordWithheld: false })
    const later = await w.again()
    expect(later.last()).toMatchObject({ host: 'other', password: second })
    await later.set({ url: 'ws://third' })
    expect(later.last()).toMatchObject({ host: 'third', password: undefined })
    await later.set({ url: 'ws://other' })
    expect(later.last()).toMatchObject({ host: 'other', password: undefined })
    await later.set({ url: 'ws://memory' })
    expect(later.last()).toMatchObject({ host: 'memory', password: first })
  })

  test('one that the new host itself sets is its own', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.set({ url: 'ws://other' })
    expect(await change(w, 'AuthorizationKey', second)).toEqual(answered('Accepted'))
    await w.clock.advance(minutes(1))
    expect(w.last()).toMatchObject({ host: 'other', password: second })
    await w.set({ url: 'ws://memory' })
    expect(w.last()).toMatchObject({ host: 'memory', password: first })
  })

  test('one on trial is left behind with the one before it', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.clock.advance(minutes(1))
    w.refusing.host = 'memory'
    await w.set({ password: second })
    expect(w.store.documents('credentials').entries()).toHaveLength(1)
    w.refusing.host = 'other'
    await w.set({ url: 'ws://other' })
    await w.clock.advance(minutes(30))
    const others = w.dialled.filter(({ host }) => host === 'other')
    expect(others.length).toBeGreaterThan(5)
    expect(new Set(others.map(({ password }) => password))).toEqual(new Set([undefined]))
    expect(w.store.documents('credentials').entries()).toEqual([])
  })

  test('for the same host it changes as a central system changes it, and in one go with the identity', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.clock.advance(minutes(1))
    await w.set({ identity: 'NEW', password: second })
    expect(w.dialled.slice(1)).toEqual([{ host: 'memory', user: 'NEW', password: second }])
    expect(w.core.settings.get('authorizationKey')).toBe(second)
  })

  test('what the station file says anew counts, and no key of another host is shown there', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.set({ url: 'ws://other', password: second })
    const later = await w.again({ parts: { csmsUrl: 'ws://new.example' } })
    expect(later.last()).toMatchObject({ host: 'new.example', password: first })
    expect(later.store.documents('csms-place').get('key')).toBeUndefined()
  })

  test('the station file may take over the host that was chosen at the page: its password stays', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    await w.set({ url: 'ws://other', password: second })
    const later = await w.again({ parts: { csmsUrl: 'ws://other' } })
    expect(later.last()).toMatchObject({ host: 'other', password: second })
    expect(later.desk).toMatchObject({ isChanged: false, hasPassword: true, isPasswordWithheld: false })
  })

  test.each([
    ['x'.repeat(65), 0],
    ['a\nb', 0],
    ['too short', 1],
  ])('what cannot be one (%j, security profile %i) is refused, never with a part of it, and nothing changes', async (password, SecurityProfile) => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first, SecurityProfile: String(SecurityProfile) } })
    const refusal = () => w.desk.set({ url: 'ws://other', password })
    expect(refusal).toThrow(expect.objectContaining({ name: 'ConfigError', field: 'password' }))
    expect(refusal).not.toThrow(password)
    expect(w.desk.url).toBe('ws://memory')
    expect(w.dialled).toHaveLength(1)
  })

  test('a disk that takes nothing: another host is shown nothing all the same', async () => {
    const w = await atTwoHosts({ settings: { AuthorizationKey: first } })
    vi.spyOn(w.store, 'atomically').mockImplementation(() => {
      throw new StoreError('full', 'x')
    })
    await w.set({ url: 'ws://other' })
    expect(w.last()).toMatchObject({ host: 'other', password: undefined })
  })
})
