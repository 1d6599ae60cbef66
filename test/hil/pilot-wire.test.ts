import { expect, test } from 'vitest'
import { type Car, detected, dutyOf, offeredAmps, peaksOf, stateOf } from './pilot-wire.ts'
import { sdm630 } from './sdm630.ts'
import { converterUv, divider } from './wires.ts'

// The plant of the machine is what its stories are judged by: its arithmetic is tested here, where a mistake is seen at once.

const pin = (percent: number) => ({ isOn: true, periodNs: 1_000_000, dutyNs: percent * 10_000 })
const car: Car = { isPlugged: true, isReady: true, needsVentilation: false, hasDiode: true, isShorted: false }

test.each([
  ['no car', { isPlugged: false }, false, 50, 12, -12],
  ['state B', {}, false, 50, 9, -12],
  ['state B, X1', {}, false, 100, 9, 9],
  ['state C', {}, true, 50, 6, -12],
  ['state D', { needsVentilation: true }, true, 50, 3, -12],
  ['state C without diode', { hasDiode: false }, true, 50, 6, -6],
  ['state F', {}, false, 0, -12, -12],
  ['shorted', { isShorted: true }, false, 50, 0, 0],
])('pilot volts: %s', (_, change, isS2Closed, duty, highV, lowV) => {
  const now = { ...car, ...change }
  expect(peaksOf(pin(duty), now, stateOf(now, isS2Closed))).toEqual({ highV, lowV })
})

test('a pin that is off is steady low, and a wrong frequency is no PWM to a car', () => {
  expect(dutyOf({ isOn: false, periodNs: 1_000_000, dutyNs: 500_000 })).toBe(0)
  expect(dutyOf({ isOn: true, periodNs: 1_006_000, dutyNs: 500_000 })).toBeUndefined()
  expect([7, 10, 26.6667, 90, 98].map((duty) => Math.round(offeredAmps(duty)))).toEqual([0, 6, 16, 65, 0])
})

test('peak detectors follow a growing peak at once and have forgotten a past one, but for 5 %, after 10 ms', () => {
  expect(detected({ highV: 6, lowV: 6 }, { highV: 9, lowV: -12 }, 0)).toEqual({ highV: 9, lowV: -12 })
  expect(detected({ highV: 9, lowV: -12 }, { highV: 6, lowV: -12 }, 10).highV).toBeCloseTo(6.15, 2)
})

test('the divider of the machine is the one of its board file', () => {
  for (const volts of [-12, 0, 12]) expect((converterUv(volts) / 1_000_000) * divider.scale + divider.offsetV).toBeCloseTo(volts, 6)
})

test('the meter answers whole requests for its unit, however they are cut, and nothing else', () => {
  const answers: string[] = []
  const slave = sdm630(
    1,
    () => ({ volts: 230.2, amps: 16, importWh: 1_500 }),
    (frame) => answers.push(frame.toString('hex')),
  )
  // The example of the protocol sheet: function 4, voltage of phase 1.
  const request = Buffer.from('01040000000271cb', 'hex')
  slave(request.subarray(0, 3))
  expect(answers).toEqual([])
  slave(request.subarray(3))
  expect(answers.map((each) => each.slice(0, 14))).toEqual(['01040443663333'])
  slave(Buffer.from('02040000000271f8', 'hex'))
  slave(Buffer.from('00ff', 'hex'))
  slave(request)
  expect(answers).toHaveLength(2)
  expect(answers[1]).toBe(answers[0])
})
