import { describe, expect, test } from 'vitest'
import { openCommon } from '../../../hal/evse/common.ts'
import { openController } from '../../../hal/evse/open.ts'
import { ohmsOf } from '../../../hal/evse/proximity.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { type FakeInput, type FakeOutput, fakeWiring } from '../fakes.ts'

const got = <T>(map: ReadonlyMap<string, T>, name: string): T => {
  const found = map.get(name)
  if (found === undefined) throw new RangeError(`no ${name}`)
  return found
}

async function withContactor(mirror: { isOpenWhenActive?: boolean } | undefined = {}) {
  const clock = simulatedClock()
  const wiring = fakeWiring(clock)
  const opened = await openCommon(
    {
      contactor: {
        output: { name: 'main' },
        ...(mirror === undefined ? {} : { mirror: { name: 'mirror', ...mirror } }),
        auxiliary: [{ name: 'supply' }, { name: 'pole' }],
      },
    },
    wiring,
  )
  const { contactor } = opened
  if (contactor === undefined) throw new TypeError('no contactor')
  const output = (name: string): FakeOutput => got(wiring.outputs, name)
  return { clock, wiring, opened, contactor, output, mirror: () => got(wiring.inputs, 'mirror') }
}

describe('the contactor', () => {
  test('auxiliary outputs close before it, and open after it in turn', async () => {
    const { contactor, wiring } = await withContactor()
    contactor.close()
    contactor.open()
    expect(wiring.switched).toEqual(['supply on', 'pole on', 'main on', 'main off', 'pole off', 'supply off'])
  })

  test('without an auxiliary output it does not close', async () => {
    const { contactor, wiring, output } = await withContactor()
    output('pole').fails = 'on'
    contactor.close()
    expect(wiring.switched).toEqual(['supply on', 'supply off'])
    expect(wiring.told[0]).toBe('auxiliary of the contactor (pole): pole: refused')
  })

  test('an output that cannot be opened does not keep the others closed, and throws nothing into the tick', async () => {
    const { contactor, wiring, output } = await withContactor()
    contactor.close()
    output('main').fails = 'off'
    contactor.open()
    expect([output('supply').isOn, output('pole').isOn]).toEqual([false, false])
    expect(wiring.told).toEqual(['contactor (main): main: refused'])
    output('main').fails = undefined
    contactor.open()
    expect(output('main').isOn).toBe(false)
  })

  test('the mirror contact says what the contacts do, closed or open when active', async () => {
    const plain = await withContactor()
    plain.mirror().isActive = true
    expect(plain.contactor.isClosed).toBe(true)
    const turned = await withContactor({ isOpenWhenActive: true })
    turned.mirror().isActive = true
    expect(turned.contactor.isClosed).toBe(false)
  })

  test('a mirror contact that cannot be read stands for 200 ms as it was, then it is neither open nor closed', async () => {
    const { contactor, mirror, clock } = await withContactor()
    mirror().isActive = true
    expect(contactor.isClosed).toBe(true)
    mirror().isActive = undefined
    expect(contactor.isClosed).toBe(true)
    await clock.advance(199)
    expect(contactor.isClosed).toBe(true)
    await clock.advance(1)
    expect([contactor.isClosed, contactor.hasMirror]).toEqual([undefined, true])
  })

  test('without a mirror contact it says nothing, and that there is none', async () => {
    const clock = simulatedClock()
    const { contactor } = await openCommon({ contactor: { output: { name: 'main' } } }, fakeWiring(clock))
    expect([contactor?.isClosed, contactor?.hasMirror]).toEqual([undefined, false])
  })

  test('the guard says once that it is to open: an OFF that the line did not take is tried until it arrives', async () => {
    const { contactor, clock, output, wiring } = await withContactor()
    contactor.close()
    output('main').fails = 'off'
    contactor.open()
    await clock.advance(5_000)
    expect(output('main').isOn).toBe(true)
    output('main').fails = undefined
    await clock.advance(100)
    expect(output('main').isOn).toBe(false)
    expect(wiring.told.filter((each) => each.includes('main'))).toEqual([expect.stringContaining('refused'), expect.stringContaining('back')])
    expect(clock.untilNext()).toBe(undefined)
  })

  test('an ON after an OFF that failed is not taken back by it', async () => {
    const { contactor, clock, output } = await withContactor()
    contactor.close()
    output('main').fails = 'off'
    contactor.open()
    output('main').fails = undefined
    contactor.close()
    await clock.advance(1_000)
    expect(output('main').isOn).toBe(true)
  })

  test('closing the driver opens it; edges of the mirror wake the guard', async () => {
    const { contactor, opened, wiring, mirror, output } = await withContactor()
    contactor.close()
    mirror().become(true)
    expect(wiring.changes).toBe(1)
    opened.close()
    expect(output('main').isOn).toBe(false)
  })
})

test.each(['evse-wb-din', 'openevse-rapi'] as const)('%s without its bus: what was opened before is closed, and no timer runs', async (kind) => {
  const clock = simulatedClock()
  const adc = { name: 'adc', convert: async () => 1 }
  const wiring = fakeWiring(clock, { adc })
  const proximity = { part: 'adc', channel: 2, pullUpOhms: 1_000, supplyV: 5 } as const
  await expect(openController({ kind, bus: 'nowhere', proximity }, wiring, { maxAmps: 16, phases: 1 })).rejects.toThrow('absent')
  await clock.advance(1_000)
  expect(clock.untilNext()).toBe(undefined)
})

async function withLock(feedback: boolean) {
  const clock = simulatedClock()
  const wiring = fakeWiring(clock)
  const opened = await openCommon(
    { lock: { lock: { name: 'in' }, unlock: { name: 'out' }, ...(feedback ? { feedback: { name: 'pin' }, isLockedWhenActive: false } : {}) } },
    wiring,
  )
  if (opened.lock === undefined) throw new TypeError('no lock')
  return { clock, wiring, opened, lock: opened.lock, output: (name: string): FakeOutput => got(wiring.outputs, name) }
}

describe('the lock', () => {
  test('a pulse of 600 ms', async () => {
    const { lock, clock, output, wiring } = await withLock(false)
    lock.lock()
    await clock.advance(599)
    expect([output('in').isOn, lock.position]).toEqual([true, 'unknown'])
    await clock.advance(1)
    expect([output('in').isOn, lock.position]).toEqual([false, 'locked'])
    expect(wiring.changes).toBe(1)
  })

  test('never both coils at once', async () => {
    const { lock, clock, output, wiring } = await withLock(false)
    lock.lock()
    await clock.advance(100)
    lock.unlock()
    expect(wiring.switched).toEqual(['in on', 'in off', 'out on'])
    await clock.advance(600)
    expect([output('out').isOn, lock.position]).toEqual([false, 'unlocked'])
    lock.lock()
    output('in').fails = 'off'
    lock.unlock()
    expect(output('out').isOn).toBe(false)
    await clock.advance(5_000)
    expect(lock.position).toBe('unknown')
  })

  test('the feedback is the position, unknown while it cannot be read', async () => {
    const { lock, wiring } = await withLock(true)
    const pin: FakeInput = got(wiring.inputs, 'pin')
    expect(lock.position).toBe('locked')
    pin.become(true)
    expect(lock.position).toBe('unlocked')
    expect(wiring.changes).toBe(1)
    pin.isActive = undefined
    expect(lock.position).toBe('unknown')
  })

  test('closing the driver leaves no coil ON', async () => {
    const { lock, opened, output, clock } = await withLock(false)
    lock.unlock()
    opened.close()
    expect(output('out').isOn).toBe(false)
    expect(clock.untilNext()).toBeUndefined()
  })
})

describe('the proximity contact', () => {
  const spec = { pullUpOhms: 1_000, supplyV: 5 }

  test('ohms of the divider, for every cable of IEC 61851-1 B.2', () => {
    for (const ohms of [1_500, 680, 220, 100]) expect(ohmsOf((5 * ohms) / (1_000 + ohms), spec)).toBeCloseTo(ohms, 6)
    expect(ohmsOf(5, spec)).toBe(Number.POSITIVE_INFINITY)
    expect(ohmsOf(4.95, spec)).toBe(Number.POSITIVE_INFINITY)
    expect(ohmsOf(-0.01, spec)).toBe(0)
    expect(() => ohmsOf(-1, spec)).toThrow('no voltage of a divider')
    expect(() => ohmsOf(Number.NaN, spec)).toThrow()
  })

  test('a plug is known within 100 ms; a converter that fails is undefined after half a second, and told once', async () => {
    const clock = simulatedClock()
    let volts: number | undefined = 5
    const adc = {
      name: 'adc',
      async convert() {
        if (volts === undefined) throw new Error('clipped')
        return volts
      },
    }
    const wiring = fakeWiring(clock, { adc })
    const { proximity, close } = await openCommon({ proximity: { part: 'adc', channel: 2, ...spec } }, wiring)
    await clock.settle()
    expect(proximity?.ohms).toBe(Number.POSITIVE_INFINITY)
    volts = (5 * 220) / 1_220
    await clock.advance(100)
    expect(proximity?.ohms).toBeCloseTo(220, 6)
    volts = undefined
    await clock.advance(400)
    expect(proximity?.ohms).toBeCloseTo(220, 6)
    await clock.advance(100)
    expect(proximity?.ohms).toBeUndefined()
    await clock.advance(1_000)
    expect(wiring.told).toEqual(['proximity contact (adc:2): clipped'])
    close()
  })
})

async function withMonitor() {
  const clock = simulatedClock()
  const wiring = fakeWiring(clock)
  const { residualCurrent, close } = await openCommon({ residualCurrent: { trip: { name: 'trip' }, test: { name: 'test' } } }, wiring)
  if (residualCurrent === undefined) throw new TypeError('no monitor')
  return { clock, wiring, monitor: residualCurrent, close, trip: got(wiring.inputs, 'trip') }
}

describe('the residual current monitor', () => {
  test('an input that cannot be read is a trip', async () => {
    const { monitor, trip } = await withMonitor()
    expect(monitor.isTripped).toBe(false)
    trip.isActive = undefined
    expect(monitor.isTripped).toBe(true)
  })

  test('the test ends with the trip, or after 500 ms', async () => {
    const { monitor, trip, clock, wiring } = await withMonitor()
    const line: FakeOutput = got(wiring.outputs, 'test')
    monitor.test()
    await clock.advance(50)
    expect(line.isOn).toBe(true)
    trip.become(true)
    expect(line.isOn).toBe(false)
    trip.become(false)
    monitor.test()
    await clock.advance(499)
    expect(line.isOn).toBe(true)
    await clock.advance(1)
    expect(line.isOn).toBe(false)
  })
})

test('the phase switch says what its output is', async () => {
  const clock = simulatedClock()
  const wiring = fakeWiring(clock)
  const { phaseSwitch } = await openCommon({ phaseSwitch: { output: { name: 'phases' }, onIs: 1 } }, wiring)
  expect(phaseSwitch?.phases).toBe(3)
  phaseSwitch?.choose(1)
  expect([phaseSwitch?.phases, wiring.switched]).toEqual([1, ['phases on']])
  got(wiring.outputs, 'phases').fails = 'both'
  expect(() => phaseSwitch?.choose(3)).not.toThrow()
  expect(phaseSwitch?.phases).toBe(1)
})
