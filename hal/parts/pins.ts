import type { Clock } from '../../src/base/clock.ts'
import type { Log } from '../../src/base/log.ts'
import type { InputLine, OutputLine } from '../bus/gpio.ts'
import type { InputSpec, OutputSpec } from '../spec/words.ts'

/** Lines of an I2C expander or a relay board.
 *
 *  A write that fails is thrown, told through `health`, and leaves `isOn` undefined; an OFF is written again until it arrives, an ON is not. */
export interface Pins {
  /** Driven to its OFF level at once; read back with the next poll.
   *  @throws ConfigError for a pin that is not there or cannot do this, DeviceError when the part does not take it */
  output(pin: number, spec: OutputSpec): OutputLine
  /** Polled every 20 ms: an expander has no edges. @throws ConfigError, DeviceError as above */
  input(pin: number, spec: InputSpec): InputLine
}

export interface PartOptions {
  readonly clock: Clock
  readonly log: Log
  /** An input changed, or cannot be read any more. */
  changed(): void
  /** The part went away (undefined: came back). */
  health(part: string, problem: string | undefined): void
}
