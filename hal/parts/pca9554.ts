import type { I2cBus } from '../bus/i2c.ts'
import type { PinLayout, PortChip } from './expander.ts'

/** NXP PCA9554, TI TCA9534, 8 pins. One register at a time: they do not count up. */
const register = { input: 0, output: 1, polarity: 2, direction: 3 } as const

export function pca9554(bus: I2cBus, address: number): PortChip {
  const read = async (at: number) => (await bus.transfer(address, Uint8Array.of(at), 1))[0] ?? 0
  return {
    async begin() {
      await bus.write(address, Uint8Array.of(register.direction, 0xff))
      await bus.write(address, Uint8Array.of(register.polarity, 0))
    },
    writeLatch: (latch) => bus.writeNow(address, Uint8Array.of(register.output, latch & 0xff)),
    writeDirection: (inputs) => bus.writeNow(address, Uint8Array.of(register.direction, inputs & 0xff)),
    read: async () => ({ levels: await read(register.input), latch: await read(register.output) }),
    isConfigured: async (inputs) => (await read(register.direction)) === (inputs & 0xff) && (await read(register.polarity)) === 0,
  }
}

const pin = (number: number) => (number >= 0 && number <= 7 ? number : undefined)
// The PCA9554 has weak pull-ups that cannot be switched, the TCA9534 has none: neither is promised.
export const pca9554Pins: PinLayout = { output: pin, input: pin, invertedInputs: 0, pulls: ['none'], words: 'pins 0 to 7' }
