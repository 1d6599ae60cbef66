import type { I2cBus } from '../../../hal/bus/i2c.ts'
import type { Clock } from '../../../src/base/clock.ts'
import { DeviceError } from '../../../src/base/errors.ts'

/** A type A card: its states, its cascade levels, its answers. CRC of its own, so that a mistake of the driver's is not made twice. */
export interface CardModel {
  readonly uid: Uint8Array
  /** Spoils the check byte of the anticollision. */
  hasBadBcc?: boolean
  /** Spoils the CRC of its answer to the selection. */
  hasBadCrc?: boolean
}

/** ISO/IEC 14443-3 Annex B, bit by bit. */
export function crcOf(bytes: readonly number[]): readonly number[] {
  let crc = 0x6363
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const isOne = ((crc ^ (byte >> bit)) & 1) !== 0
      crc = (crc >> 1) ^ (isOne ? 0x8408 : 0)
    }
  }
  return [crc & 0xff, crc >> 8]
}

function cardOf({ uid, hasBadBcc, hasBadCrc }: CardModel) {
  const bytes = [...uid]
  const levels =
    bytes.length === 4
      ? [bytes]
      : bytes.length === 7
        ? [[0x88, ...bytes.slice(0, 3)], bytes.slice(3)]
        : [[0x88, ...bytes.slice(0, 3)], [0x88, ...bytes.slice(3, 6)], bytes.slice(6)]
  let state: 'idle' | 'ready' | 'active' | 'halt' = 'idle'
  let level = 0
  const selected = (): readonly number[] => {
    const isLast = level === levels.length - 1
    level++
    if (isLast) state = 'active'
    const sak = isLast ? 0x08 : 0x04
    const [low = 0, high = 0] = crcOf([sak])
    return [sak, low, hasBadCrc === true ? high ^ 1 : high]
  }
  /** Undefined: silence. */
  return (sent: readonly number[], bits: number): readonly number[] | undefined => {
    const [command, what] = sent
    if (bits === 7 && (command === 0x52 || (command === 0x26 && state === 'idle'))) {
      state = 'ready'
      level = 0
      return [0x04, 0x00]
    }
    if (command === 0x50) {
      state = 'halt'
      return undefined
    }
    if (state !== 'ready' || command !== 0x93 + 2 * level) return undefined
    const own = levels[level] ?? []
    const bcc = own.reduce((sum, each) => sum ^ each, 0) ^ (hasBadBcc === true ? 1 : 0)
    if (what === 0x20) return [...own, bcc]
    const [low, high] = crcOf(sent.slice(0, 7))
    const isMine = what === 0x70 && own.every((each, at) => sent[2 + at] === each) && sent[6] === bcc && sent[7] === low && sent[8] === high
    return isMine ? selected() : undefined
  }
}

export type Mfrc522Fault = 'absent' | 'stuck' | 'no chip' | 'hangs' | 'bus hangs'

/** An MFRC522 at 0x28: the registers that the driver uses, and the field with its cards. */
export function mfrc522Model(clock: Clock) {
  const registers = new Map<number, number>()
  let fifo: readonly number[] = []
  let cards: readonly ReturnType<typeof cardOf>[] = []
  let fault: Mfrc522Fault | undefined
  const sent: (readonly number[])[] = []
  const reset = () => {
    registers.clear()
    registers.set(0x37, 0x92)
    registers.set(0x14, 0x80)
    fifo = []
  }
  reset()
  const flag = (bit: number) => registers.set(0x04, (registers.get(0x04) ?? 0) | bit)
  const transmit = (bits: number) => {
    const out = fifo
    fifo = []
    sent.push(out)
    const isOn = ((registers.get(0x14) ?? 0) & 0x03) === 0x03
    const answers = isOn ? cards.map((each) => each(out, bits)).filter((each) => each !== undefined) : []
    const [first] = answers
    if (fault === 'hangs') return
    clock.after('field', first === undefined ? 25 : 1, () => {
      registers.set(0x06, 0)
      if (first === undefined) return flag(0x01)
      fifo = first
      // Bits of two cards that differ collide.
      if (answers.some((each) => each.join() !== first.join())) registers.set(0x06, 0x08)
      flag(0x20)
    })
  }
  const write = ([register = 0, ...values]: readonly number[]) => {
    const value = values.at(-1) ?? 0
    if (register === 0x09) fifo = [...fifo, ...values]
    else if (register === 0x0a && (value & 0x80) !== 0) fifo = []
    else if (register === 0x01 && value === 0x0f) reset()
    else if (register === 0x04) registers.set(0x04, (registers.get(0x04) ?? 0) & ~value)
    else {
      registers.set(register, value)
      if (register === 0x0d && (value & 0x80) !== 0 && registers.get(0x01) === 0x0c) transmit(value & 0x07)
    }
  }
  const read = (register: number, length: number): readonly number[] => {
    if (fault === 'stuck') return new Array<number>(length).fill(0xff)
    if (fault === 'no chip' && register === 0x37) return [0x00]
    if (register === 0x0a) return [fifo.length]
    if (register !== 0x09) return [registers.get(register) ?? 0]
    const taken = fifo.slice(0, length)
    fifo = fifo.slice(length)
    return taken
  }
  const meet = (address: number) => {
    if (address !== 0x28 || fault === 'absent') throw new DeviceError(`i2c-1 0x${address.toString(16)}`, 'absent')
  }
  const bus: I2cBus = {
    number: 1,
    async transfer(address, bytes, length) {
      if (fault === 'bus hangs') return new Promise(() => {})
      meet(address)
      return Uint8Array.from(read(bytes[0] ?? 0, length))
    },
    async write(address, bytes) {
      if (fault === 'bus hangs') return new Promise(() => {})
      meet(address)
      write([...bytes])
    },
    writeNow() {},
    close() {},
  }
  return {
    bus,
    sent,
    present(...models: readonly CardModel[]) {
      cards = models.map(cardOf)
    },
    fail(next: Mfrc522Fault | undefined) {
      fault = next
    },
    /** It lost its supply for a moment. */
    reset,
  }
}
