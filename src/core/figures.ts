import type { EvseView } from './charge-point.ts'

type Reading = NonNullable<EvseView['report']['reading']>

/** The figures of a meter that a person looks at. */
export interface Figures {
  readonly amps: number | undefined
  readonly volts: number | undefined
  readonly watts: number | undefined
}

/** Current of the phase that carries most, voltage of the first phase, power of all phases. */
export function figuresOf(reading: Reading | undefined): Figures {
  const currents = (reading?.phases ?? []).flatMap(({ currentA }) => (currentA === undefined ? [] : [currentA]))
  const powers = (reading?.phases ?? []).flatMap(({ powerW }) => (powerW === undefined ? [] : [powerW]))
  return {
    amps: currents.length === 0 ? undefined : Math.max(...currents),
    volts: reading?.phases[0]?.voltageV,
    watts: reading?.powerW ?? (powers.length === 0 ? undefined : powers.reduce((sum, each) => sum + each, 0)),
  }
}

/** `rounded(15.9423, 1)` is 15.9; undefined stays. */
export function rounded(value: number | undefined, digits: number): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(digits))
}
