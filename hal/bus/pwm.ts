import type { Percent } from '../../src/base/units.ts'

/** One channel of a hardware PWM at 1 kHz. */
export interface PwmOutput {
  /** 0 (steady low) to 100 (steady high) percent, synchronous. @throws DeviceError */
  set(duty: Percent): void
  close(): void
}
