import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'
import type { I2cBus } from '../bus/i2c.ts'
import { pause, within } from '../bus/rounds.ts'

/** Registers of the MFRC522, data sheet §9.2. On I2C the register's number is sent as it is (§8.1.4). */
export const registers = {
  command: 0x01,
  comIrq: 0x04,
  error: 0x06,
  fifoData: 0x09,
  fifoLevel: 0x0a,
  bitFraming: 0x0d,
  mode: 0x11,
  txControl: 0x14,
  txAsk: 0x15,
  timerMode: 0x2a,
  timerPrescaler: 0x2b,
  timerReloadHigh: 0x2c,
  timerReloadLow: 0x2d,
  version: 0x37,
} as const

export const commands = { idle: 0x00, transceive: 0x0c, softReset: 0x0f } as const
/** ComIrqReg. */
export const irq = { received: 0x20, idle: 0x10, timer: 0x01 } as const
/** FIFO overflow, collision, parity, protocol. */
const errors = 0x10 | 0x08 | 0x02 | 0x01
const antennaOn = 0x03
/** Timer of 25 ms for an answer: it starts with the end of sending. */
const settings: readonly (readonly [register: number, value: number])[] = [
  [registers.timerMode, 0x80],
  [registers.timerPrescaler, 0xa9],
  [registers.timerReloadHigh, 0x03],
  [registers.timerReloadLow, 0xe8],
  [registers.txAsk, 0x40],
  [registers.mode, 0x3d],
]
const busWithin: Millis = 500
const answersWithin: Millis = 60

/** What a card answered; undefined: nothing, or two cards at once. */
export type Transceive = (bytes: readonly number[], lastBits?: number) => Promise<Uint8Array | undefined>

export class Mfrc522Chip {
  readonly #name: string
  readonly #bus: I2cBus
  readonly #address: number
  readonly #clock: Clock

  constructor(name: string, bus: I2cBus, address: number, clock: Clock) {
    this.#name = name
    this.#bus = bus
    this.#address = address
    this.#clock = clock
  }

  /** Returns what it says it is: 0x91, 0x92, 0x88 and others on clones. @throws DeviceError */
  async setUp(): Promise<number> {
    await this.#write(registers.command, commands.softReset)
    await pause('mfrc522 resets', this.#clock, 50)
    const version = await this.#read(registers.version)
    if (version === 0x00 || version === 0xff) throw new DeviceError(this.#name, 'absent', new Error(`register 0x37 is ${version}: no MFRC522`))
    for (const [register, value] of settings) await this.#write(register, value)
    await this.#write(registers.txControl, (await this.#read(registers.txControl)) | antennaOn)
    if (!(await this.isSetUp())) throw new DeviceError(this.#name, 'refused', new Error('its antenna does not go on'))
    return version
  }

  /** False: its antenna is off, or nobody holds the bus down any more (all bits set). */
  async isSetUp(): Promise<boolean> {
    const control = await this.#read(registers.txControl)
    return control !== 0xff && (control & antennaOn) === antennaOn
  }

  /** Sends bytes to the card, the last one with `lastBits` bits only (0: all 8), and gives what comes back. @throws DeviceError */
  async transceive(bytes: readonly number[], lastBits = 0): Promise<Uint8Array | undefined> {
    await this.#write(registers.command, commands.idle)
    await this.#write(registers.comIrq, 0x7f)
    await this.#write(registers.fifoLevel, 0x80)
    await this.#write(registers.fifoData, ...bytes)
    await this.#write(registers.bitFraming, lastBits)
    await this.#write(registers.command, commands.transceive)
    await this.#write(registers.bitFraming, 0x80 | lastBits)
    if (!(await this.#hasAnswer()) || ((await this.#read(registers.error)) & errors) !== 0) return undefined
    const length = await this.#read(registers.fifoLevel)
    return length === 0 || length > 64 ? undefined : await this.#transfer(registers.fifoData, length)
  }

  async #hasAnswer(): Promise<boolean> {
    const until = this.#clock.monotonic() + answersWithin
    for (;;) {
      const flags = await this.#read(registers.comIrq)
      if ((flags & (irq.received | irq.idle)) !== 0) return true
      if ((flags & irq.timer) !== 0) return false
      if (this.#clock.monotonic() >= until) throw new DeviceError(this.#name, 'timeout', new Error('its own timer does not end'))
      await pause('mfrc522 answers', this.#clock, 2)
    }
  }

  async #read(register: number): Promise<number> {
    return (await this.#transfer(register, 1))[0] ?? 0
  }

  #transfer(register: number, length: number): Promise<Uint8Array> {
    return within(this.#name, this.#clock, busWithin, this.#bus.transfer(this.#address, Uint8Array.of(register), length))
  }

  #write(register: number, ...values: readonly number[]): Promise<void> {
    return within(this.#name, this.#clock, busWithin, this.#bus.write(this.#address, Uint8Array.of(register, ...values)))
  }
}
