import { describe, expect, test } from 'vitest'
import { ads1115 } from '../../../hal/parts/ads1115.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seeded } from '../../seeded.ts'
import { fakeAds1115, fakeBus } from './chips.ts'

function made(volts = [1, 2, 3, 0.5], spec: { fullScaleV?: 4.096 | 2.048; is12Bit?: boolean } = {}) {
  const clock = simulatedClock()
  const bus = fakeBus(clock, seeded(1).next)
  const chip = fakeAds1115(clock, volts)
  bus.chips.set(0x48, chip)
  const adc = ads1115('adc', { address: 0x48, ...spec }, bus, clock)
  /** Volts, or the problem. */
  const convert = async (channel: number, within = 400): Promise<number | string> => {
    let result: number | string = 'pending'
    void adc.convert(channel).then(
      (value) => {
        result = value
      },
      (error: unknown) => {
        result = error instanceof DeviceError ? error.problem : String(error)
      },
    )
    for (let waited = 0; waited < within && result === 'pending'; waited++) await clock.advance(1)
    return result
  }
  return { clock, bus, chip, adc, convert }
}

describe('ADS1115', () => {
  test('each input by its own conversion', async () => {
    const { convert, chip } = made()
    expect(await convert(0)).toBeCloseTo(1, 3)
    expect(await convert(3)).toBeCloseTo(0.5, 3)
    expect(await convert(1)).toBeCloseTo(2, 3)
    expect(chip.converted).toEqual([0, 3, 1])
  })

  test('negative volts, and what is asked for together', async () => {
    const { adc, clock } = made([-0.2, 2, 3, 0.5])
    const both = Promise.all([adc.convert(0), adc.convert(2)])
    await clock.advance(20)
    const [low, other] = await both
    expect(low).toBeCloseTo(-0.2, 3)
    expect(other).toBeCloseTo(3, 3)
  })

  test('a clipped value is no value', async () => {
    const { convert, chip } = made([5, -5, 1, 1])
    expect(await convert(0)).toBe('refused')
    expect(await convert(1)).toBe('refused')
    chip.volts[0] = 4.09
    expect(await convert(0)).toBeCloseTo(4.09, 3)
  })

  test('a converter that hangs is a timeout; when it comes back, no value is of another input', async () => {
    const { convert, chip } = made()
    expect(await convert(0)).toBeCloseTo(1, 3)
    chip.isStuck = true
    expect(await convert(1)).toBe('timeout')
    chip.isStuck = false
    expect(await convert(2)).toBeCloseTo(3, 3)
  })

  test('an old value is not taken for a new one of the same input', async () => {
    const { convert, chip } = made()
    expect(await convert(0)).toBeCloseTo(1, 3)
    chip.isDeaf = true
    chip.volts[0] = 2
    expect(await convert(0)).toBe('crc')
  })

  test('a conversion that takes too long is waited for, not taken for the next', async () => {
    const { convert, chip } = made()
    chip.conversionMs = 15
    expect(await convert(0)).toBe('timeout')
    chip.conversionMs = 1
    // What was begun for input 0 ends in the meantime.
    expect([await convert(2), await convert(2)].at(-1)).toBeCloseTo(3, 3)
    expect(await convert(3)).toBeCloseTo(0.5, 3)
  })

  test('a chip that was reset in between, or is used by another program, is found out', async () => {
    const { convert, chip, adc, clock } = made()
    await convert(0)
    const reset = adc.convert(2).then(String, (error: DeviceError) => error.problem)
    await clock.settle()
    chip.reset()
    await clock.advance(20)
    expect(await reset).toBe('crc')
    const shared = adc.convert(2).then(String, (error: DeviceError) => error.problem)
    await clock.advance(1)
    chip.configure(0xc3e3)
    await clock.advance(20)
    expect(await shared).toBe('crc')
    expect(await convert(2)).toBeCloseTo(3, 3)
  })

  test('one that was left converting for ever is told to stop', async () => {
    const { convert, chip, clock } = made()
    chip.configure(0x40e3)
    await clock.advance(5)
    expect(await convert(2)).toBeCloseTo(3, 3)
  })

  test('an absent chip and a bus that hangs are said, and the next is afresh', async () => {
    const { convert, bus } = made()
    bus.trouble = 'absent'
    expect(await convert(0)).toBe('absent')
    bus.trouble = 'timeout'
    expect(await convert(0)).toBe('timeout')
    bus.trouble = undefined
    expect(await convert(3)).toBeCloseTo(0.5, 3)
  })

  test('a slow bus costs time, not truth', async () => {
    const { convert, bus } = made()
    bus.slowMs = 2
    expect(await convert(1)).toBeCloseTo(2, 3)
    expect(await convert(0)).toBeCloseTo(1, 3)
  })

  test('whatever goes wrong, and whenever, no value is of another input', async () => {
    const chance = seeded(7)
    const { convert, chip, bus, clock } = made([0.5, 1.5, 2.5, 3.5])
    clock.every('trouble', 3, () => {
      bus.trouble = chance.happens(0.1) ? chance.pick(['absent', 'timeout'] as const) : undefined
      chip.isStuck = chance.happens(0.1)
      chip.conversionMs = chance.happens(0.2) ? chance.between(0, 12) : 1.1
      if (chance.happens(0.05)) chip.reset()
      if (chance.happens(0.05)) chip.configure(Math.floor(chance.between(0, 0x10000)))
    })
    let good = 0
    for (let round = 0; round < 2_000; round++) {
      const channel = round % 4
      const value = await convert(channel)
      if (typeof value !== 'number') continue
      good++
      expect(Math.abs(value - (0.5 + channel))).toBeLessThan(0.01)
    }
    expect(good).toBeGreaterThan(500)
  })

  test('garbage is not taken for a value unless it looks exactly like one', async () => {
    const { convert, bus } = made()
    bus.trouble = 'garbage'
    const results = []
    for (let round = 0; round < 200; round++) results.push(await convert(0))
    expect(results.filter((each) => typeof each === 'number')).toHaveLength(0)
  })

  test('12 bits: another rate, the lowest four bits are 0', async () => {
    const { convert } = made([1, 1.0005, 3, 0.5], { is12Bit: true })
    expect(await convert(0)).toBeCloseTo(1, 3)
    expect(await convert(1)).toBe('crc')
  })
})
