import type { Measured } from '../store/store.ts'

/** One value of a moment, whatever version brought it. */
export interface MeasuredValue {
  /** `Power.Active.Import`, as both versions spell it. */
  readonly measurand: string
  readonly phase: string | undefined
  readonly location: string | undefined
  readonly context: string | undefined
  readonly value: number
  /** `Wh`, `kW`; undefined where the version has a default. */
  readonly unit: string | undefined
}

/** Makes one row of a moment's values. Power and energy are the value without phase, or the sum of L1 to L3; current is the highest phase,
 *  voltage the mean. Values of the grid side or the body of the station are told apart from those of the outlet: they are among `others`. */
export function measuredAt(atMs: number, values: readonly MeasuredValue[]): Measured {
  const outlet = values.filter(({ location }) => location === undefined || location === 'Outlet')
  const of = (measurand: string) => outlet.filter((each) => each.measurand === measurand)
  const context = values.find((each) => each.context !== undefined && each.context !== 'Sample.Periodic')?.context
  const others = Object.fromEntries(
    values.filter((each) => !isColumn(each)).map((each) => [nameOf(each), `${each.value}${each.unit === undefined ? '' : ` ${each.unit}`}`]),
  )
  return {
    atMs,
    ...(context === undefined ? {} : { context }),
    ...defined('power_w', total(of('Power.Active.Import'))),
    ...defined('energy_wh', total(of('Energy.Active.Import.Register'))),
    ...defined('current_a', highest(of('Current.Import'))),
    ...defined('voltage_v', mean(of('Voltage'))),
    ...defined('soc_percent', values.find(({ measurand }) => measurand === 'SoC')?.value),
    ...(Object.keys(others).length === 0 ? {} : { others }),
  }
}

const columns = new Set(['Power.Active.Import', 'Energy.Active.Import.Register', 'Current.Import', 'Voltage', 'SoC'])
const isColumn = ({ measurand, location }: MeasuredValue) => columns.has(measurand) && (measurand === 'SoC' || location === undefined || location === 'Outlet')

function nameOf({ measurand, phase, location }: MeasuredValue): string {
  return [measurand, location === 'Outlet' ? undefined : location, phase].filter((part) => part !== undefined).join('.')
}

const inUnit = ({ value, unit }: MeasuredValue) => (unit === 'kW' || unit === 'kWh' ? value * 1_000 : value)

function total(values: readonly MeasuredValue[]): number | undefined {
  const whole = values.find(({ phase }) => phase === undefined)
  if (whole !== undefined) return inUnit(whole)
  const phases = values.filter(({ phase }) => /^L[123](-N)?$/.test(phase ?? ''))
  return phases.length === 0 ? undefined : phases.reduce((sum, each) => sum + inUnit(each), 0)
}

function highest(values: readonly MeasuredValue[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values.map(inUnit))
}

function mean(values: readonly MeasuredValue[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, each) => sum + inUnit(each), 0) / values.length
}

function defined<K extends string>(name: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined || !Number.isFinite(value) ? {} : ({ [name]: value } as { [P in K]?: number })
}
