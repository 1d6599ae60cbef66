import type { Volts } from '../../src/base/units.ts'

/** A converter of several inputs behind one multiplexer. */
export interface Adc {
  readonly name: string
  /** Converts one input: volts at the converter. @throws DeviceError */
  convert(channel: number): Promise<Volts>
}
