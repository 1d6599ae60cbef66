import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../hal/bus/wiring.ts'
import { openMqttMeter } from '../../../hal/meters/mqtt.ts'
import type { WiredBoardSpec } from '../../../hal/spec/board.ts'
import type { MqttMeterSpec } from '../../../hal/spec/mqtt-meter.ts'
import { isNetwork, isNetworked } from '../../../hal/spec/network.ts'
import { openNetworkMeters } from '../../../hal/wired.ts'
import { silentLog } from '../../../src/base/log.ts'
import { mqttClient } from '../../../src/base/mqtt/client.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { millis, seconds } from '../../../src/base/units.ts'
import { fakeBroker } from '../../base/mqtt/fake-broker.ts'
import { wiredWorld } from '../wired-world.ts'

async function meterOf(spec: Omit<MqttMeterSpec, 'bus'>) {
  const clock = simulatedClock()
  const broker = fakeBroker()
  const client = mqttClient({ dial: broker.dial, clientId: 'meter', clock, log: silentLog, chance: () => 0.5 })
  const { wiring, changed, healths } = wiredWorld({ clock, mqtt: { house: client } })
  let changes = 0
  changed.on(() => changes++)
  const meter = await openMqttMeter({ bus: 'house', ...spec }, wiring)
  await clock.advance(seconds(1))
  return {
    ...{ clock, broker, meter, healths },
    get changes() {
      return changes
    },
    async send(topic: string, payload: unknown, isRetained = false) {
      broker.send(topic, typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload), isRetained)
      await clock.advance(millis(100))
      return meter.newest
    },
  }
}

const tasmota: Omit<MqttMeterSpec, 'bus'> = {
  topic: 'tele/meter/SENSOR',
  values: {
    importWh: { path: 'ENERGY.Total', scale: 1_000 },
    powerW: { path: 'ENERGY.Power' },
    voltageV: [{ path: 'ENERGY.Voltage' }],
    currentA: [{ path: 'ENERGY.Current' }],
  },
}
const energy = (fields: object = {}) => ({ ENERGY: { Total: 12.5, Power: 3_680, Voltage: 230, Current: '16.0', ...fields } })

describe('a meter that something else publishes', () => {
  test('one JSON topic with paths and scales is a reading', async () => {
    const { send, broker, healths } = await meterOf(tasmota)
    expect(broker.filters).toEqual([{ topic: 'tele/meter/SENSOR' }])
    expect(await send('tele/meter/SENSOR', energy())).toMatchObject({ importWh: 12_500, powerW: 3_680, phases: [{ voltageV: 230, currentA: 16 }] })
    expect(healths).toEqual([])
  })

  test('a topic for each quantity, as a smart meter has them: what flows out is taken off what flows in', async () => {
    const phases = ['l1', 'l2', 'l3'].map((phase) => ({
      topic: `dsmr/in_${phase}`,
      scale: 1_000,
      minus: { topic: `dsmr/out_${phase}`, scale: 1_000 },
    }))
    const { send, broker } = await meterOf({ values: { phasePowerW: phases, currentA: ['l1', 'l2', 'l3'].map((phase) => ({ topic: `dsmr/amps_${phase}` })) } })
    for (const phase of ['l1', 'l2', 'l3']) for (const way of ['in', 'amps']) broker.send(`dsmr/${way}_${phase}`, '1')
    for (const phase of ['l1', 'l2']) broker.send(`dsmr/out_${phase}`, '0')
    expect(await send('dsmr/out_l3', '3.5')).toMatchObject({
      importWh: 0,
      powerW: -500,
      phases: [
        { powerW: 1_000, currentA: 1 },
        { powerW: 1_000, currentA: 1 },
        { powerW: -2_500, currentA: 1 },
      ],
    })
  })

  test('the sign of a current that is exported is kept as that of its power', async () => {
    const { send } = await meterOf({ topic: 'grid', values: { currentA: [{ path: 'a.0' }, { path: 'a.1' }], voltageV: [{ path: 'v' }] } })
    expect(await send('grid', { a: [-10, 4], v: 231 })).toMatchObject({ phases: [{ currentA: 10, powerW: -2_310, voltageV: 231 }, { currentA: 4 }] })
  })

  test('a kept message is of an age that nobody knows: the first reading comes with the first message', async () => {
    const w = await meterOf(tasmota)
    expect(await w.send('tele/meter/SENSOR', energy(), true)).toBeUndefined()
    expect(await w.send('tele/meter/SENSOR', energy())).toBeDefined()
  })

  test('when it goes silent there is no reading, and that is told', async () => {
    const w = await meterOf({ ...tasmota, staleMs: 5_000 })
    const first = await w.send('tele/meter/SENSOR', energy())
    const before = w.changes
    await w.clock.advance(seconds(4.8))
    expect(w.meter.newest).toBe(first)
    await w.clock.advance(seconds(0.3))
    expect([w.meter.newest, w.changes - before, w.healths.at(-1)?.[1]]).toEqual([undefined, 2, 'publishes nothing'])
    expect(await w.send('tele/meter/SENSOR', energy())).toBeDefined()
    expect(w.healths.at(-1)?.[1]).toBeUndefined()
  })

  test('a power that stops is missed, though another topic goes on; a register may come more rarely', async () => {
    const w = await meterOf({ values: { importWh: { topic: 'e' }, powerW: { topic: 'p' }, voltageV: [{ topic: 'v' }] }, staleMs: 5_000 })
    for (const topic of ['e', 'p', 'v']) await w.send(topic, '100')
    for (let count = 0; count < 60; count++) {
      await w.clock.advance(seconds(1))
      expect(await w.send('p', String(count)), String(count)).toMatchObject({ importWh: 100, powerW: count })
    }
    // 20 kW for a minute: it can be.
    expect(await w.send('e', '430')).toMatchObject({ importWh: 430 })
    for (let count = 0; count < 6; count++) {
      await w.clock.advance(seconds(1))
      await w.send('v', '230')
    }
    expect(w.meter.newest).toBeUndefined()
  })

  test('one that was never heard is missed, too', async () => {
    const w = await meterOf(tasmota)
    await w.clock.advance(seconds(15))
    expect(w.healths).toEqual([expect.arrayContaining(['publishes nothing'])])
  })

  test('an exported register that comes rarely may have grown since it came last', async () => {
    const w = await meterOf({ values: { exportWh: { topic: 'e' }, powerW: { topic: 'p' } } })
    await w.send('e', '100')
    for (let count = 0; count < 60; count++) {
      await w.clock.advance(seconds(1))
      await w.send('p', '-20000')
    }
    expect(await w.send('e', '430')).toMatchObject({ exportWh: 430, powerW: -20_000 })
  })

  test('one of registers alone is as old as the oldest of them', async () => {
    const w = await meterOf({ values: { importWh: { topic: 'i' }, exportWh: { topic: 'e' } } })
    await w.send('i', '100')
    expect(await w.send('e', '1')).toBeDefined()
    for (let count = 0; count < 20; count++) {
      await w.clock.advance(seconds(1))
      await w.send('e', '1')
    }
    expect(w.meter.newest).toBeUndefined()
  })

  test('a number that no register can hold is none', async () => {
    const w = await meterOf({ topic: 'm', values: { importWh: {} } })
    expect(await w.send('m', '1e14')).toBeUndefined()
    expect(await w.send('m', '1e9')).toBeDefined()
  })

  test('the topic of a value counts before that of the meter', async () => {
    const w = await meterOf({ topic: 'm', values: { importWh: {}, powerW: { topic: 'p' } } })
    expect(await w.send('m', '5')).toBeUndefined()
    expect(await w.send('p', '7')).toMatchObject({ importWh: 5, powerW: 7 })
  })

  test('a path leads through what was sent alone', async () => {
    const w = await meterOf({ topic: 'm', values: { importWh: { path: 'x.constructor.length' } } })
    expect(await w.send('m', { x: {} })).toBeUndefined()
    expect(await w.send('m', { x: { constructor: { length: 3 } } })).toMatchObject({ importWh: 3 })
  })

  const hostile: readonly (readonly [name: string, payload: string | Uint8Array])[] = [
    ['no JSON', 'ENERGY'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['words', JSON.stringify(energy({ Power: 'lots' }))],
    ['hexadecimal', JSON.stringify(energy({ Power: '0x10' }))],
    ['true', JSON.stringify(energy({ Power: true }))],
    ['too much for any fuse', JSON.stringify(energy({ Power: 1e9 }))],
    ['too much for any number', '{"ENERGY":{"Total":1e999,"Power":1,"Voltage":1,"Current":1}}'],
    ['a negative register', JSON.stringify(energy({ Total: -1 }))],
    ['a register that fell', JSON.stringify(energy({ Total: 1 }))],
    ['a register that leapt', JSON.stringify(energy({ Total: 99_999 }))],
    ['no voltage of this world', JSON.stringify(energy({ Voltage: 5_000 }))],
    ['a deep one', '['.repeat(8_000)],
    ['a long one', JSON.stringify({ x: 'x'.repeat(50_000), ...energy({ Power: 1 }) })],
    ['bytes', new Uint8Array([0xff, 0x00, 0xfe])],
    ['a field of every object', '{"ENERGY":"constructor"}'],
  ]
  test.each(hostile)('%s is not believed: the last reading stays until it is old', async (_, payload) => {
    const w = await meterOf(tasmota)
    const first = await w.send('tele/meter/SENSOR', energy())
    await w.clock.advance(seconds(2))
    expect(await w.send('tele/meter/SENSOR', payload)).toBe(first)
    expect(w.healths).toHaveLength(1)
    await w.clock.advance(seconds(20))
    expect(w.meter.newest).toBeUndefined()
  })

  test('a flood makes no more than twenty readings a second', async () => {
    const w = await meterOf(tasmota)
    const before = w.changes
    for (let count = 0; count < 100; count++) {
      for (let each = 0; each < 50; each++) w.broker.send('tele/meter/SENSOR', JSON.stringify(energy({ Power: each })))
      await w.clock.advance(millis(10))
    }
    expect(w.changes - before).toBeLessThanOrEqual(20)
  })

  test('after it was closed it is silent', async () => {
    const w = await meterOf(tasmota)
    await w.send('tele/meter/SENSOR', energy())
    w.broker.send('tele/meter/SENSOR', JSON.stringify(energy({ Power: 2 })))
    w.meter.close()
    const before = w.changes
    await w.send('tele/meter/SENSOR', energy({ Power: 1 }))
    await w.clock.advance(seconds(60))
    expect(w.changes).toBe(before)
  })

  test('what names no topic, or nothing, is refused with a remedy', async () => {
    await expect(meterOf({ values: { powerW: { path: 'x' } } })).rejects.toThrow('meter.topic: is missing. Give the meter a topic')
    await expect(meterOf({ values: {} })).rejects.toThrow('meter.values: are none')
  })
})

describe('in a board file', () => {
  const boardWith = (values: MqttMeterSpec['values']) =>
    ({
      ...{ name: 'test', kind: 'wired', directory: '.', safety: {} },
      buses: { house: { kind: 'mqtt', url: 'mqtt://broker' } },
      evses: [{ maxAmps: 32, phases: 3, cable: 'fixed', meter: { kind: 'mqtt', bus: 'house', topic: 'm', values } }],
    }) as unknown as WiredBoardSpec

  test('it is the core that reads it, and the guard never (safety rule 2)', () => {
    const board = boardWith({ importWh: {} })
    const meter = board.evses[0]?.meter
    expect(meter !== undefined && isNetworked(meter, board)).toBe(true)
    expect(isNetwork(board.buses?.['house'])).toBe(true)
  })

  test('that of an outlet needs a register: a session is counted by it', async () => {
    const clock = simulatedClock()
    const mqtt = async () => mqttClient({ dial: fakeBroker().dial, clientId: 'm', clock, log: silentLog, chance: () => 0 })
    const open = (values: MqttMeterSpec['values']) => openNetworkMeters(boardWith(values), { clock, log: silentLog, machine: { mqtt } as unknown as Machine })
    await expect(open({ powerW: {} })).rejects.toThrow('evses.0.meter.values.importWh: is missing')
    expect((await open({ importWh: {} })).evses).toEqual([1])
  })
})
