import type { Listenable } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { InputSpec, LineSpec, OutputSpec } from '../spec/words.ts'
import type { Output } from '../types.ts'

/** One interface over the gpiochip character device, sysfs, and the pins of I2C expanders. */

export interface Edge {
  /** True: to active. */
  readonly isActive: boolean
  /** Monotonic ms; the kernel's own timestamp on the character device. */
  readonly at: Millis
  /** Which line of a request for several. */
  readonly line: number
}

/** An input line; `isActive` is debounced and honours `activeLow`. */
export interface InputLine {
  /** Undefined: could not be read. */
  readonly isActive: boolean | undefined
  readonly edges: Listenable<Edge>
  close(): void
}

/** `on` and `off` throw DeviceError when the device does not take it: `openSwitched` makes health of it for the guard, whose tick must go on,
 *  and says an OFF again. */
export interface OutputLine extends Output {
  /** Sets OFF and lets go of it, as far as the device lets it. Never throws. */
  close(): void
}

/** Several inputs of one chip in one request (Wiegand). The kernel has a thread for each line: edges of two lines may be told in another order than
 *  they happened. `at` is what tells the order. */
export interface InputGroup {
  readonly edges: Listenable<Edge>
  close(): void
}

export interface Gpio {
  readonly kind: 'chardev' | 'sysfs' | 'simulated'
  /** Requested at its OFF level and read back. @throws DeviceError naming the line, the chip, the number tried and who holds it */
  output(spec: OutputSpec): OutputLine
  input(spec: InputSpec): InputLine
  /** @throws DeviceError 'refused' on sysfs, which loses short pulses */
  group(specs: readonly InputSpec[]): InputGroup
  close(): void
}

/** What a line is called in errors and logs: `GPIO17`, `pinctrl-rp1:17`, `relays:3`. */
export function lineName(spec: LineSpec): string {
  if (spec.header !== undefined) return `GPIO${spec.header}`
  if (spec.name !== undefined) return spec.name
  if (spec.part !== undefined) return `${spec.part}:${spec.pin}`
  return `${spec.chip}:${spec.offset}`
}
