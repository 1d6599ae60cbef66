import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'
import type { I2cBus } from '../bus/i2c.ts'
import { pause, within } from '../bus/rounds.ts'
import type { ByteLine } from '../bus/serial.ts'
import { ackFrame, type Pn532Frame, pn532Frame, pn532Parser } from './pn532-frame.ts'

/** How commands reach a PN532 and answers come back, on a serial line (HSU) or I2C. */
export interface Pn532Link {
  readonly name: string
  /** Wakes the chip: its first bytes after sleep are lost. */
  wake(): Promise<void>
  /** Sends a command and gives the data of its answer. One at a time. @throws DeviceError */
  ask(command: readonly number[], limit: Millis): Promise<Uint8Array>
  /** The chip has been silent for long: what can be opened again, is. */
  reopen(): void
  close(): void
}

/** The chip acknowledges within 15 ms (UM0701-02 §6.2.2). */
const ackWithin: Millis = 100
/** A bus that takes a write for longer hangs. */
const writeWithin: Millis = 500

const wrong = (name: string, { kind }: Pn532Frame) =>
  new DeviceError(name, 'refused', new Error(kind === 'nack' ? 'it says NACK' : 'it does not know the command'))

/** An answer that is not for `command` is an old one, and passed over; what refuses it is thrown. */
function answerTo(name: string, command: readonly number[], frame: Pn532Frame): Uint8Array | undefined {
  if (frame.kind === 'nack' || frame.kind === 'error') throw wrong(name, frame)
  return frame.kind === 'answer' && frame.code === (command[0] ?? 0) + 1 ? frame.data : undefined
}

/** High-speed UART, 115200 8N1. */
export function serialLink(line: ByteLine, clock: Clock): Pn532Link {
  const name = `pn532 on ${line.name}`
  let hear: (frame: Pn532Frame) => void = () => {}
  const off = line.received.on(pn532Parser((frame) => hear(frame)))
  const write = (bytes: Uint8Array) => within(name, clock, writeWithin, line.write(bytes))
  return {
    name,
    async wake() {
      await write(Uint8Array.of(0x55, 0x55, ...new Array<number>(14).fill(0)))
    },
    async ask(command, limit) {
      let isAcknowledged = false
      const acknowledged = Promise.withResolvers<void>()
      const answered = Promise.withResolvers<Uint8Array>()
      // Whoever is not waited for any more must not count as a failure that nobody handles.
      answered.promise.catch(() => {})
      acknowledged.promise.catch(() => {})
      hear = (frame) => {
        try {
          if (frame.kind === 'ack') {
            isAcknowledged = true
            acknowledged.resolve()
          } else if (isAcknowledged) {
            const data = answerTo(name, command, frame)
            if (data !== undefined) answered.resolve(data)
          } else if (frame.kind !== 'answer') throw wrong(name, frame)
        } catch (error) {
          acknowledged.reject(error)
          answered.reject(error)
        }
      }
      try {
        await write(pn532Frame(command))
        await within(name, clock, ackWithin, acknowledged.promise)
        return await within(name, clock, limit, answered.promise)
      } catch (error) {
        // It ends what the chip may still be about. What becomes of it shows with the next command.
        line.write(ackFrame).catch(() => {})
        throw error
      } finally {
        hear = () => {}
      }
    },
    reopen: () => line.reopen(),
    close: off,
  }
}

const address = 0x24
const readyEvery: Millis = 5
/** The longest answer here: one target with a UID of 10 bytes and an ATS of 20. */
const longestAnswer = 48

/** I2C: after each frame the host reads a status byte until its bit 0 says that there is something to read; each read begins with that byte. */
export function i2cLink(bus: I2cBus, clock: Clock): Pn532Link {
  const name = `pn532 on i2c-${bus.number}`
  const read = (length: number) => within(name, clock, writeWithin, bus.transfer(address, new Uint8Array(), length))
  const write = (bytes: Uint8Array) => within(name, clock, writeWithin, bus.write(address, bytes))
  const nextFrame = async (length: number, limit: Millis): Promise<Pn532Frame> => {
    const until = clock.monotonic() + limit
    while ((((await read(1))[0] ?? 0) & 1) === 0) {
      if (clock.monotonic() >= until) throw new DeviceError(name, 'timeout')
      await pause('pn532 is ready', clock, readyEvery)
    }
    const frames: Pn532Frame[] = []
    pn532Parser((frame) => frames.push(frame))((await read(1 + length)).slice(1))
    const [frame] = frames
    if (frame === undefined) throw new DeviceError(name, 'crc')
    return frame
  }
  return {
    name,
    async wake() {
      // Its address wakes it; it may not acknowledge that one.
      await write(ackFrame).catch(() => {})
      await pause('pn532 wakes', clock, 2)
    },
    async ask(command, limit) {
      await write(pn532Frame(command))
      try {
        const first = await nextFrame(6, ackWithin)
        if (first.kind !== 'ack') throw first.kind === 'answer' ? new DeviceError(name, 'crc') : wrong(name, first)
        const data = answerTo(name, command, await nextFrame(longestAnswer, limit))
        if (data === undefined) throw new DeviceError(name, 'crc', new Error('it answers another command'))
        return data
      } catch (error) {
        await write(ackFrame).catch(() => {})
        throw error
      }
    },
    reopen() {},
    close() {},
  }
}
