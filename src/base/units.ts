/** Quantities by type. A quantity is a plain number that refuses to be taken for another unit:
 *  `Volts` is not assignable to `Amps`, while the result of arithmetic (a number) is assignable to both. */
declare const unit: unique symbol
type Quantity<Unit extends string> = number & { readonly [unit]?: Unit }

export type Amps = Quantity<'A'>
export type Volts = Quantity<'V'>
export type Watts = Quantity<'W'>
export type WattHours = Quantity<'Wh'>
export type Millis = Quantity<'ms'>
export type Percent = Quantity<'%'>
export type Celsius = Quantity<'degC'>
export type Hertz = Quantity<'Hz'>

export const amps = (value: number): Amps => value
export const volts = (value: number): Volts => value
export const watts = (value: number): Watts => value
export const wattHours = (value: number): WattHours => value
export const millis = (value: number): Millis => value
export const seconds = (value: number): Millis => value * 1_000
export const minutes = (value: number): Millis => value * 60_000
export const hours = (value: number): Millis => value * 3_600_000
export const percent = (value: number): Percent => value
