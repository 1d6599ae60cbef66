import type { I2cBus } from '../bus/i2c.ts'
import type { PinLayout, PortChip } from './expander.ts'

/** Microchip MCP23017, 16 pins: 0 to 7 are GPA0 to GPA7, 8 to 15 are GPB0 to GPB7. Registers with IOCON.BANK = 0, A then B of each. */
const register = { iodir: 0x00, ipol: 0x02, gpinten: 0x04, iocon: 0x0a, gppu: 0x0c, gpio: 0x12, olat: 0x14 } as const
/** IOCON stands here while BANK = 1; with BANK = 0 it is GPINTENB, which is 0 as well. */
const ioconOfBank1 = 0x05

export function mcp23017(bus: I2cBus, address: number): PortChip {
  const pair = (at: number, value: number) => Uint8Array.of(at, value & 0xff, (value >> 8) & 0xff)
  const word = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return {
    async begin() {
      await bus.write(address, Uint8Array.of(ioconOfBank1, 0))
      await bus.write(address, Uint8Array.of(register.iocon, 0))
      await bus.write(address, pair(register.iodir, 0xffff))
      await bus.write(address, pair(register.ipol, 0))
      await bus.write(address, pair(register.gpinten, 0))
      await bus.write(address, pair(register.gppu, 0))
    },
    writeLatch: (latch) => bus.writeNow(address, pair(register.olat, latch)),
    writeDirection(inputs, pullUps) {
      bus.writeNow(address, pair(register.gppu, pullUps))
      bus.writeNow(address, pair(register.iodir, inputs))
    },
    async read() {
      const bytes = await bus.transfer(address, Uint8Array.of(register.gpio), 4)
      return { levels: word(bytes, 0), latch: word(bytes, 2) }
    },
    async isConfigured(inputs, pullUps) {
      const bytes = await bus.transfer(address, Uint8Array.of(register.iodir), register.gppu + 2)
      return word(bytes, register.iodir) === inputs && word(bytes, register.ipol) === 0 && bytes[register.iocon] === 0 && word(bytes, register.gppu) === pullUps
    },
  }
}

const pin = (number: number) => (number >= 0 && number <= 15 ? number : undefined)
export const mcp23017Pins: PinLayout = { output: pin, input: pin, invertedInputs: 0, pulls: ['up', 'none'], words: 'pins 0 to 15' }

/** On newer silicon GPA7 and GPB7 are outputs only: as inputs they may disturb SDA. */
export const isOutputOnly = (number: number) => number === 7 || number === 15
