import type { I2cBus } from '../bus/i2c.ts'
import type { PinLayout, PortChip } from './expander.ts'

/** PCF8574 and PCF8574A, 8 quasi-bidirectional pins without registers: a byte written is the port, a byte read is the pins. A pin that
 *  is 1 is held up by 100 uA, and is an input as well. After power-on every pin is 1, so that only outputs with `activeLow` are OFF from
 *  the first moment; another is ON (weakly) between power-on, or the end of a killed process, and the start of this program. */
export function pcf8574(bus: I2cBus, address: number): PortChip {
  let latch = 0xff
  let inputs = 0xff
  const write = () => bus.writeNow(address, Uint8Array.of((latch | inputs) & 0xff))
  const read = async () => (await bus.transfer(address, new Uint8Array(0), 1))[0] ?? 0
  return {
    // Nothing is written yet: it would turn an output ON that is OFF at 0.
    async begin() {
      await read()
    },
    writeLatch(next) {
      latch = next
      write()
    },
    writeDirection(next) {
      inputs = next
      write()
    },
    // There is no latch to read: an output says the level that the wire has, whoever holds it.
    async read() {
      const levels = await read()
      return { levels, latch: levels }
    },
    isConfigured: async () => true,
  }
}

const pin = (number: number) => (number >= 0 && number <= 7 ? number : undefined)
export const pcf8574Pins: PinLayout = { output: pin, input: pin, invertedInputs: 0, pulls: ['up', 'none'], words: 'pins 0 to 7' }
