import { describe, expect, test } from 'vitest'
import type { PwmOutput } from '../../../hal/bus/pwm.ts'
import { openNative } from '../../../hal/evse/native.ts'
import { openSocketOutlet } from '../../../hal/evse/socket-outlet.ts'
import { ads1115 } from '../../../hal/parts/ads1115.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { fakeWiring } from '../fakes.ts'
import { fakeAds1115, fakeBus } from '../parts/chips.ts'

/** Volts at the converter for volts at the contact: 1.5 V + V/12. */
const scale = 12
const offsetV = -18
const seen = (terminalV: number) => (terminalV - offsetV) / scale

function fakePwm() {
  const duties: (number | string)[] = []
  let fails = false
  const pwm: PwmOutput = {
    set(duty) {
      if (fails) throw new DeviceError('PWM', 'refused')
      duties.push(duty)
    },
    close: () => void duties.push('closed'),
  }
  return {
    pwm,
    duties,
    fail: (is: boolean) => {
      fails = is
    },
  }
}

async function native(spec: { low?: boolean; disconnect?: boolean } = { low: true }) {
  const clock = simulatedClock({ bootMs: 100_000 })
  const bus = fakeBus(clock)
  // A car in state B: the negative peak comes through its diode.
  const chip = fakeAds1115(clock, [seen(9), seen(-12), 0, 0])
  bus.chips.set(0x48, chip)
  const out = fakePwm()
  const wiring = fakeWiring(clock, { adc: ads1115('adc', { address: 0x48 }, bus, clock), pwm: out.pwm })
  const controller = await openNative(
    {
      kind: 'native',
      contactor: { output: { name: 'main' } },
      pilot: {
        kind: 'adc',
        pwm: { header: 18 },
        high: { part: 'adc', channel: 0, scale, offsetV },
        ...(spec.low === true ? { low: { part: 'adc', channel: 1, scale, offsetV } } : {}),
        ...(spec.disconnect === true ? { disconnect: { name: 'break' } } : {}),
      },
    },
    wiring,
  )
  const sample = () => {
    const { highV, lowV, at } = controller.pilot.sample ?? { highV: Number.NaN, lowV: Number.NaN, at: 0 }
    return { high: Math.round(highV * 10) / 10, low: Math.round(lowV * 10) / 10, age: clock.monotonic() - at }
  }
  return { clock, bus, chip, ...out, wiring, controller, pilot: controller.pilot, sample }
}

describe('the native pilot', () => {
  test('X1, X2 and F on the PWM; E is F where no relay opens the wire', async () => {
    const { pilot, duties, controller } = await native()
    pilot.drive({ kind: 'steady' })
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    pilot.drive({ kind: 'fault' })
    pilot.drive({ kind: 'off' })
    expect(duties).toEqual([100, 26.7, 0, 0])
    expect([controller.hasPilot, controller.staleAfter, controller.pilotBreak]).toEqual([true, 60, undefined])
  })

  test('with a relay E opens the wire, and anything else closes it', async () => {
    const { pilot, duties, wiring, controller } = await native({ disconnect: true })
    pilot.drive({ kind: 'off' })
    pilot.drive({ kind: 'steady' })
    expect(duties).toEqual([100, 100])
    expect(wiring.switched).toEqual(['break on', 'break off'])
    // The guard's own use of the relay is not undone by what is driven.
    controller.pilotBreak?.on()
    pilot.drive({ kind: 'pwm', duty: 10 })
    expect(controller.pilotBreak?.isOn).toBe(true)
  })

  test('a relay that cannot be switched leaves no offer on the pilot, and no sample is new', async () => {
    const { pilot, clock, duties, wiring, sample } = await native({ disconnect: true })
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    await clock.advance(50)
    const relay = wiring.outputs.get('break')
    if (relay === undefined) throw new TypeError('no relay')
    relay.fails = 'on'
    pilot.drive({ kind: 'off' })
    expect(duties.at(-1)).toBe(0)
    relay.fails = undefined
    pilot.drive({ kind: 'off' })
    relay.fails = 'off'
    pilot.drive({ kind: 'fault' })
    expect(duties.at(-1)).toBe(0)
    await clock.advance(100)
    expect(sample().age).toBeGreaterThan(60)
  })

  test('a sample says both peaks while PWM runs, and one level twice while it does not', async () => {
    const { pilot, clock, sample } = await native()
    pilot.drive({ kind: 'steady' })
    await clock.advance(20)
    expect(sample()).toMatchObject({ high: 9, low: 9 })
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    await clock.advance(30)
    expect(sample()).toMatchObject({ high: 9, low: -12 })
    pilot.drive({ kind: 'fault' })
    await clock.advance(20)
    expect(sample()).toMatchObject({ high: -12, low: -12 })
  })

  test('without a low detector the negative peak is not made up', async () => {
    const { pilot, clock, sample, controller } = await native({})
    expect(controller.seesNegativePeak).toBe(false)
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    await clock.advance(30)
    expect(sample()).toMatchObject({ high: 9, low: 9 })
  })

  test('a sample is new each 10 ms, never older than 27 ms with its detector, and wakes the guard', async () => {
    const { pilot, clock, sample, wiring } = await native()
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    await clock.advance(30)
    const before = wiring.changes
    for (let at = 0; at < 200; at++) {
      await clock.advance(1)
      expect(sample().age).toBeGreaterThanOrEqual(10)
      expect(sample().age).toBeLessThanOrEqual(27)
    }
    expect(wiring.changes - before).toBeGreaterThanOrEqual(19)
  })

  test('on a slow bus the next sample begins when the last one ends', async () => {
    const { pilot, bus, clock, wiring } = await native()
    bus.slowMs = 1.5
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    await clock.advance(100)
    const before = wiring.changes
    await clock.advance(300)
    // Not 15, as of every second place on the grid of 10 ms.
    expect(wiring.changes - before).toBeGreaterThanOrEqual(18)
  })

  test('leaving C is in the sample within 20 ms', async () => {
    const { pilot, chip, clock, sample } = await native()
    chip.volts[0] = seen(6)
    pilot.drive({ kind: 'pwm', duty: 26.7 })
    await clock.advance(50)
    expect(sample().high).toBe(6)
    chip.volts[0] = seen(9)
    await clock.advance(20)
    expect(sample().high).toBe(9)
  })

  test('conversions that fail let the sample age, and are told once', async () => {
    const { pilot, bus, clock, sample, wiring } = await native()
    pilot.drive({ kind: 'steady' })
    await clock.advance(30)
    bus.trouble = 'absent'
    await clock.advance(200)
    expect(sample().age).toBeGreaterThan(200)
    expect(wiring.told).toEqual(['control pilot (adc:0): 0x48: absent'])
    bus.trouble = undefined
    await clock.advance(30)
    expect(sample().age).toBeLessThan(30)
    expect(wiring.told.at(-1)).toBe('control pilot (adc:0): back')
  })

  test('one conversion that fails is noise', async () => {
    const { pilot, bus, clock, sample, wiring } = await native()
    pilot.drive({ kind: 'steady' })
    await clock.advance(30)
    bus.trouble = 'absent'
    await clock.advance(20)
    bus.trouble = undefined
    await clock.advance(20)
    expect(sample().age).toBeLessThan(30)
    expect(wiring.told).toEqual([])
  })

  test('a converter that hangs, a low detector alone that is clipped, and volts of no pilot: no new sample', async () => {
    const { pilot, chip, clock, sample } = await native()
    pilot.drive({ kind: 'pwm', duty: 50 })
    await clock.advance(30)
    chip.isStuck = true
    await clock.advance(100)
    expect(sample().age).toBeGreaterThan(100)
    chip.isStuck = false
    await clock.advance(40)
    expect(sample().age).toBeLessThan(30)
    chip.volts[1] = 5
    await clock.advance(100)
    expect(sample().age).toBeGreaterThan(100)
    chip.volts[0] = seen(20)
    await clock.advance(30)
    chip.volts[1] = seen(-12)
    await clock.advance(100)
    expect(sample().age).toBeGreaterThan(200)
  })

  test('a pilot that cannot be driven has no new sample, and is tried again', async () => {
    const { pilot, clock, sample, duties, fail, wiring } = await native()
    pilot.drive({ kind: 'steady' })
    await clock.advance(30)
    fail(true)
    expect(() => pilot.drive({ kind: 'fault' })).not.toThrow()
    await clock.advance(100)
    expect(sample().age).toBeGreaterThan(100)
    expect(wiring.told).toEqual(['control pilot (adc:0): PWM: refused'])
    fail(false)
    await clock.advance(30)
    expect(duties.at(-1)).toBe(0)
    expect(sample()).toMatchObject({ high: -12, low: -12 })
  })

  test('what was sampled before the drive changed is not taken for what came after', async () => {
    const { pilot, clock, sample } = await native()
    pilot.drive({ kind: 'steady' })
    await clock.advance(29)
    pilot.drive({ kind: 'fault' })
    for (let at = 0; at < 5; at++) {
      await clock.advance(1)
      pilot.drive({ kind: at % 2 === 0 ? 'steady' : 'fault' })
      const { high, low } = sample()
      expect([`${high} ${low}`]).toEqual(['9 9'])
    }
  })

  test('closed: the contactor opens first, and the pilot is F', async () => {
    const { controller, duties, clock, wiring } = await native()
    controller.contactor.close()
    controller.close()
    expect(wiring.switched.at(-1)).toBe('main off')
    expect(duties.at(-1)).toBe('closed')
    controller.pilot.drive({ kind: 'steady' })
    await clock.advance(100)
    expect(duties.at(-1)).toBe('closed')
    expect(clock.untilNext()).toBeUndefined()
  })

  test('without its PWM the controller is not there', async () => {
    const wiring = fakeWiring(simulatedClock())
    const pilot = { kind: 'adc', pwm: { header: 18 }, high: { part: 'adc', channel: 0 } } as const
    await expect(openNative({ kind: 'native', contactor: { output: { name: 'main' } }, pilot }, wiring)).rejects.toThrow('pwm: absent')
    expect(wiring.outputs.get('main')?.isOn).toBe(false)
  })
})

describe('the pilot that two switches play', () => {
  test('states A, B and C, the negative peak while PWM runs, and silence of a contact', async () => {
    const clock = simulatedClock()
    const wiring = fakeWiring(clock)
    const { pilot, seesNegativePeak, close } = await openNative(
      { kind: 'native', contactor: { output: { name: 'main' } }, pilot: { kind: 'contacts', plugged: { name: 'plugged' }, ready: { name: 'ready' } } },
      wiring,
    )
    const [plugged, ready] = [wiring.inputs.get('plugged'), wiring.inputs.get('ready')]
    expect(seesNegativePeak).toBe(false)
    expect(pilot.sample).toMatchObject({ highV: 12, lowV: 12 })
    plugged?.become(true)
    expect(pilot.sample).toMatchObject({ highV: 9, lowV: 9 })
    pilot.drive({ kind: 'pwm', duty: 20 })
    ready?.become(true)
    expect(pilot.sample).toMatchObject({ highV: 6, lowV: -12 })
    pilot.drive({ kind: 'fault' })
    expect(pilot.sample).toMatchObject({ highV: -12, lowV: -12 })
    if (ready !== undefined) ready.isActive = undefined
    const { at } = pilot.sample ?? { at: Number.NaN }
    await clock.advance(100)
    expect(pilot.sample?.at).toBe(at)
    close()
    expect(clock.untilNext()).toBeUndefined()
  })
})

describe('a socket outlet', () => {
  const contactor = { output: { name: 'main' } }

  test('plugged is C; a contact that cannot be read is silence', async () => {
    const clock = simulatedClock()
    const wiring = fakeWiring(clock)
    const { pilot, hasPilot } = await openSocketOutlet({ kind: 'socket-outlet', plugged: { name: 'plugged' }, contactor }, wiring)
    expect([hasPilot, pilot.sample?.highV]).toEqual([false, 12])
    const plugged = wiring.inputs.get('plugged')
    plugged?.become(true)
    expect(pilot.sample?.highV).toBe(6)
    if (plugged !== undefined) plugged.isActive = undefined
    const at = pilot.sample?.at
    await clock.advance(100)
    expect(pilot.sample?.at).toBe(at)
  })

  test('without a contact something is always plugged in', async () => {
    const clock = simulatedClock()
    const { pilot } = await openSocketOutlet({ kind: 'socket-outlet', contactor }, fakeWiring(clock))
    await clock.advance(1_000)
    expect(pilot.sample).toMatchObject({ highV: 6, at: clock.monotonic() })
  })
})
