import { none } from '../../src/local/web/format.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** `€ 12.50` as the reader writes it; a currency that the browser does not know stands before the figure. From a thousand on without cents. */
export function money(amount: number | undefined, currency: string | undefined): string {
  if (amount === undefined || currency === undefined) return none
  try {
    const hasCents = Math.abs(amount) < 1_000
    const key = `${currency} ${hasCents}`
    const format = formats.get(key) ?? new Intl.NumberFormat(undefined, { style: 'currency', currency, ...(hasCents ? {} : { maximumFractionDigits: 0 }) })
    formats.set(key, format)
    return format.format(amount)
  } catch {
    return `${currency} ${amount.toFixed(2)}`
  }
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const hundredth = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** `1,240`. */
export function count(value: number): string {
  return whole.format(value)
}

/** Three digits that count: `1,240`, `86.4`. */
export function amount(value: number): string {
  return Math.abs(value) >= 99.95 || Number.isInteger(value) ? whole.format(value) : tenth.format(value)
}

/** For a big figure with a small unit, of kW or kWh: `640 kW`, `1.24 MW`. */
export function large(value: number, unit: 'W' | 'Wh'): { readonly figure: string; readonly unit: string } {
  if (Math.abs(value) < 999.5) return { figure: amount(value), unit: `k${unit}` }
  const mega = value / 1_000
  return { figure: Math.abs(mega) < 99.95 ? hundredth.format(mega) : whole.format(mega), unit: `M${unit}` }
}
