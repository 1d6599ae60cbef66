import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { offPeak, windowFrom } from '../../src/core/off-peak.ts'
import { world } from './world.ts'

/** A world at noon, local time, whatever the time zone of the machine. */
async function atNoon(windows: readonly string[], randomDelayS = 600, chance = 0.5) {
  const w = await world()
  const at = new Date(w.clock.now().epochMs)
  w.clock.shift(new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, 12).getTime() - at.getTime())
  const spans = windows.map((each) => windowFrom(each)).filter((each) => each !== undefined)
  const desk = offPeak({ windows: spans, randomDelayS }, w.core, w.clock, () => chance, silentLog)
  const charge = async () => {
    w.plant.plugIn()
    await w.swipe()
    await w.clock.advance(seconds(30))
  }
  return { ...w, desk, charge }
}

describe('an off-peak window', () => {
  test('a car that comes before it waits for it and for its random delay, then charges', async () => {
    const w = await atNoon(['13:00-14:00'])
    await w.charge()
    expect(w.core.view(1)).toMatchObject({ status: 'suspendedEvse', offered: { amps: 0, heldBy: 'off-peak' } })
    await w.clock.advance(minutes(62))
    expect(w.core.view(1).offered).toMatchObject({ amps: 0, heldBy: 'off-peak' })
    await w.clock.advance(minutes(5))
    expect(w.status()).toBe('charging')
  })
  test('its end pauses what charges, and the transaction goes on', async () => {
    const w = await atNoon(['11:00-13:00'], 0)
    await w.charge()
    expect(w.status()).toBe('charging')
    const before = w.core.view(1).transaction?.id
    await w.clock.advance(minutes(61))
    expect(w.status()).toBe('suspendedEvse')
    expect(w.core.view(1).transaction?.id).toBe(before)
    expect(w.plant.isClosed).toBe(false)
  })
  test('it may go over midnight', async () => {
    const w = await atNoon(['13:00-12:30'], 0)
    await w.charge()
    expect(w.status()).toBe('charging')
  })
  test('"now" charges at once until the car is unplugged, and the next car waits again', async () => {
    const w = await atNoon(['13:00-14:00'])
    await w.charge()
    w.desk.chargeNow(1)
    await w.clock.advance(seconds(40))
    expect(w.status()).toBe('charging')
    await w.swipe()
    await w.clock.advance(seconds(10))
    w.plant.unplug()
    await w.clock.advance(seconds(10))
    await w.charge()
    expect(w.core.view(1).offered.heldBy).toBe('off-peak')
  })
})

test('without windows only the delay counts, each time anew', async () => {
  const w = await atNoon([], 600, 0.1)
  await w.charge()
  expect(w.core.view(1).offered).toMatchObject({ amps: 0, heldBy: 'off-peak' })
  await w.clock.advance(seconds(40))
  expect(w.status()).toBe('charging')
})

test('a desk that closes leaves no limit behind', async () => {
  const w = await atNoon(['13:00-14:00'])
  await w.charge()
  w.desk.close()
  await w.clock.advance(seconds(40))
  expect(w.status()).toBe('charging')
})

test.each([
  ['23:00-06:00', { from: 1380, to: 360 }],
  ['00:00-00:00', { from: 0, to: 0 }],
  ['24:00-06:00', undefined],
  ['9:00-10:00', undefined],
  ['09:00-10:60', undefined],
])('%s is a window or it is not', (text, window) => expect(windowFrom(text)).toEqual(window))
