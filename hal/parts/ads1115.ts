import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Millis, Volts } from '../../src/base/units.ts'
import type { Adc } from '../bus/adc.ts'
import type { I2cBus } from '../bus/i2c.ts'
import { pause } from '../bus/rounds.ts'
import type { Opened } from '../bus/wiring.ts'
import type { PartSpec } from '../spec/wires.ts'

export type AdsSpec = Pick<Extract<PartSpec, { kind: 'ads1115' }>, 'address' | 'fullScaleV' | 'is12Bit'>

const register = { conversion: 0, config: 1 } as const
/** OS. Written: begin. Read: no conversion is under way. */
const ready = 0x8000
const singleEnded = [0x4000, 0x5000, 0x6000, 0x7000] as const
const gains = { 6.144: 0x0000, 4.096: 0x0200, 2.048: 0x0400, 1.024: 0x0600 } as const
const singleShot = 0x0100
/** 860 samples per second; 3300 of an ADS1015. */
const rate = { 16: 0x00e0, 12: 0x00c0 } as const
/** The comparator is off, and with it the meaning of these bits: they number the conversions. */
const comparatorOff = 0x0003
const firstMark = 0x0004
const marks = 8

/** 1.16 ms at 860 samples per second, 10 % either way (datasheet). */
const askFirstAfter: Millis = 1
const askAgainAfter: Millis = 1
const longestConversion: Millis = 10

/** TI ADS1115 (16 bit) and ADS1015 (12 bit): one conversion at a time, each begun for the input that was asked for.
 *
 *  No value is ever that of another input. The converter ignores a command while it converts and ends with the input it began with, so that
 *  after anything that went wrong the next conversion begins only when the converter says that it rests. Each command bears a mark of three
 *  bits that mean nothing to it; the answer counts only when mark, input and gain read back as they were written: a chip that was reset,
 *  hangs, or is used by another program is found out. A value at full scale is clipped and no value.
 *
 *  @throws DeviceError from `convert`: 'timeout', 'absent', 'crc' for an answer that cannot be, 'refused' for a clipped value */
export function ads1115(name: string, { address, fullScaleV = 4.096, is12Bit = false }: AdsSpec, bus: I2cBus, clock: Clock): Opened<Adc> {
  let tail: Promise<unknown> = Promise.resolve()
  /** False: a conversion of somebody may be under way. */
  let isResting = false
  let mark = 0
  let isClosed = false

  const failure = (problem: DeviceError['problem'], channel: number, words: string) => new DeviceError(`${name} input ${channel}`, problem, new Error(words))
  const word = async (at: number) => {
    const [high = 0, low = 0] = await bus.transfer(address, Uint8Array.of(at), 2)
    return (high << 8) | low
  }
  const wait = (time: Millis) => pause(`${name} conversion`, clock, time)

  /** The configuration once no conversion is under way. */
  const rested = async (channel: number, since: Millis): Promise<number> => {
    for (;;) {
      const config = await word(register.config)
      if ((config & ready) !== 0) return config
      if (clock.monotonic() - since >= longestConversion) throw failure('timeout', channel, `it still converts after ${longestConversion} ms`)
      await wait(askAgainAfter)
    }
  }
  /** Whatever was begun before ends first. One that another program left converting for ever is told to stop. */
  const rest = async (channel: number) => {
    const config = await word(register.config)
    if ((config & ready) !== 0) return
    const idle = singleShot | comparatorOff
    if ((config & singleShot) === 0) await bus.write(address, Uint8Array.of(register.config, idle >> 8, idle & 0xff))
    await rested(channel, clock.monotonic())
  }
  const convert = async (channel: number): Promise<Volts> => {
    const input = singleEnded[channel]
    if (input === undefined) throw new RangeError(`${name} has inputs 0 to 3, not ${channel}`)
    if (isClosed) throw failure('refused', channel, 'it is closed')
    if (!isResting) await rest(channel)
    isResting = false
    mark = (mark + 1) % marks
    const config = input | gains[fullScaleV] | singleShot | rate[is12Bit ? 12 : 16] | (mark * firstMark) | comparatorOff
    const command = config | ready
    await bus.write(address, Uint8Array.of(register.config, command >> 8, command & 0xff))
    const begun = clock.monotonic()
    await wait(askFirstAfter)
    const said = await rested(channel, begun)
    if ((said & ~ready) !== config) throw failure('crc', channel, `its configuration reads 0x${said.toString(16)}, 0x${config.toString(16)} was written`)
    const code = await word(register.conversion)
    isResting = true
    return voltsOf(code, channel)
  }
  const voltsOf = (code: number, channel: number): Volts => {
    const signed = code >= 0x8000 ? code - 0x10000 : code
    const step = is12Bit ? 16 : 1
    if (signed % step !== 0) throw failure('crc', channel, 'a 12 bit converter has no such value: is it an ADS1115?')
    if (signed >= 0x8000 - step || signed === -0x8000) throw failure('refused', channel, `the value is clipped: ${fullScaleV} V or more at the converter`)
    return (signed * fullScaleV) / 0x8000
  }
  return {
    name,
    convert(channel) {
      const turn = tail.then(() => convert(channel))
      tail = turn.catch(() => {})
      return turn
    },
    close() {
      isClosed = true
    },
  }
}
