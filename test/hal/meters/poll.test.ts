import { describe, expect, test } from 'vitest'
import { type Modbus, ModbusException, type ReadRequest } from '../../../hal/bus/modbus.ts'
import type { Wiring } from '../../../hal/bus/wiring.ts'
import { type ModbusMeterSpec, openModbusMeter } from '../../../hal/meters/poll.ts'
import { ConfigError, DeviceError } from '../../../src/base/errors.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { millis, seconds } from '../../../src/base/units.ts'
import { RegisterImage } from './image.ts'

type Answer = 'words' | 'timeout' | 'hang' | number

/** A bus with one meter on it; `answer` says what it does with a request: its words, silence, a hung bus, or an exception. */
async function meterOn(model: string, image: RegisterImage, more: Partial<ModbusMeterSpec> = {}) {
  const clock = simulatedClock()
  const asked: ReadRequest[] = []
  const health: (string | undefined)[] = []
  const told: string[] = []
  let changes = 0
  let inFlight = 0
  const world = { answer: (_: ReadRequest): Answer => 'words', delay: millis(20), mostInFlight: 0, image }
  const read = async (request: ReadRequest): Promise<Uint16Array> => {
    asked.push(request)
    world.mostInFlight = Math.max(world.mostInFlight, ++inFlight)
    const answer = world.answer(request)
    if (answer === 'hang') return await new Promise(() => undefined)
    await new Promise<void>((resolve) => clock.after('reply', answer === 'timeout' ? 1_500 : world.delay, resolve))
    inFlight--
    if (answer === 'timeout') throw new DeviceError('rs485 unit 7', 'timeout')
    if (typeof answer === 'number') throw new ModbusException('rs485 unit 7', answer)
    return world.image.read(request.at, request.count)
  }
  const bus: Modbus = { name: 'rs485', read, write: () => Promise.reject(new Error('a meter is only read')), close: () => undefined }
  const log = { debug: () => undefined, info: (_: unknown, event: string) => told.push(event), warn: (_: unknown, event: string) => told.push(event) }
  const wiring = {
    clock,
    log,
    modbus: () => Promise.resolve(bus),
    changed: () => changes++,
    health: (_: string, problem: string | undefined) => health.push(problem),
  } as unknown as Wiring
  const meter = await openModbusMeter({ kind: 'modbus', bus: 'rs485', unit: 7, model, ...more }, wiring, '/nowhere')
  return {
    ...{ clock, meter, asked, health, told, world },
    get changes() {
      return changes
    },
  }
}

const sdm230 = (kWh = 1_234.5) =>
  new RegisterImage()
    .set(0x00, 'f32', 230)
    .set(0x06, 'f32', 16)
    .set(0x0c, 'f32', 3_680)
    .set(0x1e, 'f32', 1)
    .set(0x46, 'f32', 50)
    .set(0x48, 'f32', kWh)
    .set(0x4a, 'f32', 0)
    .set(0xfc00, 'u32', 20_481_234)

const em24 = () => {
  const image = new RegisterImage()
  for (const at of [0x00, 0x02, 0x04]) image.set(at, 's32', 2_300, 'low')
  for (const at of [0x0c, 0x0e, 0x10]) image.set(at, 's32', 10_000, 'low')
  for (const at of [0x12, 0x14, 0x16]) image.set(at, 's32', 23_000, 'low')
  image.set(0x35, 's16', 1_000).set(0x37, 's16', 500).set(0x3e, 's32', 12_345, 'low').set(0x5c, 's32', 7, 'low')
  return image.text(0x5000, 'BS0123456789A', 7)
}

describe('a poll', () => {
  test('gives one reading of all blocks, with the serial number, soon after the meter is opened', async () => {
    const { clock, meter, asked } = await meterOn('eastron-sdm230', sdm230())
    expect(meter.newest).toBe(undefined)
    await clock.advance(millis(100))
    expect(meter.newest).toEqual({
      ...{ at: 40, importWh: 1_234_500, exportWh: 0, powerW: 3_680, phases: [{ voltageV: 230, currentA: 16, powerW: 3_680 }] },
      ...{ frequencyHz: 50, powerFactor: 1, serial: '20481234' },
    })
    expect(asked).toMatchObject([
      { unit: 7, from: 'holding', at: 0xfc00, count: 2, step: 2 },
      { unit: 7, from: 'input', at: 0, count: 32, step: 2 },
      { unit: 7, from: 'input', at: 0x46, count: 6, step: 2 },
    ])
  })

  test('comes each second, or as the board file says; two never run at once', async () => {
    const usual = await meterOn('eastron-sdm230', sdm230())
    await usual.clock.advance(seconds(10.5))
    // The serial number once, then two blocks each.
    expect(usual.asked).toHaveLength(1 + 2 * 11)
    const slow = await meterOn('eastron-sdm230', sdm230(), { pollMs: 200 })
    slow.world.delay = millis(700)
    await slow.clock.advance(seconds(14.5))
    expect(slow.world.mostInFlight).toBe(1)
    expect(slow.asked.length).toBeLessThan(22)
  })

  test('asks a slow meter slowly', async () => {
    const { clock, asked } = await meterOn('eastron-sdm72d', new RegisterImage().set(0x34, 'f32', 0).set(0x48, 'f32', 1).set(0x4a, 'f32', 0))
    await clock.advance(millis(100))
    expect(asked.map(({ gapMs }) => gapMs)).toEqual([250, 250])
  })

  test('wakes the guard with each reading', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    await w.clock.advance(seconds(3.5))
    expect(w.changes).toBe(4)
  })

  test('ends with the meter', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    await w.clock.advance(millis(30))
    w.meter.close()
    await w.clock.advance(seconds(10))
    expect(w.asked.length).toBeLessThan(4)
    expect(w.changes).toBe(0)
  })
})

describe('a block that fails', () => {
  test('leaves the reading as it was, with its own age; values of two polls are never mixed', async () => {
    const { clock, meter, world, health } = await meterOn('eastron-sdm230', sdm230())
    await clock.advance(seconds(1.5))
    const before = meter.newest
    world.image = sdm230(1_234.51).set(0x00, 'f32', 240)
    world.answer = ({ at }) => (at === 0x46 ? 'timeout' : 'words')
    await clock.advance(seconds(4))
    expect(meter.newest).toEqual(before)
    expect(health).toEqual(['rs485 unit 7: timeout'])
    world.answer = () => 'words'
    await clock.advance(seconds(3))
    expect(meter.newest).toMatchObject({ importWh: expect.closeTo(1_234_510, 0), phases: [{ voltageV: 240 }] })
    expect(health).toEqual(['rs485 unit 7: timeout', undefined])
  })

  test('five times and for 10 s: there is no reading any more, and the guard is woken; it is back with the first good poll', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    await w.clock.advance(seconds(0.5))
    w.world.answer = () => 'timeout'
    const changes = w.changes
    // 1.5 s each: five have failed at 8.5 s, but the reading is not 10 s old.
    await w.clock.advance(seconds(9))
    expect(w.meter.newest).toBeDefined()
    expect(w.changes).toBe(changes)
    await w.clock.advance(seconds(2.5))
    expect(w.meter.newest).toBe(undefined)
    expect(w.changes).toBe(changes + 1)
    await w.clock.advance(seconds(60))
    expect(w.changes).toBe(changes + 1)
    expect(w.health).toEqual(['rs485 unit 7: timeout'])
    w.world.answer = () => 'words'
    await w.clock.advance(seconds(3))
    expect(w.meter.newest?.importWh).toBe(1_234_500)
    expect(w.health.at(-1)).toBe(undefined)
  })

  test('four times in ten seconds are borne', async () => {
    const w = await meterOn('eastron-sdm230', sdm230(), { pollMs: 3_000 })
    await w.clock.advance(seconds(0.5))
    w.world.answer = () => 'timeout'
    await w.clock.advance(seconds(13))
    expect(w.meter.newest).toBeDefined()
    await w.clock.advance(seconds(3.5))
    expect(w.meter.newest).toBe(undefined)
  })

  test('a bus that hangs for good ends the reading too', async () => {
    const { clock, meter, world } = await meterOn('eastron-sdm230', sdm230())
    await clock.advance(seconds(0.5))
    world.answer = () => 'hang'
    await clock.advance(seconds(59))
    expect(meter.newest).toBeDefined()
    await clock.advance(seconds(2))
    expect(meter.newest).toBe(undefined)
  })

  test('with an exception names the model that it may not be', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    w.world.answer = ({ at }) => (at === 0x46 ? 2 : 'words')
    await w.clock.advance(seconds(1))
    expect(w.meter.newest).toBe(undefined)
    expect(w.health[0]).toMatch(/exception 2.*is it really Eastron SDM230\?/)
  })
})

describe('a register that the meter does not have', () => {
  test('is not asked for again, and the rest is read', async () => {
    const w = await meterOn('carlo-gavazzi-em24', em24())
    w.world.answer = ({ at }) => (at === 0x5c ? 2 : 'words')
    await w.clock.advance(seconds(10))
    expect(w.meter.newest).toMatchObject({ importWh: 1_234_500, powerW: 6_900, serial: 'BS0123456789A' })
    expect(w.meter.newest).not.toHaveProperty('exportWh')
    expect(w.asked.filter(({ at }) => at === 0x5c)).toHaveLength(1)
    expect(w.health).toEqual([])
    expect(w.told).toEqual(['the meter does not have this register'])
  })

  test('silence is not an answer: the poll fails, and it is asked for again', async () => {
    const w = await meterOn('carlo-gavazzi-em24', em24())
    w.world.answer = ({ at }) => (at === 0x5c ? 'timeout' : 'words')
    await w.clock.advance(seconds(2))
    expect(w.meter.newest).toBe(undefined)
    w.world.answer = () => 'words'
    await w.clock.advance(seconds(3))
    expect(w.meter.newest).toMatchObject({ exportWh: 700 })
  })

  test('a serial number that it does not have is not asked for again', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    w.world.answer = ({ at }) => (at === 0xfc00 ? 2 : 'words')
    await w.clock.advance(seconds(5))
    expect(w.meter.newest).not.toHaveProperty('serial')
    expect(w.asked.filter(({ at }) => at === 0xfc00)).toHaveLength(1)
  })
})

describe('what cannot be', () => {
  test('is refused: the last reading stays, and health says why', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    await w.clock.advance(seconds(0.5))
    const before = w.meter.newest
    w.world.image = sdm230(0)
    await w.clock.advance(seconds(2))
    expect(w.meter.newest).toEqual(before)
    expect(w.health).toEqual([expect.stringContaining('its register says 0 Wh and 0 Wh exported after 1234500 Wh')])
  })

  test('not a number in the energy is no reading, elsewhere the field is absent', async () => {
    const w = await meterOn('eastron-sdm230', sdm230().set(0x06, 'f32', Number.NaN))
    await w.clock.advance(seconds(0.5))
    expect(w.meter.newest?.phases).toEqual([{ voltageV: 230, powerW: 3_680 }])
    const dead = await meterOn('eastron-sdm230', sdm230(Number.NaN))
    await dead.clock.advance(seconds(0.5))
    expect(dead.meter.newest).toBe(undefined)
    expect(dead.health).toEqual(['its energy register says that it is not available'])
  })
})

describe('an exchanged meter', () => {
  test('is not believed for a serial number that was heard once, with a register to fit', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    await w.clock.advance(seconds(0.5))
    w.world.answer = () => 'timeout'
    await w.clock.advance(seconds(2))
    w.world.answer = () => 'words'
    w.world.image = sdm230(9_999_999).set(0xfc00, 'u32', 5)
    await w.clock.advance(seconds(0.9))
    w.world.image = sdm230()
    await w.clock.advance(seconds(5))
    expect(w.meter.newest).toMatchObject({ importWh: 1_234_500, serial: '20481234' })
    expect(w.meter.newest?.epoch ?? 0).toBe(0)
  })

  test('with another serial number begins an epoch with its first reading', async () => {
    const w = await meterOn('eastron-sdm230', sdm230())
    await w.clock.advance(seconds(0.5))
    w.world.answer = () => 'timeout'
    await w.clock.advance(seconds(20))
    w.world.answer = () => 'words'
    w.world.image = sdm230(3).set(0xfc00, 'u32', 5)
    await w.clock.advance(seconds(3))
    expect(w.meter.newest).toMatchObject({ importWh: 3_000, epoch: 1, serial: '5' })
    expect(w.told).toEqual(['the meter was exchanged, or its register set back'])
    await w.clock.advance(seconds(3))
    expect(w.meter.newest?.epoch).toBe(1)
  })

  test('is asked again for what the last one did not have', async () => {
    const w = await meterOn('carlo-gavazzi-em24', em24())
    w.world.answer = ({ at }) => (at === 0x5c ? 2 : 'words')
    await w.clock.advance(seconds(1.5))
    expect(w.meter.newest).not.toHaveProperty('exportWh')
    w.world.answer = () => 'timeout'
    await w.clock.advance(seconds(5))
    w.world.answer = () => 'words'
    w.world.image = em24().text(0x5000, 'BS9', 7)
    await w.clock.advance(seconds(5))
    expect(w.meter.newest).toMatchObject({ epoch: 1, serial: 'BS9', exportWh: 700 })
  })

  test('that was set back begins an epoch when its register runs on for 10 s', async () => {
    const w = await meterOn('chint-dtsu666', new RegisterImage().set(0x101e, 'f32', 500).set(0x1028, 'f32', 0))
    w.world.image = dtsu(500)
    await w.clock.advance(seconds(0.5))
    expect(w.meter.newest?.importWh).toBe(500_000)
    w.world.image = dtsu(0)
    await w.clock.advance(seconds(8))
    expect(w.meter.newest?.importWh).toBe(500_000)
    await w.clock.advance(seconds(5))
    expect(w.meter.newest).toMatchObject({ importWh: 0, epoch: 1 })
  })
})

function dtsu(kWh: number): RegisterImage {
  const image = new RegisterImage()
  for (const at of [0x2006, 0x2008, 0x200a]) image.set(at, 'f32', 2_300)
  for (const at of [0x200c, 0x200e, 0x2010, 0x2012, 0x2014, 0x2016, 0x2018]) image.set(at, 'f32', 0)
  return image.set(0x202a, 'f32', 1_000).set(0x2044, 'f32', 5_000).set(0x101e, 'f32', kWh).set(0x1028, 'f32', 0)
}

describe('a board file', () => {
  const open = (spec: Partial<ModbusMeterSpec>) => meterOn(spec.model ?? 'eastron-sdm630', sdm230(), spec)
  test('that names no meter is told which one it may mean', async () => {
    await expect(open({ model: 'eastron-sdm603' })).rejects.toThrow(/eastron-sdm603 is not a meter.*Did you mean eastron-sdm630\?/)
    await expect(open({ model: 'toString' })).rejects.toThrow(ConfigError)
  })

  test('may not turn round a meter that counts one way', async () => {
    await expect(open({ model: 'orno-we-514', invert: true })).rejects.toThrow(/no register of exported energy/)
  })

  test('turns a meter round', async () => {
    const w = await meterOn('eastron-sdm230', sdm230(3).set(0x0c, 'f32', -3_680).set(0x4a, 'f32', 77), { invert: true })
    await w.clock.advance(seconds(1))
    expect(w.meter.newest).toMatchObject({ importWh: 77_000, exportWh: 3_000, powerW: 3_680, phases: [{ currentA: 16, powerW: 3_680 }] })
  })
})
