import { describe, expect, test } from 'vitest'
import {
  amps,
  bytesOf,
  duration,
  ending,
  energy,
  headline,
  moment,
  power,
  powerParts,
  spanOf,
  stateWords,
  ticks,
  volts,
  withLocalTimes,
  withoutPower,
} from '../../../src/local/web/format.ts'

test.each([
  [0, '0 kW'],
  [920, '920 W'],
  [7_361, '7.36 kW'],
  [994, '994 W'],
  [996, '1.00 kW'],
  [-2_500, '-2.50 kW'],
  [150_400, '150 kW'],
  [null, '–'],
  [undefined, '–'],
])('a power of %s W is %j', (watts, words) => {
  expect(power(watts)).toBe(words)
})

test('a big figure keeps its unit apart', () => {
  expect(powerParts(11_040)).toEqual({ figure: '11.04', unit: 'kW' })
  expect(powerParts(null)).toEqual({ figure: '–', unit: 'kW' })
})

test.each([
  [0, '0 Wh'],
  [999.4, '999 Wh'],
  [999.6, '1.00 kWh'],
  [4_210, '4.21 kWh'],
  [1_234_567, '1235 kWh'],
  [null, '–'],
])('an energy of %s Wh is %j', (wattHours, words) => {
  expect(energy(wattHours)).toBe(words)
})

test.each([
  [0, '0:00'],
  [42.9, '0:42'],
  [725, '12:05'],
  [3_730, '1:02:10'],
  [3 * 86_400 + 14_400, '3 d 4:00:00'],
  [-3, '0:00'],
  [null, '–'],
])('%s s are %j', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})

test('currents lose a useless zero, voltages their decimals', () => {
  expect([amps(16), amps(15.94), amps(null), volts(229.7), volts(null)]).toEqual(['16 A', '15.9 A', '–', '230 V', '–'])
})

test('a moment that is none is said so', () => {
  expect([moment(null), moment('soon')]).toEqual(['–', '–'])
  expect(moment('2026-03-01T12:00:00Z')).toContain('2026')
})

describe('what the charger says is parted into what is and why', () => {
  test.each([
    ['Available', 'Available', undefined],
    ['Paused: the owner disabled it', 'Paused', 'the owner disabled it'],
    ['Paused by the car: it is full, or does not ask', 'Paused by the car', 'it is full, or does not ask'],
    ['Disabled by the owner: a car would not charge', 'Disabled by the owner', 'a car would not charge'],
    ['No connection to the central system; it is tried again by itself', 'No connection to the central system', 'it is tried again by itself'],
    ['Reserved until 2026-03-01T12:00:00.000Z', 'Reserved until 2026-03-01T12:00:00.000Z', undefined],
  ])('%j', (words, what, why) => {
    expect(headline(words)).toEqual([what, why])
  })

  test('the figure beside the gauge is not said twice', () => {
    expect(withoutPower('Charging at 7.4 kW, limited to 16 A by a charging profile')).toBe('Charging, limited to 16 A by a charging profile')
    expect(withoutPower('Charging at 920 W')).toBe('Charging')
    expect(withoutPower('Waiting for the car')).toBe('Waiting for the car')
  })
})

test('the reason of an end is in words', () => {
  expect([ending('evDisconnected'), ending('local'), ending(null)]).toEqual(['ev disconnected', 'local', '–'])
})

test('a moment in the words of the charger is told in the reader’s place, and parts nothing', () => {
  expect(withLocalTimes('Reserved until 2026-03-01T12:00:00.000Z')).toMatch(/^Reserved until .*\b\d{1,2}:00/)
  expect(stateWords('Reserved until 2026-03-01T12:00:00.000Z')).toEqual([withLocalTimes('Reserved until 2026-03-01T12:00:00.000Z'), undefined])
  expect(stateWords('Charging at 7.4 kW, limited to 16 A by a charging profile')).toEqual(['Charging', 'limited to 16 A by a charging profile'])
})

test('the axis of time tells hours and minutes without seconds, and days where they are days apart', () => {
  const noon = Date.UTC(2026, 2, 1, 12) / 1_000
  for (const tick of ticks([noon, noon + 60, noon + 120])) expect(tick).toMatch(/^\d{1,2}[:.]\d\d(\s?[AP]M)?$/i)
  for (const tick of ticks([noon, noon + 86_400])) expect(tick).not.toContain(':')
})

test('how long something runs is told in its two largest units, a size as disks are sold', () => {
  expect([0, 48, 3_600, 7_500, 3 * 86_400 + 14_400].map(spanOf)).toEqual(['0 s', '48 s', '1 h', '2 h 5 min', '3 d 4 h'])
  expect([87_400, 87_000_000, 12_400_000_000].map(bytesOf)).toEqual(['87 kB', '87 MB', '12.4 GB'])
})
