import { expect, test } from 'vitest'
import { isLive, type OutletFacts, powerOf, stateOf } from '../../../../bench/csms/store/charger-state.ts'

const outlet = (evse: number, status: string, power_w: number | null = null, transaction_id: number | null = null): OutletFacts => ({
  ...{ evse, status, power_w, transaction_id },
})

test.each([
  ['available', []],
  ['available', [outlet(1, 'Available')]],
  ['available', [outlet(1, 'constructor')]],
  ['occupied', [outlet(1, 'Preparing'), outlet(2, 'Available')]],
  ['occupied', [outlet(1, 'Finishing')]],
  ['occupied', [outlet(1, 'Occupied', 0, 7)]],
  ['charging', [outlet(1, 'Occupied', 5_000, 7)]],
  ['charging', [outlet(1, 'Unknown', 5_000, 7)]],
  ['occupied', [outlet(1, 'Unknown', null, 7)]],
  ['charging', [outlet(1, 'SuspendedEV'), outlet(2, 'Charging')]],
  ['suspended', [outlet(1, 'SuspendedEVSE', 0, 7), outlet(2, 'Reserved')]],
  ['reserved', [outlet(1, 'Reserved'), outlet(2, 'Unavailable')]],
  ['unavailable', [outlet(0, 'Unavailable'), outlet(1, 'Available')]],
  ['faulted', [outlet(1, 'Faulted'), outlet(2, 'Charging')]],
  ['faulted', [outlet(0, 'Faulted'), outlet(1, 'Charging')]],
  ['occupied', [outlet(0, 'Available'), outlet(1, 'Occupied')]],
] as const)('%s: %j', (state, outlets) => {
  expect(stateOf(true, outlets)).toBe(state)
  expect(stateOf(false, outlets)).toBe('offline')
})

test('no power comes from what is gone or has failed', () => {
  const outlets = [outlet(0, 'Available', 99), outlet(1, 'Charging', 7_000, 1), outlet(2, 'Faulted', 3_000, 2)]
  expect([powerOf(true, outlets), powerOf(false, outlets)]).toEqual([7_000, 0])
  expect(powerOf(true, [...outlets, outlet(0, 'Faulted')])).toBe(0)
  expect(outlets.map((each) => isLive(true, outlets, each))).toEqual([false, true, false])
})
