import { infoOf, opened, placeOf } from '../../hal/bus/gpio-place.ts'
import type { Kernel } from '../../hal/bus/kernel.ts'
import type { LineSpec } from '../../hal/spec/words.ts'
import { DeviceError } from '../base/errors.ts'

/** Asks the character device who holds a line (GET_LINEINFO, which asks for nothing), as `gpioinfo` does. */
export function holders(kernel: Kernel, directory = '/dev'): (line: LineSpec) => string | undefined {
  return (line) => {
    const { chip, offset } = placeOf(kernel, directory, line)
    try {
      const { consumer, isUsed } = opened(kernel, chip.path, (file) => infoOf(kernel, file, offset))
      return isUsed ? consumer || 'a driver of the kernel' : ''
    } catch (cause) {
      throw new DeviceError(chip.path, 'refused', cause)
    }
  }
}
