import { describe, expect, test } from 'vitest'
import type { Reading } from '../../hal/types.ts'
import { isMeasurand, type MeasurandSource, valuesOf } from '../../src/core/measurands.ts'

const threePhase: Reading = {
  at: 5_000,
  importWh: 1_234.9,
  exportWh: 7,
  powerW: 11_040,
  frequencyHz: 50.02,
  powerFactor: 0.99,
  phases: [
    { voltageV: 230, currentA: 16, powerW: 3_680 },
    { voltageV: 231, currentA: 15.5, powerW: 3_580 },
    { voltageV: 229, currentA: 16.5, powerW: 3_780 },
  ],
}
const source: MeasurandSource = { reading: threePhase, offered: { amps: 16 }, phases: 3, nominalVoltageV: 230 }
const told = (name: string, from: MeasurandSource = source) => valuesOf([name], from).map(({ phase, value, unit }) => [phase, value, unit])

describe('each measurand of a three-phase meter', () => {
  test.each([
    ['Energy.Active.Import.Register', [[undefined, 1_234, 'Wh']]],
    ['Energy.Active.Export.Register', [[undefined, 7, 'Wh']]],
    [
      'Power.Active.Import',
      [
        [undefined, 11_040, 'W'],
        ['L1', 3_680, 'W'],
        ['L2', 3_580, 'W'],
        ['L3', 3_780, 'W'],
      ],
    ],
    [
      'Current.Import',
      [
        ['L1', 16, 'A'],
        ['L2', 15.5, 'A'],
        ['L3', 16.5, 'A'],
      ],
    ],
    [
      'Voltage',
      [
        ['L1-N', 230, 'V'],
        ['L2-N', 231, 'V'],
        ['L3-N', 229, 'V'],
      ],
    ],
    ['Frequency', [[undefined, 50.02, 'Hz']]],
    ['Power.Factor', [[undefined, 0.99, 'none']]],
    ['Current.Offered', [[undefined, 16, 'A']]],
    ['Power.Offered', [[undefined, 11_040, 'W']]],
    ['Current.Import.L2', [['L2', 15.5, 'A']]],
    ['Voltage.L1', [['L1-N', 230, 'V']]],
    ['Voltage.L1-N', [['L1-N', 230, 'V']]],
    ['Power.Active.Import.L3', [['L3', 3_780, 'W']]],
  ])('%s', (name, values) => {
    expect(isMeasurand(name, 3)).toBe(true)
    expect(told(name)).toEqual(values)
  })
})

test('a register that the meter lacks is absent, never 0', () => {
  const poor: MeasurandSource = { ...source, reading: { at: 1, importWh: 5, phases: [{ currentA: 3 }] } }
  const every = [
    'Energy.Active.Import.Register',
    'Energy.Active.Export.Register',
    'Power.Active.Import',
    'Current.Import',
    'Voltage',
    'Frequency',
    'Power.Factor',
  ]
  expect(valuesOf(every, poor).map(({ measurand }) => measurand)).toEqual(['Energy.Active.Import.Register', 'Current.Import'])
})

test('a meter that does not answer leaves what is offered', () => {
  expect(
    valuesOf(['Energy.Active.Import.Register', 'Voltage', 'Current.Offered'], { ...source, reading: undefined }).map(({ measurand }) => measurand),
  ).toEqual(['Current.Offered'])
})

test('a single-phase meter tells its power once', () => {
  const single: MeasurandSource = { ...source, phases: 1, reading: { at: 1, importWh: 5, powerW: 700, phases: [{ powerW: 700, currentA: 3 }] } }
  expect(told('Power.Active.Import', single)).toEqual([[undefined, 700, 'W']])
  expect(told('Power.Offered', single)).toEqual([[undefined, 3_680, 'W']])
})

test('what is asked for twice is told once', () => {
  expect(valuesOf(['Voltage.L1', 'Voltage', 'Voltage.L1'], source)).toHaveLength(3)
})

describe('a name that can never be told is none', () => {
  test.each([
    'Energy.Reactive.Import.Register',
    'SoC',
    'Temperature',
    'RPM',
    'voltage',
    '',
    'Voltage.',
    'Voltage.L4',
    'Voltage.N',
    'Frequency.L1',
    'Current.Offered.L1',
    'Energy.Active.Import.Register.L1',
    'Current.Import.L1-N',
    'toString',
    '__proto__',
    'constructor.L1',
    'Power.Factor.L2',
  ])('%j', (name) => expect(isMeasurand(name, 3)).toBe(false))
  test.each(['Voltage.L2', 'Current.Import.L3', 'Power.Active.Import.L1'])('%s of one phase', (name) => expect(isMeasurand(name, 1)).toBe(false))
  test('Voltage.L1 of one phase is one', () => expect(isMeasurand('Voltage.L1', 1)).toBe(true))
})

describe('a DC outlet', () => {
  const dc: MeasurandSource = {
    reading: { at: 0, importWh: 1_234.5, powerW: 49_500, phases: [{ voltageV: 360, currentA: 137.5, powerW: 49_500 }], evChargePercent: 42 },
    offered: { amps: 139, watts: 50_000 },
    phases: 3,
    nominalVoltageV: 230,
  }
  test.each([
    ['Power.Active.Import', 49_500, 'W'],
    ['Voltage', 360, 'V'],
    ['Current.Import', 137.5, 'A'],
    ['Current.Offered', 139, 'A'],
    ['Power.Offered', 50_000, 'W'],
    ['SoC', 42, 'Percent'],
  ])('tells %s without a phase', (name, value, unit) => expect(told(name, dc)).toEqual([[undefined, value, unit]]))
  test('tells the charge as of the EV', () => expect(valuesOf(['SoC'], dc)[0]?.location).toBe('EV'))
  test('has no phases to ask for, and makes SoC one', () => {
    expect(isMeasurand('Voltage.L1', 0)).toBe(false)
    expect(isMeasurand('SoC', 0)).toBe(true)
    expect(isMeasurand('SoC', 3, true)).toBe(true)
    expect(isMeasurand('SoC', 3)).toBe(false)
  })
})
