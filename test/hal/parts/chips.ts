import type { I2cBus } from '../../../hal/bus/i2c.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import type { SimulatedClock } from '../../../src/base/simulated-clock.ts'

/** I2C chips by their registers. */

/** A chip answers a transfer: bytes written, then bytes read. */
export interface FakeChip {
  write(bytes: Uint8Array): void
  read(length: number): Uint8Array
}

/** What is wrong with the wires, by address or for all. */
export type Trouble = 'absent' | 'timeout' | 'garbage' | undefined

export interface FakeBus extends I2cBus {
  readonly chips: Map<number, FakeChip>
  trouble: Trouble
  /** Each transfer takes so long (ms). */
  slowMs: number
  transfers: number
}

/** A bus that carries out everything at once, or after `slowMs`. */
export function fakeBus(clock: SimulatedClock, random: () => number = () => 0.5): FakeBus {
  const chipAt = (address: number): FakeChip => {
    const chip = bus.chips.get(address)
    if (bus.trouble === 'timeout') throw new DeviceError(`0x${address.toString(16)}`, 'timeout')
    if (chip === undefined || bus.trouble === 'absent') throw new DeviceError(`0x${address.toString(16)}`, 'absent')
    return chip
  }
  const slowly = () => (bus.slowMs === 0 ? Promise.resolve() : new Promise<void>((resolve) => void clock.after('fake bus', bus.slowMs, resolve)))
  const bus: FakeBus = {
    number: 1,
    chips: new Map(),
    trouble: undefined,
    slowMs: 0,
    transfers: 0,
    async transfer(address, write, length) {
      bus.transfers++
      const chip = chipAt(address)
      if (write.length > 0) chip.write(write)
      const bytes = chip.read(length)
      // What was read is old by the time it arrives.
      await slowly()
      return bus.trouble === 'garbage' ? bytes.map(() => Math.floor(random() * 256)) : bytes
    },
    async write(address, bytes) {
      bus.transfers++
      await slowly()
      chipAt(address).write(bytes)
    },
    writeNow(address, bytes) {
      chipAt(address).write(bytes)
    },
    close() {},
  }
  return bus
}

/** Registers that count up, with a pointer. */
export interface RegisterChip extends FakeChip {
  readonly registers: Uint8Array
  /** Acknowledges and does nothing. */
  isStuck: boolean
  /** As after its supply dipped. */
  reset(): void
}

function registerChip(initial: readonly number[], { counts, onRead }: { counts: boolean; onRead?: (registers: Uint8Array) => void }): RegisterChip {
  let pointer = 0
  const chip: RegisterChip = {
    registers: Uint8Array.from(initial),
    isStuck: false,
    reset: () => chip.registers.set(initial),
    write(bytes) {
      pointer = bytes[0] ?? 0
      bytes.slice(1).forEach((byte, at) => {
        if (!chip.isStuck) chip.registers[counts ? pointer + at : pointer] = byte
      })
    },
    read(length) {
      onRead?.(chip.registers)
      return Uint8Array.from({ length }, (_, at) => chip.registers[counts ? pointer + at : pointer] ?? 0xff)
    },
  }
  return chip
}

/** GPIO shows the wires at inputs and the latch at outputs. */
export function fakeMcp23017(wires: { levels: number }): RegisterChip {
  const port = (registers: Uint8Array, at: 0 | 1) => {
    const inputs = registers[0x00 + at] ?? 0
    registers[0x12 + at] = (((wires.levels >> (8 * at)) & inputs) | ((registers[0x14 + at] ?? 0) & ~inputs)) & 0xff
  }
  return registerChip([0xff, 0xff, ...new Array<number>(0x14).fill(0)], {
    counts: true,
    onRead(registers) {
      port(registers, 0)
      port(registers, 1)
    },
  })
}

export function fakePca9554(wires: { levels: number }): RegisterChip {
  return registerChip([0, 0xff, 0, 0xff], {
    counts: false,
    onRead(registers) {
      const inputs = registers[3] ?? 0
      registers[0] = ((wires.levels & inputs) | ((registers[1] ?? 0) & ~inputs)) & 0xff
    },
  })
}

/** Version 4 of the 4-relay board: relays, set, clear, inputs, inputs for alternating voltage. */
export function fakeRelayController(wires: { levels: number }): RegisterChip {
  return registerChip(new Array<number>(0x80).fill(0), {
    counts: true,
    onRead(registers) {
      registers[4] = wires.levels & 0x0f
    },
  })
}

/** Pins at 1 are held up weakly: a wire pulls them down. */
export function fakePcf8574(wires: { levels: number }): FakeChip & { port: number } {
  const chip = {
    port: 0xff,
    write(bytes: Uint8Array) {
      chip.port = bytes[0] ?? chip.port
    },
    read: () => Uint8Array.of(chip.port & wires.levels),
  }
  return chip
}

export interface FakeAds1115 extends FakeChip {
  /** Volts at the inputs. */
  readonly volts: number[]
  /** Acknowledges and does nothing: it converts for ever. */
  isStuck: boolean
  /** Acknowledges and takes nothing: it says for ever what it said last. */
  isDeaf: boolean
  /** How long a conversion takes (ms). */
  conversionMs: number
  /** Inputs as they were converted. */
  readonly converted: number[]
  reset(): void
  /** As another program would write it. */
  configure(config: number): void
}

/** Obeys multiplexer and gain; ignores OS while it converts and ends with the input it began with. */
export function fakeAds1115(clock: SimulatedClock, volts: number[]): FakeAds1115 {
  const scales = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256]
  let pointer = 0
  let config = 0x0583
  let conversion = 0
  let under: { readonly ends: number; readonly code: number } | undefined
  const codeOf = () => {
    const mux = (config >> 12) & 7
    const input = mux >= 4 ? mux - 4 : 0
    chip.converted.push(input)
    const difference = (chip.volts[input] ?? 0) - (mux === 0 ? (chip.volts[1] ?? 0) : mux < 4 ? (chip.volts[3] ?? 0) : 0)
    return Math.max(-0x8000, Math.min(0x7fff, Math.round((difference * 0x8000) / (scales[(config >> 9) & 7] ?? 1))))
  }
  const begin = () => {
    under = { ends: clock.monotonic() + chip.conversionMs, code: codeOf() }
  }
  const catchUp = () => {
    if (under === undefined || chip.isStuck || clock.monotonic() < under.ends) return
    conversion = under.code & 0xffff
    under = undefined
    if ((config & 0x0100) === 0) begin()
  }
  const chip: FakeAds1115 = {
    volts,
    isStuck: false,
    isDeaf: false,
    conversionMs: 1.2,
    converted: [],
    reset() {
      config = 0x0583
      under = undefined
    },
    configure(next) {
      catchUp()
      config = next & 0x7fff
      if (under === undefined && ((next & 0x8000) !== 0 || (next & 0x0100) === 0)) begin()
    },
    write(bytes) {
      pointer = bytes[0] ?? 0
      const [, high, low] = bytes
      if (pointer === 1 && high !== undefined && low !== undefined && !chip.isStuck && !chip.isDeaf) chip.configure((high << 8) | low)
    },
    read() {
      catchUp()
      const isBusy = under !== undefined || chip.isStuck
      const word = pointer === 0 ? conversion : config | (isBusy ? 0 : 0x8000)
      return Uint8Array.of(word >> 8, word & 0xff)
    },
  }
  return chip
}
