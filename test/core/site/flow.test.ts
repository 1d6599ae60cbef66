import { describe, expect, test } from 'vitest'
import type { Reading } from '../../../hal/types.ts'
import { drawnBy, flowOf, wattsOf } from '../../../src/core/site/flow.ts'
import type { EvseDescription, Report } from '../../../src/safety/port.ts'

const reading = (phases: Reading['phases'], more: Partial<Reading> = {}): Reading => ({ at: 1_000, importWh: 0, phases, ...more })

describe('what flows at the connection', () => {
  test.each([
    [
      'a current has the sign of its power',
      [
        { currentA: 5, powerW: -1_150 },
        { currentA: 4, powerW: 920 },
        { currentA: 0, powerW: 0 },
      ],
      [-5, 4, 0],
      -230,
    ],
    ['where the power is not told it counts as drawn', [{ currentA: 5 }, { currentA: 4, voltageV: 225 }], [5, 4], 5 * 230 + 4 * 225],
    ['where the current is not told its power tells', [{ powerW: -2_300 }, { powerW: 460, voltageV: 230 }], [-10, 2], -1_840],
  ] as const)('%s', (_words, phases, amps, watts) => {
    expect(flowOf(reading(phases))).toEqual({ at: 1_000, amps, watts })
  })
  test('the total is believed over the sum', () => expect(flowOf(reading([{ currentA: 1, powerW: 230 }], { powerW: 250 }))?.watts).toBe(250))
  test.each([
    ['no phases', []],
    ['a phase that says nothing', [{ currentA: 3 }, { voltageV: 230 }]],
  ] as const)('%s: the power of all is known where it is told', (_words, phases) => {
    expect(flowOf(reading(phases, { powerW: 1_000 }))).toEqual({ at: 1_000, amps: [], watts: 1_000 })
    expect(flowOf(reading(phases))).toBeUndefined()
  })
})

describe('what an outlet draws', () => {
  const outlet = { evse: 1, phases: 3, nominalVoltageV: 230 } as EvseDescription
  const report = (more: Partial<Report>) => ({ evse: 1, contactor: 'closed', offered: 16, reading: undefined, ...more }) as Report
  test.each([
    ['open contacts: nothing, whatever the meter said last', { contactor: 'open', reading: reading([{ currentA: 9 }]) }, [0, 0, 0]],
    ['its meter, conductor by conductor', { reading: reading([{ currentA: 9 }, { currentA: 8 }, { currentA: 0 }]) }, [9, 8, 0]],
    ['a meter of one phase stands for all', { reading: reading([{ currentA: 9 }]) }, [9, 9, 9]],
    ['without a meter what is offered', {}, [16, 16, 16]],
    ['an old reading is none', { reading: reading([{ currentA: 9 }], { at: -3_000 }) }, [16, 16, 16]],
  ] as const)('%s', (_words, more, drawn) => {
    expect(drawnBy(report(more as Partial<Report>), outlet, 1_500)).toEqual(drawn)
  })
  test('a DC outlet: its power, at its supply', () => {
    const dc = { ...outlet, dc: { maxWatts: 50_000, leastWatts: 1_000, nominalVoltageV: 400 } }
    expect(drawnBy(report({ offeredWatts: 20_000, reading: reading([{ currentA: 30 }], { powerW: 13_800 }) }), dc, 1_500)).toEqual([20, 20, 20])
    expect(drawnBy(report({ offeredWatts: 20_700 }), dc, 1_500)).toEqual([30, 30, 30])
  })
  test('its power: the meter, else what is offered', () => {
    expect(wattsOf(report({ reading: reading([], { powerW: 7_000 }) }), outlet, 1_500)).toBe(7_000)
    expect(wattsOf(report({}), outlet, 1_500)).toBe(16 * 690)
    expect(wattsOf(report({ contactor: 'open', reading: reading([], { powerW: 7_000 }) }), outlet, 1_500)).toBe(0)
  })
})
