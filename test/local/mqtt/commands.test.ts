import { describe, expect, test } from 'vitest'
import { millis, minutes, seconds } from '../../../src/base/units.ts'
import { type SiteParts, site } from '../../../src/core/site/site.ts'
import { usualSite, usualSolar } from '../../stories/site-world.ts'
import { withEvses } from '../../stories/world.ts'
import { charging, mqttWorld } from './mqtt-world.ts'

describe('commands', () => {
  test('a limit is set, told, bounded, and lifted when its time is over', async () => {
    const w = await mqttWorld()
    expect(await w.set('current_limit', '16')).toMatchObject([{ cmd: 'current_limit', connector: 1, ok: true, reply: '16 A', error: null }])
    expect([w.core.local.limitOf(1), w.held('current_limit')]).toEqual([16, '16'])
    await w.clock.advance(seconds(2))
    expect(await w.set('current_limit', '{"amps":10,"ttl_s":300}')).toMatchObject([{ ok: true, reply: '10 A for 300 s' }])
    await w.clock.advance(seconds(299))
    expect(w.core.local.limitOf(1)).toBe(10)
    await w.clock.advance(seconds(3))
    expect([w.core.local.limitOf(1), w.held('current_limit')]).toEqual([undefined, '32'])
    expect(await w.set('current_limit', '0')).toMatchObject([{ ok: true, reply: '0 A' }])
    expect(await w.set('current_limit', '{"amps":null}')).toMatchObject([{ ok: true, reply: 'no limit' }])
    await w.set('current_limit', '8')
    expect(await w.set('current_limit', 'None')).toMatchObject([{ ok: true, reply: 'no limit' }])
    expect(w.core.local.limitOf(1)).toBeUndefined()
  })

  test('a plain number stays, or has the end that the station file gives it', async () => {
    const stays = await mqttWorld()
    await stays.set('current_limit', '16')
    await stays.clock.advance(minutes(60))
    expect(stays.core.local.limitOf(1)).toBe(16)
    const ends = await mqttWorld({ limitTtlS: 60 })
    expect(await ends.set('current_limit', '16')).toMatchObject([{ reply: '16 A for 60 s' }])
    await ends.clock.advance(seconds(61))
    expect(ends.core.local.limitOf(1)).toBeUndefined()
  })

  test('charging pauses and goes on by enabled', async () => {
    const w = await charging()
    expect(await w.set('enabled', 'false')).toMatchObject([{ ok: true, reply: 'disabled: charging pauses' }])
    await w.clock.advance(seconds(10))
    expect([w.held('status'), w.held('enabled'), w.plant.isClosed]).toEqual(['SuspendedEVSE', 'false', false])
    expect(await w.set('enabled', 'ON')).toMatchObject([{ ok: true }])
    await w.until(() => w.status() === 'charging')
  })

  test.each([...['true', 'ON', '1', ' True '].map((word) => [word, true] as const), ...['false', 'off', '0', 'FALSE'].map((word) => [word, false] as const)])(
    '%j is understood as %s',
    async (word, isEnabled) => {
      const w = await mqttWorld()
      w.core.local.enable(1, !isEnabled)
      expect(await w.set('enabled', word)).toMatchObject([{ ok: true }])
      expect(w.core.local.isEnabled(1)).toBe(isEnabled)
    },
  )

  test.each(['PRESS', 'press', 'true', '1'])('a button is pressed by %j', async (word) => {
    const w = await mqttWorld()
    w.core.raise(1, 'other')
    expect(await w.set('reset_fault', word)).toMatchObject([{ ok: true, error: null }])
  })

  test('a fault of our own is an error, and no crash', async () => {
    const w = await mqttWorld()
    const fault = () => {
      throw new Error('a fault')
    }
    Object.assign(w.core.local, { limit: fault })
    expect(await w.set('current_limit', '16')).toMatchObject([{ ok: false, reply: null, error: 'a fault' }])
  })

  test('a session starts with a card that the central system accepts, and only so', async () => {
    const w = await mqttWorld({}, { csms: { cards: ['GOOD', '12345678'] } })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await w.set('start', 'BAD')).toMatchObject([{ ok: false, error: expect.stringContaining('does not know this card') }])
    expect(w.core.view(1).transaction).toBeUndefined()
    expect(await w.set('start', '{"tag":"GOOD"}')).toMatchObject([{ cmd: 'start', ok: true }])
    await w.until(() => w.status() === 'charging')
    expect(await w.set('start', '12345678')).toMatchObject([{ ok: false, error: expect.stringContaining('transaction already') }])
    expect(await w.set('stop', 'PRESS')).toMatchObject([{ ok: true, reply: 'stopped' }])
    await w.clock.advance(seconds(10))
    expect(w.core.view(1).transaction).toBeUndefined()
  })

  test('unlock and reset_fault go through the table of commands', async () => {
    const w = await mqttWorld()
    expect(await w.set('reset_fault', 'PRESS')).toMatchObject([{ ok: false, error: 'connector 1 has no fault' }])
    w.core.raise(1, 'other')
    expect(await w.set('reset_fault', 'PRESS')).toMatchObject([{ ok: true }])
    expect(w.core.view(1).raised).toBeUndefined()
    w.broker.send(w.topic('connector/1/set/unlock'), 'PRESS')
    await w.clock.advance(seconds(10))
    expect(JSON.parse(w.broker.of(w.topic('result')).at(-1) ?? '')).toMatchObject({ cmd: 'unlock', ok: true, reply: 'unlocked' })
  })

  test('a retained command is not obeyed: it is said in the result and in the log', async () => {
    const w = await mqttWorld()
    for (const topic of ['evse/CP-1/connector/+/set/+', 'evse/CP-1/set/+']) expect(w.broker.filters).toContainEqual({ topic, asPublished: true })
    expect(await w.set('current_limit', '8', { isRetained: true })).toMatchObject([{ ok: false, error: expect.stringContaining('retained') }])
    expect(await w.set('enabled', 'false', { isRetained: true })).toHaveLength(1)
    expect(await w.set('enabled', '', { isRetained: true })).toEqual([])
    expect([w.core.local.limitOf(1), w.core.local.isEnabled(1)]).toEqual([undefined, true])
    expect(w.logged.filter(([, event]) => event.includes('retained'))).toHaveLength(2)
  })

  const hostile: readonly (readonly [name: string, payload: string | Uint8Array])[] = [
    ...[
      '',
      ' ',
      'NaN',
      'Infinity',
      '1e9',
      '-1',
      '33',
      '0x10',
      '16;exit',
      '[]',
      '{',
      '{}',
      '{"amps":"16"}',
      '{"amps":16,"ttl_s":0}',
      '{"amps":16,"ttl_s":1e12}',
    ].map((each) => ['current_limit', each] as const),
    ...['{"amps":16,"x":1}', '{"__proto__":{"amps":16}}', '{"amps":{}}', '{"amps":16,"ttl_s":"5"}', 'x'.repeat(5_000)].map(
      (each) => ['current_limit', each] as const,
    ),
    ...['', 'maybe', '{"enabled":true}', '2', 'null'].map((each) => ['enabled', each] as const),
    ...['', 'x"y', '"', 'TAG"; exit "', 'a\nexit', 'x'.repeat(21), '{"tag":5}', '{"tag":""}', '{"tag":"  "}', '\u0000'].map((each) => ['start', each] as const),
    ...['unlock', 'reset_fault', 'stop'].flatMap((name) => ['', 'false', '0', '{}', 'yes please'].map((each) => [name, each] as const)),
    ['current_limit', new Uint8Array([0xff, 0xfe, 0x31])],
    ['constructor', 'PRESS'],
    ['__proto__', 'PRESS'],
    ['phases', '1'],
  ]
  test.each(hostile)('%s %j has a clear result and no other effect', async (name, payload) => {
    const w = await mqttWorld()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    const results = await w.set(name, payload)
    expect(results).toHaveLength(1)
    if (typeof payload !== 'string' || payload.length > 1_024) expect(results[0]).toMatchObject({ error: expect.stringContaining('no text of at most') })
    // It does not even get into the line of a command.
    if (name === 'start') expect(results[0]).toMatchObject({ error: expect.stringContaining('is no card') })
    expect(results[0]).toMatchObject({ cmd: name, ok: false, error: expect.stringMatching(/^.{10,300}$/) })
    expect([w.core.local.limitOf(1), w.core.local.isEnabled(1), w.core.view(1).transaction, w.core.view(1).waitingToken]).toEqual([
      undefined,
      true,
      undefined,
      undefined,
    ])
  })

  test('a connector that is not there is named', async () => {
    const w = await mqttWorld({}, { board: withEvses(2) })
    for (const evse of ['0', '3', '01', 'x', 'x'.repeat(60_000)])
      expect(await w.set('enabled', 'false', { evse })).toMatchObject([{ ok: false, connector: null, error: expect.stringContaining('known: 1, 2') }])
    expect(await w.set('enabled', 'false', { evse: '2' })).toMatchObject([{ ok: true, connector: 2 }])
    expect([w.core.local.isEnabled(1), w.core.local.isEnabled(2)]).toEqual([true, false])
  })

  test('a flood is not obeyed, and said once', async () => {
    const w = await mqttWorld()
    for (let count = 0; count < 1_000; count++) w.broker.send(w.topic('connector/1/set/current_limit'), '16')
    await w.clock.advance(millis(100))
    expect(w.broker.of(w.topic('result'))).toHaveLength(50)
    expect(w.logged.filter(([, event]) => event.includes('too many'))).toHaveLength(1)
    await w.clock.advance(seconds(9))
    expect(await w.set('current_limit', '8')).toEqual([])
    await w.clock.advance(seconds(2))
    expect(await w.set('current_limit', '8')).toMatchObject([{ ok: true }])
  })

  test('a flood of retained ones fills neither the log nor the broker', async () => {
    const w = await mqttWorld()
    const topic = w.topic(`connector/1/set/${'x'.repeat(60_000)}`)
    for (let count = 0; count < 1_000; count++) w.broker.send(topic, '1', true)
    await w.clock.advance(millis(100))
    expect(JSON.stringify(w.logged).length).toBeLessThan(20_000)
    expect(w.broker.of(w.topic('result')).join('').length).toBeLessThan(20_000)
  })

  test('of many that wait for their outcome the ninth is told so', async () => {
    const w = await mqttWorld()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    for (let count = 0; count < 9; count++) w.broker.send(w.topic('connector/1/set/start'), `TAG${count}`)
    expect(w.broker.of(w.topic('result'))).toEqual([expect.stringContaining('other commands are under way')])
    await w.clock.advance(minutes(2))
    expect(w.broker.of(w.topic('result'))).toHaveLength(9)
    w.broker.send(w.topic('connector/1/set/start'), 'TAG1')
    await w.clock.advance(minutes(2))
    expect(w.broker.of(w.topic('result')).at(-1)).not.toContain('under way')
  })
})

describe('the mode of the load management', () => {
  const sunny = (solar: boolean) => ({
    board: { ...withEvses(1), grid: { loadA: [1, 1, 1] as const } },
    parts: { site: (parts: SiteParts) => site({ ...usualSite, fuseA: 25, ...(solar ? { solar: usualSolar } : {}) }, parts) },
  })

  test('is told, set, and refused where it is none', async () => {
    const w = await mqttWorld({}, sunny(true))
    const mode = () => w.broker.retained.get(w.topic('mode'))
    expect(mode()).toBe('solar')
    expect(await w.set('mode', 'min+solar', { evse: '' })).toMatchObject([{ connector: null, cmd: 'mode', ok: true, reply: 'min+solar' }])
    await w.clock.advance(seconds(2))
    expect([w.core.site?.mode, mode()]).toEqual(['min+solar', 'min+solar'])
    expect(await w.set('mode', ' min+solar ', { evse: '' })).toMatchObject([{ ok: true }])
    for (const payload of ['', 'pv', 'fast; exit', 'FAST'])
      expect(await w.set('mode', payload, { evse: '' })).toMatchObject([{ ok: false, error: expect.stringContaining('expected fast, min+solar, solar') }])
    expect(await w.set('mode', 'fast', { evse: '', isRetained: true })).toMatchObject([{ ok: false, error: expect.stringContaining('retained') }])
    expect(await w.set('moed', 'fast', { evse: '' })).toMatchObject([{ ok: false, error: 'unknown command "moed": did you mean mode?' }])
    expect(await w.set('mode', 'fast')).toMatchObject([{ ok: false, error: expect.stringContaining('unknown command') }])
    expect(w.core.site?.mode).toBe('min+solar')
  })

  test.each([
    ['no load management', undefined],
    ['nothing that follows the sun', sunny(false)],
  ])('is neither told nor set where there is %s', async (_, options) => {
    const w = await mqttWorld({}, options)
    expect(w.broker.retained.has(w.topic('mode'))).toBe(false)
    expect(await w.set('mode', 'fast', { evse: '' })).toMatchObject([{ ok: false, error: expect.stringContaining('nothing follows the sun') }])
    expect(w.broker.retained.get('homeassistant/device/CP-1/config')).not.toContain('"select"')
  })

  test('is a choice at Home Assistant', async () => {
    const w = await mqttWorld({}, sunny(true))
    const message = JSON.parse(w.broker.retained.get('homeassistant/device/CP-1/config') ?? '{}') as { readonly cmps: Readonly<Record<string, unknown>> }
    expect(message.cmps['pilotwire_CP-1_mode']).toEqual({
      p: 'select',
      name: 'Charging mode',
      unique_id: 'pilotwire_CP-1_mode',
      default_entity_id: 'select.cp_1_mode',
      state_topic: 'evse/CP-1/mode',
      command_topic: 'evse/CP-1/set/mode',
      options: ['fast', 'min+solar', 'solar'],
    })
  })
})
