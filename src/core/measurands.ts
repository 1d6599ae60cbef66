import type { PhaseReading, Reading } from '../../hal/types.ts'
import type { SampledValue } from './facts.ts'
import type { Offered } from './offer.ts'

/** What a measurand is made from. */
export interface MeasurandSource {
  readonly reading: Reading | undefined
  /** Offered to the EV: A per phase, or W (and the A that they are) at a DC outlet, where no value has a phase. */
  readonly offered: Pick<Offered, 'amps' | 'watts'>
  readonly phases: 1 | 3
  readonly nominalVoltageV: number
}

type Phase = NonNullable<SampledValue['phase']>
type Found = { readonly value: number; readonly phase?: Phase }
interface Row {
  readonly unit: SampledValue['unit']
  /** The outlet when left out. */
  readonly location?: NonNullable<SampledValue['location']>
  /** Only a DC outlet's EV tells it. */
  readonly isOfDc?: true
  /** How its phases are named, `L1` or `L1-N`, where it has any: from so many phases on. */
  readonly phases?: { readonly from: 1 | 3; readonly suffix: '' | '-N' }
  readonly find: (source: MeasurandSource) => readonly (Found | undefined)[]
}

const phaseNames = ['L1', 'L2', 'L3'] as const
const perPhase =
  (pick: (phase: PhaseReading) => number | undefined, suffix: '' | '-N' = '') =>
  (source: MeasurandSource) =>
    (source.reading?.phases ?? []).map((phase, at) => {
      const value = pick(phase)
      const name = phaseNames[at]
      if (value !== undefined && source.offered.watts !== undefined) return { value }
      return value === undefined || name === undefined ? undefined : { value, phase: `${name}${suffix}` as Phase }
    })
const total = (pick: (source: MeasurandSource) => number | undefined) => (source: MeasurandSource) => {
  const value = pick(source)
  return [value === undefined ? undefined : { value }]
}

/** Every measurand this program can give (OCPP 1.6 §7.31, the same words in 2.0.1). Voltage is against neutral. */
const table: Readonly<Record<string, Row>> = {
  'Energy.Active.Import.Register': { unit: 'Wh', find: total((s) => s.reading && Math.floor(s.reading.importWh)) },
  'Energy.Active.Export.Register': { unit: 'Wh', find: total((s) => s.reading?.exportWh) },
  'Power.Active.Import': {
    unit: 'W',
    phases: { from: 3, suffix: '' },
    find: (s) => [...total((t) => t.reading?.powerW)(s), ...(isPolyphase(s) ? perPhase((p) => p.powerW)(s) : [])],
  },
  'Current.Import': { unit: 'A', phases: { from: 1, suffix: '' }, find: perPhase((p) => p.currentA) },
  Voltage: { unit: 'V', phases: { from: 1, suffix: '-N' }, find: perPhase((p) => p.voltageV, '-N') },
  Frequency: { unit: 'Hz', find: total((s) => s.reading?.frequencyHz) },
  'Power.Factor': { unit: 'none', find: total((s) => s.reading?.powerFactor) },
  'Current.Offered': { unit: 'A', find: total((s) => s.offered.amps) },
  'Power.Offered': { unit: 'W', find: total((s) => s.offered.watts ?? s.offered.amps * s.phases * s.nominalVoltageV) },
  SoC: { unit: 'Percent', location: 'EV', isOfDc: true, find: total((s) => s.reading?.evChargePercent) },
}

function isPolyphase(source: MeasurandSource): boolean {
  return (source.reading?.phases.length ?? 0) > 1
}

/** A measurand as a central system names it, split: `Voltage.L1` -> `Voltage` and `L1`. */
function split(name: string): { readonly measurand: string; readonly phase: string | undefined } {
  const found = /^(.*)\.(L[123](?:-N)?)$/.exec(name)
  return found ? { measurand: found[1] as string, phase: found[2] } : { measurand: name, phase: undefined }
}

/** True when the name (with or without a phase) can be asked for where there are so many phases (0: DC outlets only). */
export function isMeasurand(name: string, phases: 0 | 1 | 3, hasDc = phases === 0): boolean {
  const { measurand, phase } = split(name)
  const row = Object.hasOwn(table, measurand) ? table[measurand] : undefined
  if (row === undefined || (row.isOfDc === true && !hasDc)) return false
  if (phase === undefined) return true
  const isThere = row.phases !== undefined && row.phases.from <= phases && Number(phase[1]) <= phases
  // The neutral may be left out of `Voltage.L1-N`, never added to a current.
  return isThere && (phase.length === 2 || row.phases?.suffix === '-N')
}

/** The values of the measurands asked for, as far as the board has them now, each once. */
export function valuesOf(names: readonly string[], source: MeasurandSource): readonly SampledValue[] {
  const values = names.flatMap((name) => {
    const { measurand, phase } = split(name)
    const row = Object.hasOwn(table, measurand) ? table[measurand] : undefined
    if (row === undefined) return []
    return row
      .find(source)
      .filter((found) => found !== undefined)
      .filter((found) => phase === undefined || found.phase?.slice(0, 2) === phase.slice(0, 2))
      .map(
        (found): SampledValue => ({
          measurand,
          unit: row.unit,
          value: found.value,
          ...(found.phase === undefined ? {} : { phase: found.phase }),
          ...(row.location === undefined ? {} : { location: row.location }),
        }),
      )
  })
  const key = (value: SampledValue) => `${value.measurand} ${value.phase ?? ''}`
  return [...new Map(values.map((value) => [key(value), value])).values()]
}
