import { describe, expect, test } from 'vitest'
import { hours, seconds } from '../../src/base/units.ts'
import { type World, type WorldOptions, world } from './world.ts'

/** What reaches the wires and the network, with its times. */
function recordOf(w: World) {
  const outputs: string[] = []
  const look = () => {
    const { drive, isClosed, lock } = w.plant
    const now = `${JSON.stringify(drive)} ${isClosed ? 'closed' : 'open'} ${lock}`
    if (outputs.at(-1)?.endsWith(now) !== true) outputs.push(`${w.clock.monotonic()} ${now}`)
  }
  w.core.guard.reported.on(look)
  return { outputs, look }
}

const stories: Readonly<Record<string, (w: World) => Promise<void>>> = {
  async 'plug, card, charge, card, unplug'(w) {
    w.plant.plugIn()
    await w.clock.advance(seconds(3))
    await w.swipe()
    await w.clock.advance(seconds(300))
    await w.swipe()
    await w.clock.advance(seconds(20))
    w.plant.unplug()
    await w.clock.advance(seconds(20))
  },
  async 'card first, limits up and down, pause and resume'(w) {
    await w.swipe()
    await w.clock.advance(seconds(2))
    w.plant.plugIn()
    for (const amps of [10, 20, 5, 5, 16, 0, 32]) {
      await w.clock.advance(seconds(45))
      w.core.limit(1, 'local', amps)
    }
    await w.clock.advance(seconds(60))
  },
  async 'a car that suspends, resumes, fills up and is pulled'(w) {
    w.plant.plugIn()
    await w.swipe()
    await w.clock.advance(seconds(30))
    w.plant.suspend()
    await w.clock.advance(seconds(60))
    w.plant.resume()
    await w.clock.advance(seconds(60))
    w.plant.full()
    await w.clock.advance(seconds(60))
    w.plant.unplugEv()
    await w.clock.advance(seconds(10))
  },
  async 'faults that come and go'(w) {
    w.plant.plugIn()
    await w.swipe()
    for (const fault of ['residualCurrent', 'overTemperature', 'diode', 'voltage', 'meterLost'] as const) {
      await w.clock.advance(seconds(30))
      w.plant.setFault(fault, true)
      await w.clock.advance(seconds(30))
      w.plant.setFault(fault, false)
      w.core.guard.clear(1)
    }
    await w.clock.advance(seconds(60))
  },
  async 'the network goes and comes'(w) {
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.clock.advance(seconds(20))
    w.network.cut()
    await w.clock.advance(seconds(90))
    await w.swipe()
    await w.clock.advance(seconds(60))
  },
}

describe('a host that sleeps to the next deadline does what one does that ticks every 20 ms', () => {
  test.each(Object.keys(stories))('%s', async (name) => {
    const told = await Promise.all(
      [false, true].map(async (everyTick) => {
        const w = await world({ everyTick })
        const { outputs, look } = recordOf(w)
        await stories[name]?.(w)
        look()
        const frames = w.frames.map(({ at, direction, kind, action, payload }) => `${at.bootMs} ${direction} ${kind} ${action} ${JSON.stringify(payload)}`)
        return { outputs, frames, wh: w.plant.wh }
      }),
    )
    expect(told[0]?.outputs.length).toBeGreaterThan(3)
    expect(told[0]).toEqual(told[1])
  })
})

test('24 simulated hours of sessions: every one whole, and the sums agree with the meter', async () => {
  const settings: WorldOptions['settings'] = { MeterValueSampleInterval: '60', ClockAlignedDataInterval: '900' }
  const w = await world({ settings })
  for (let session = 0; session < 12; session++) {
    w.plant.plugIn()
    await w.clock.advance(seconds(10))
    expect(await w.swipe(`TAG${session}`)).toBe('started')
    await w.clock.advance(hours(1.5))
    expect(await w.swipe(`TAG${session}`)).toBe('stopped')
    await w.clock.advance(seconds(20))
    w.plant.unplug()
    await w.clock.advance(hours(0.5) - seconds(30))
  }
  const all = w.csms.transactions.all
  expect(all).toHaveLength(12)
  const sum = all.reduce((wh, { start, stop }) => wh + (stop?.meterStop ?? 0) - start.meterStart, 0)
  // Each transaction rounds twice to whole Wh.
  expect(Math.abs(sum - w.plant.wh)).toBeLessThanOrEqual(12)
})
