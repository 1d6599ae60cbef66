import { describe, expect, test } from 'vitest'
import { ds18b20Celsius } from '../../../hal/sensors/ds18b20.ts'
import { lm75Celsius } from '../../../hal/sensors/lm75.ts'
import { ntcCelsius } from '../../../hal/sensors/ntc.ts'
import { openSensor } from '../../../hal/sensors/open.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { fakeWiring } from '../fakes.ts'
import { fakeBus } from '../parts/chips.ts'

const file = (celsius: number, { crc = 'YES', bytes = '6e 01 4b 46 7f ff 02 10 71' } = {}) => `${bytes} : crc=71 ${crc}\n${bytes} t=${celsius * 1_000}\n`

describe('LM75 and TMP102', () => {
  test('words of the data sheets', () => {
    const of = (...bytes: number[]) => lm75Celsius(Uint8Array.from(bytes))
    expect(of(0x19, 0x00)).toBe(25)
    expect(of(0x7f, 0xf0)).toBe(127.9375)
    expect(of(0xff, 0xf0)).toBe(-0.0625)
    expect(of(0xc9, 0x00)).toBe(-55)
  })

  test('what such a chip cannot say is no temperature', () => {
    for (const bytes of [
      [0xff, 0xff],
      [0x80, 0x00],
      [0x19, 0x01],
    ])
      expect(() => lm75Celsius(Uint8Array.from(bytes))).toThrow('no temperature')
  })

  test('absent for three polls is no temperature, and it is told once', async () => {
    const clock = simulatedClock()
    const i2c = fakeBus(clock)
    i2c.chips.set(0x4f, { write() {}, read: () => Uint8Array.of(0x28, 0x80) })
    const wiring = fakeWiring(clock, { i2c })
    const sensor = await openSensor({ kind: 'lm75', bus: 'i2c', address: 0x4f }, wiring)
    await clock.settle()
    expect(sensor.celsius).toBe(40.5)
    expect(wiring.changes).toBe(1)
    i2c.trouble = 'absent'
    await clock.advance(2_000)
    expect(sensor.celsius).toBe(40.5)
    await clock.advance(10_000)
    expect(sensor.celsius).toBeUndefined()
    expect(wiring.told).toEqual(['LM75 on i2c at 0x4f: 0x4f: absent'])
    i2c.trouble = undefined
    await clock.advance(1_000)
    expect(sensor.celsius).toBe(40.5)
    expect(wiring.told.at(-1)).toBe('LM75 on i2c at 0x4f: back')
    sensor.close()
    expect(clock.untilNext()).toBeUndefined()
  })

  test('a read that never comes back is no temperature', async () => {
    const clock = simulatedClock()
    const i2c = fakeBus(clock)
    i2c.chips.set(0x48, { write() {}, read: () => Uint8Array.of(0x28, 0x80) })
    const wiring = fakeWiring(clock, { i2c })
    const sensor = await openSensor({ kind: 'lm75', bus: 'i2c', address: 0x48 }, wiring)
    await clock.settle()
    i2c.slowMs = 1e9
    await clock.advance(5_000)
    expect(sensor.celsius).toBeUndefined()
    expect(wiring.told).toEqual(['LM75 on i2c at 0x48: it does not answer'])
  })
})

describe('DS18B20', () => {
  test('thousandths of a degree, above and below zero', () => {
    expect(ds18b20Celsius(file(22.875), undefined)).toBe(22.875)
    expect(ds18b20Celsius(file(-10.125), undefined)).toBe(-10.125)
  })

  test('a wrong checksum, a line held low, and the value after power-on are no temperature', () => {
    expect(() => ds18b20Celsius(file(22, { crc: 'NO' }), undefined)).toThrow('checksum')
    expect(() => ds18b20Celsius(file(0, { bytes: '00 00 00 00 00 00 00 00 00' }), undefined)).toThrow('held low')
    expect(() => ds18b20Celsius(file(85), 22)).toThrow('power-on')
    expect(() => ds18b20Celsius(file(127), undefined)).toThrow('beyond')
    expect(() => ds18b20Celsius('', undefined)).toThrow('checksum')
    expect(() => ds18b20Celsius(`${file(22).split('\n')[0]}\n`, undefined)).toThrow('no temperature')
  })

  test('85 degrees that follow 84 are heat', () => {
    expect(ds18b20Celsius(file(85), 84)).toBe(85)
  })

  test('read from its file; a file that is not there says what to do', async () => {
    const clock = simulatedClock()
    let text: string | undefined = file(31.5)
    const paths: string[] = []
    const wiring = fakeWiring(clock, {
      async read(path) {
        paths.push(path)
        if (text === undefined) throw new Error('ENOENT')
        return text
      },
    })
    const sensor = await openSensor({ kind: 'ds18b20', id: '28-0000' }, wiring)
    await clock.settle()
    expect(sensor.celsius).toBe(31.5)
    expect(paths[0]).toBe('/sys/bus/w1/devices/28-0000/w1_slave')
    text = undefined
    await clock.advance(20_000)
    expect(sensor.celsius).toBeUndefined()
    expect(wiring.told[0]).toContain('dtoverlay=w1-gpio')
  })
})

describe('NTC', () => {
  const spec = { seriesOhms: 10_000, supplyV: 3.3, ohmsAt25: 10_000, beta: 3_950 }

  test('the beta formula', () => {
    expect(ntcCelsius(1.65, spec)).toBeCloseTo(25, 6)
    // 1668 ohms: 75 degrees of a usual 10k/3950.
    expect(ntcCelsius((3.3 * 1_490) / 11_490, spec)).toBeCloseTo(75, 0)
    expect(ntcCelsius((3.3 * 33_600) / 43_600, spec)).toBeCloseTo(0, 0)
  })

  test('open and short are no temperature', () => {
    for (const volts of [3.3, 3.29, 3.4]) expect(() => ntcCelsius(volts, spec)).toThrow('open')
    for (const volts of [0, -0.01, 0.01, Number.NaN]) expect(() => ntcCelsius(volts, spec)).toThrow('shorted')
  })

  test('by the converter, and a converter that fails', async () => {
    const clock = simulatedClock()
    let volts: number | undefined = 1.65
    const adc = {
      name: 'adc',
      async convert(channel: number) {
        if (volts === undefined || channel !== 3) throw new DeviceError('adc input 3', 'refused')
        return volts
      },
    }
    const wiring = fakeWiring(clock, { adc })
    const sensor = await openSensor({ kind: 'ntc', part: 'adc', channel: 3, ...spec }, wiring)
    await clock.settle()
    expect(sensor.celsius).toBeCloseTo(25, 6)
    volts = undefined
    await clock.advance(4_000)
    expect(sensor.celsius).toBeUndefined()
    expect(wiring.told).toEqual(['NTC at adc:3: adc input 3: refused'])
  })
})
