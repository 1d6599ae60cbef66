import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import { scalarRows } from '../../../src/local/mqtt/scalars.ts'
import { setCommands, stationCommands } from '../../../src/local/mqtt/set-commands.ts'
import { withEvses } from '../../stories/world.ts'
import { binaryClasses, categories, device, origin, type Platform, platforms, root, sensorUnits, stateClasses } from './home-assistant.ts'
import { mqttWorld } from './mqtt-world.ts'

const place = 'homeassistant/device/CP-1/config'
type Fields = Readonly<Record<string, unknown>>
type Message = Fields & { readonly dev: Fields; readonly o: Fields; readonly cmps: Readonly<Record<string, Fields>> }

async function discovered(options: Parameters<typeof mqttWorld>[0] = {}, worldOptions: Parameters<typeof mqttWorld>[1] = {}) {
  const w = await mqttWorld(options, worldOptions)
  return { ...w, message: JSON.parse(w.broker.retained.get(place) ?? '{}') as Message }
}

/** Everything that is not as Home Assistant documents it. */
function mistakesIn(fields: Fields, { required, optional }: Platform, where: string): readonly string[] {
  const known = new Set([...required, ...optional])
  return [
    ...Object.keys(fields).flatMap((name) => (known.has(name) ? [] : [`${where}: ${name} is not documented`])),
    ...required.flatMap((name) => (fields[name] === undefined ? [`${where}: ${name} is missing`] : [])),
  ]
}

function mistakesOfComponent(key: string, fields: Fields): readonly string[] {
  const platform = String(fields['p'])
  const declared = platforms[platform]
  if (declared === undefined) return [`${key}: there is no platform ${platform}`]
  const { device_class: kind, unit_of_measurement: unit, state_class: state, entity_category: category, default_entity_id: entity, options, name } = fields
  const say = (isWrong: boolean, words: string) => (isWrong ? [`${key}: ${words}`] : [])
  return [
    ...mistakesIn(fields, declared, key),
    ...say(typeof name !== 'string' || name === '', 'it has no name'),
    ...say(category !== undefined && !categories[platform]?.includes(String(category)), `entity_category ${category}`),
    ...say(typeof entity !== 'string' || !new RegExp(`^${platform}\\.[a-z0-9_]+$`).test(entity), `default_entity_id ${entity}`),
    ...say(platform === 'binary_sensor' && !binaryClasses.includes(String(kind)), `device_class ${kind}`),
    ...say(platform === 'sensor' && kind !== undefined && sensorUnits[String(kind)] === undefined, `device_class ${kind}`),
    ...say(platform === 'sensor' && kind !== undefined && kind !== 'enum' && !sensorUnits[String(kind)]?.includes(String(unit)), `${unit} of ${kind}`),
    ...say(platform === 'sensor' && state !== undefined && !stateClasses.includes(String(state)), `state_class ${state}`),
    // Options go with the class enum, and with neither a state class nor a unit.
    ...say(
      (kind === 'enum' || platform === 'select') !== Array.isArray(options) || (Array.isArray(options) && (state !== undefined || unit !== undefined)),
      'options',
    ),
  ]
}

describe('Home Assistant finds the charger', () => {
  test.each([1, 2])('each field of the message for %i connectors is one that it documents, and those it demands are there', async (count) => {
    const { message } = await discovered({}, { board: withEvses(count) })
    expect([
      ...mistakesIn(message, root, 'message'),
      ...mistakesIn(message.dev, device, 'dev'),
      ...mistakesIn(message.o, origin, 'o'),
      ...Object.entries(message.cmps).flatMap(([key, fields]) => mistakesOfComponent(key, fields)),
    ]).toEqual([])
    const components = Object.values(message.cmps)
    for (const name of ['unique_id', 'default_entity_id']) expect(new Set(components.map((each) => each[name])).size).toBe(components.length)
    expect(components.length - (components.some(({ device_class: kind }) => kind === 'temperature') ? 1 : 0)).toBe(2 + count * 24)
  })

  test('the check finds what is wrong', () => {
    expect(mistakesOfComponent('k', { p: 'sensor', stat_topic: 'x', name: 'X', unique_id: 'k', default_entity_id: 'sensor.k' })).toEqual([
      'k: stat_topic is not documented',
      'k: state_topic is missing',
    ])
    expect(
      mistakesOfComponent('k', {
        p: 'sensor',
        state_topic: 'x',
        name: 'X',
        unique_id: 'k',
        default_entity_id: 'k',
        device_class: 'power',
        unit_of_measurement: 'V',
      }),
    ).toEqual(['k: default_entity_id k', 'k: V of power'])
  })

  test('every topic that it names is one that is published, and every command one that is known', async () => {
    const { message, broker, topic } = await discovered()
    expect(broker.retained.has(String(message['availability_topic']))).toBe(true)
    for (const [key, { p, state_topic: state, command_topic: command }] of Object.entries(message.cmps)) {
      expect(p === 'button' || broker.retained.has(String(state)), `${key}: ${state}`).toBe(true)
      if (command !== undefined)
        expect(
          Object.keys(setCommands).map((name) => topic(`connector/1/set/${name}`)),
          key,
        ).toContain(command)
    }
  })

  test('the energy dashboard gets what it asks for', async () => {
    const { message } = await discovered()
    expect(Object.values(message.cmps).find(({ default_entity_id: id }) => id === 'sensor.cp_1_energy_total')).toMatchObject({
      device_class: 'energy',
      state_class: 'total_increasing',
      unit_of_measurement: 'kWh',
      state_topic: 'evse/CP-1/connector/1/energy_total',
    })
  })

  test('a limit that its slider has no place for is unknown there, and no error', async () => {
    const { message, set, held, clock, core } = await discovered()
    const slider = Object.values(message.cmps).find(({ p }) => p === 'number')
    expect(slider).toMatchObject({ min: 6, max: 32, step: 1, value_template: '{{ value if value | float(0) >= 6 else None }}' })
    await set('current_limit', '3')
    expect(held('current_limit')).toBe('3')
    await clock.advance(seconds(2))
    // Kept from a board that allowed more.
    core.local.limit(1, 63)
    await clock.advance(seconds(2))
    expect(held('current_limit')).toBe('32')
  })

  test('each entity understands what its topic says', async () => {
    const { message } = await discovered()
    const entity = (key: string) => message.cmps[`pilotwire_CP-1_1_${key}`]
    for (const key of ['plugged', 'charging', 'problem', 'enabled']) expect(entity(key), key).toMatchObject({ payload_on: 'true', payload_off: 'false' })
    // On is open there.
    expect(entity('lock')).toMatchObject({ payload_on: 'unlocked', payload_off: 'locked', device_class: 'lock' })
    expect(entity('power')).toMatchObject({ value_template: "{{ value if value != 'null' else None }}" })
    for (const key of ['status_words', 'error']) expect(entity(key), key).toMatchObject({ value_template: '{{ value[:255] }}' })
  })

  test('an outlet without a lock has none there, and of two each says which it is', async () => {
    const board = withEvses(2)
    const { message } = await discovered({}, { board: { ...board, evses: board.evses.map((each) => ({ ...each, cable: 'fixed' as const })) } })
    const all = Object.values(message.cmps)
    expect(all.filter(({ name }) => /lock/.test(String(name)))).toEqual([])
    expect(all.flatMap(({ name }) => (/power$/.test(String(name)) ? [name] : []))).toEqual(['Connector 1 power', 'Connector 2 power'])
  })

  test('an outlet that allows 6 A alone has no slider', async () => {
    const board = withEvses(1)
    const { message } = await discovered({}, { board: { ...board, evses: board.evses.map((each) => ({ ...each, maxAmps: 6 })) } })
    expect(Object.values(message.cmps).filter(({ p }) => p === 'number')).toEqual([])
  })

  test('what its status can be is what it is told', async () => {
    const { message, held } = await discovered()
    const status = Object.values(message.cmps).find(({ default_entity_id: id }) => id === 'sensor.cp_1_status')
    expect(status?.['options']).toContain(held('status'))
    expect(status?.['options']).toHaveLength(9)
  })

  test('it is told again after its birth, and not by a birth that the broker had kept', async () => {
    const { broker, clock } = await discovered()
    const count = () => broker.of(place).length
    expect(broker.filters).toContainEqual({ topic: 'homeassistant/status' })
    broker.send('homeassistant/status', 'online', true)
    broker.send('homeassistant/status', 'offline')
    await clock.advance(seconds(5))
    expect(count()).toBe(1)
    broker.send('homeassistant/status', 'online')
    broker.send('homeassistant/status', 'online')
    expect(count()).toBe(1)
    await clock.advance(seconds(5))
    expect(count()).toBe(2)
    broker.send('homeassistant/status', 'online')
    await clock.advance(seconds(5))
    expect(count()).toBe(3)
  })

  test('where it is not wanted it is taken away, and nobody listens for a birth', async () => {
    const { broker } = await discovered({ discovery: false })
    expect(broker.of(place)).toEqual([''])
    expect(broker.filters.map(({ topic }) => topic)).toEqual(['evse/CP-1/connector/+/set/+', 'evse/CP-1/set/+'])
  })

  test('prefix and base are as they are set', async () => {
    const w = await mqttWorld({ discoveryPrefix: 'ha', base: 'home/garage' })
    const message = JSON.parse(w.broker.retained.get('ha/device/CP-1/config') ?? '{}') as Message
    expect(message['availability_topic']).toBe('home/garage/CP-1/availability')
  })

  test('each scalar is published under its name, and stands in the docs with every command', async () => {
    const { held } = await discovered()
    const page = readFileSync(new URL('../../../docs/mqtt.md', import.meta.url), 'utf8')
    for (const { key, means } of scalarRows) {
      expect(held(key), key).toBeDefined()
      expect(page).toContain(`| \`${key}\` | ${means} |`)
    }
    for (const name of Object.keys({ ...setCommands, ...stationCommands })) expect(page).toContain(`| \`${name}\` |`)
  })
})
