import { describe, expect, test } from 'vitest'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { millis, minutes, seconds } from '../../../src/base/units.ts'
import { commandIn, topicsOf } from '../../../src/local/mqtt/topics.ts'
import { watchedClock } from '../../base/mqtt/watched-clock.ts'
import { charging, mqttWorld } from './mqtt-world.ts'

describe('what is told', () => {
  test('an idle charger is there with everything that it says, and online is said last', async () => {
    const { broker, held, topic, published } = await mqttWorld().then((w) => ({ ...w, published: w.broker.published }))
    expect(published.at(-1)).toEqual({ topic: topic('availability'), payload: 'online', isRetained: true, isSure: true })
    expect(['status', 'plugged', 'charging', 'enabled', 'cp_state', 'contactor', 'error', 'problem', 'session_id', 'id_tag'].map((key) => held(key))).toEqual([
      'Available',
      'false',
      'false',
      'true',
      'A',
      'open',
      'none',
      'false',
      'none',
      'none',
    ])
    expect([held('current_limit'), held('max_current'), held('phases'), held('energy_total'), held('battery')]).toEqual(['32', '32', '3', '0', 'null'])
    expect(broker.retained.get(topic('ocpp/connected'))).toBe('true')
    expect(JSON.parse(broker.retained.get(topic('info')) ?? '')).toMatchObject({ id: 'CP-1', fw: expect.any(String), ocpp: { version: '1.6' } })
    expect(JSON.parse(broker.retained.get(topic('state')) ?? '')).toMatchObject({ id: 'CP-1', evses: [{ evse: 1, status: 'available' }] })
  })

  test('a session is followed in plain numbers, and its energy stays until the next one', async () => {
    const w = await charging()
    expect([w.held('status'), w.held('charging'), w.held('id_tag'), w.held('cp_state')]).toEqual(['Charging', 'true', 'TAG1', 'C'])
    for (const key of ['power', 'voltage/l1', 'voltage/l3', 'current/l1', 'session_energy', 'session_duration', 'energy_total'])
      expect(Number(w.held(key)), key).toBeGreaterThan(0)
    expect(Number(w.held('power')) / (w.core.view(1).report.reading?.powerW ?? 0)).toBeCloseTo(1, 1)
    await w.clock.advance(minutes(10))
    await w.swipe('TAG1')
    w.plant.unplug()
    await w.clock.advance(seconds(40))
    expect([w.held('status'), w.held('session_id'), w.held('power')]).toEqual(['Available', 'none', '0'])
    expect(Number(w.held('session_energy'))).toBeGreaterThan(1_000)
    expect(Number(w.held('session_energy'))).toBeCloseTo(Number(w.held('energy_total')) * 1_000, -1)
    expect(Number(w.held('session_duration'))).toBeGreaterThan(600)
  })

  test('a steady charger says little: no topic twice within a second, and everything every 30 s', async () => {
    const w = await charging()
    await w.clock.advance(seconds(60))
    w.broker.published.length = 0
    await w.clock.advance(seconds(30))
    const power = w.broker.of(w.topic('connector/1/power'))
    expect(power.length).toBeGreaterThanOrEqual(1)
    expect(power.length).toBeLessThanOrEqual(2)
    expect(w.broker.of(w.topic('connector/1/status'))).toEqual(['Charging'])
    expect(w.broker.published.length).toBeLessThan(120)
    await w.clock.advance(seconds(30))
    expect(w.broker.of(w.topic('connector/1/status'))).toEqual(['Charging', 'Charging'])
  })

  test('a change is told within 200 ms, the next of the same topic after a second', async () => {
    const w = await mqttWorld()
    await w.clock.advance(seconds(5))
    w.broker.published.length = 0
    for (let count = 0; count < 10; count++) {
      w.core.local.enable(1, count % 2 === 1)
      await w.clock.advance(millis(100))
    }
    expect(w.broker.of(w.topic('connector/1/enabled'))).toEqual(['false'])
    await w.clock.advance(seconds(2))
    expect(w.broker.of(w.topic('connector/1/enabled'))).toEqual(['false', 'true'])
    expect(w.held('enabled')).toBe('true')
  })

  test('cards, sessions and faults are events, which are not retained', async () => {
    const w = await charging()
    w.core.raise(1, 'other')
    await w.clock.advance(seconds(1))
    w.core.raise(1, undefined)
    await w.swipe('TAG1')
    await w.clock.advance(seconds(20))
    expect(w.events().map(({ type }) => type)).toEqual(['session_started', 'fault_raised', 'fault_cleared', 'session_ended'])
    expect(w.events().at(-1)).toMatchObject({ connector: 1, id_tag: 'TAG1', energy_wh: expect.any(Number), at: expect.stringMatching(/Z$/) })
    expect(w.broker.published.filter(({ topic }) => topic === w.topic('event')).every(({ isRetained }) => !isRetained)).toBe(true)
    const simulated = w.station.built.simulation
    simulated?.present('04A2B3C4')
    await w.clock.advance(seconds(1))
    expect(w.events().find(({ type }) => type === 'tag_read')).toMatchObject({ connector: null, id_tag: '04A2B3C4' })
    w.plant.setFault('emergencyStop', true)
    await w.clock.advance(seconds(1))
    expect(w.events().findLast(({ type }) => type === 'fault_raised')).toMatchObject({ fault: 'emergencyStop', words: 'The emergency stop is pressed' })
    expect([w.held('error'), w.held('problem')]).toEqual(['emergencyStop', 'true'])
  })

  test('an id is made fit for topics', () => {
    expect(topicsOf('evse', 'DE*ABC*E1/+#').availability).toBe('evse/DE-ABC-E1---/availability')
    expect(commandIn('evse/x/connector/1/set/enabled')).toEqual({ connector: '1', name: 'enabled' })
    expect(commandIn('evse/connector/set/mode')).toEqual({ connector: undefined, name: 'mode' })
    expect(commandIn('evse/x/connector/1/enabled')).toBeUndefined()
  })
})

describe('a broker that comes and goes', () => {
  test('everything is said anew to a broker that forgot it, within 5 s', async () => {
    const w = await charging()
    for (let round = 0; round < 20; round++) {
      w.broker.restart()
      await w.clock.advance(seconds(5))
      expect([w.broker.retained.get(w.topic('availability')), w.held('status'), w.held('charging')]).toEqual(['online', 'Charging', 'true'])
      expect(w.broker.retained.has('homeassistant/device/CP-1/config')).toBe(true)
    }
    expect(w.logged.filter(([, event]) => event.includes('no connection')).length).toBeLessThan(5)
  })

  test('what changed meanwhile is there, and nothing was kept for the broker', async () => {
    const w = await mqttWorld()
    w.broker.refuse('nothing listens at broker:1883')
    w.broker.lose()
    expect(w.broker.retained.get(w.topic('availability'))).toBe('offline')
    w.core.local.limit(1, 12)
    await w.clock.advance(minutes(60))
    const before = w.broker.published.length
    w.broker.refuse(undefined)
    await w.clock.advance(seconds(5))
    expect(w.held('current_limit')).toBe('12')
    expect(w.broker.of(w.topic('availability'))).toEqual(['online', 'online'])
    expect(w.broker.published.length - before).toBeLessThan(100)
    // Once for the cut, once for the reason that it does not come back.
    expect(w.logged.filter(([, event]) => event.includes('no connection'))).toHaveLength(2)
  })

  test('it is left in good order: offline is said', async () => {
    const { clock, left } = watchedClock(simulatedClock())
    const w = await mqttWorld({}, { clock })
    const ours = () => left().filter((name) => name.startsWith('mqtt'))
    w.core.local.enable(1, true)
    w.broker.send('homeassistant/status', 'online')
    expect(ours().toSorted()).toEqual(['mqtt birth', 'mqtt holds', 'mqtt looks', 'mqtt looks soon', 'mqtt says everything'])
    await w.door.close()
    expect(ours()).toEqual([])
    expect([w.broker.retained.get(w.topic('availability')), w.broker.isConnected]).toEqual(['offline', false])
    w.core.local.enable(1, false)
    await w.clock.advance(minutes(2))
    expect(w.broker.dialled).toBe(1)
  })
})
