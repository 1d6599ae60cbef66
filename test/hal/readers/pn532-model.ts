import type { I2cBus } from '../../../hal/bus/i2c.ts'
import type { Clock, Timer } from '../../../src/base/clock.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import type { Wire } from '../modbus/lines.ts'

/** What goes wrong with a PN532 or its wires. Blind: it never ends a search for cards. */
export type Pn532Fault = 'absent' | 'silent' | 'no answer' | 'garbage' | 'nack' | 'error frame' | 'bad checksum' | 'blind'

/** A frame of the chip. Its codec is its own, so that a mistake of the driver's is not made twice. */
export function chipFrame(body: readonly number[]): readonly number[] {
  const sum = body.reduce((all, each) => all + each, 0)
  return [0x00, 0x00, 0xff, body.length, (0x100 - body.length) & 0xff, ...body, (0x10000 - sum) & 0xff, 0x00]
}

const ack = [0x00, 0x00, 0xff, 0x00, 0xff, 0x00]

/** A PN532 that sleeps until it is woken, and looks for cards for ever until it is told how often to try. */
function chip(clock: Clock) {
  let isAwake = false
  let isConfigured = false
  let hasLimit = false
  let cards: readonly Uint8Array[] = []
  let search: Timer | undefined
  let fault: Pn532Fault | undefined
  const commands: number[] = []
  const targets = (found: readonly Uint8Array[]) => [
    found.length,
    ...found.flatMap((uid, at) => [
      at + 1,
      0x00,
      0x44,
      uid.length === 4 ? 0x08 : 0x20,
      uid.length,
      ...uid,
      ...(uid.length === 4 ? [] : [0x05, 0x78, 0x80, 0x70, 0x02]),
    ]),
  ]
  /** The body of the answer, and after how many ms; undefined: none. */
  const answer = ([command = 0, first]: readonly number[]): readonly [body: readonly number[], afterMs: number] | undefined => {
    commands.push(command)
    if (command === 0x14) isConfigured = true
    if (command === 0x32 && first === 0x05) hasLimit = true
    if (command === 0x02) return [[0xd5, 0x03, 0x32, 0x01, 0x06, 0x07], 2]
    if (command !== 0x4a) return [[0xd5, command + 1], 2]
    if (fault === 'blind' || !isConfigured || (cards.length === 0 && !hasLimit)) return undefined
    return [[0xd5, 0x4b, ...targets(cards.slice(0, first ?? 1))], cards.length === 0 ? 60 : 20]
  }
  return {
    commands,
    answer,
    get isAwake() {
      return isAwake
    },
    get fault() {
      return fault
    },
    wake() {
      isAwake = true
    },
    /** Ends what is under way, and begins another. */
    later(run: (() => void) | undefined, afterMs: number) {
      search?.stop()
      search = run === undefined ? undefined : clock.after('pn532', afterMs, run)
    },
    present(...uids: readonly Uint8Array[]) {
      cards = uids
    },
    fail(next: Pn532Fault | undefined) {
      fault = next
    },
    /** It lost its supply for a moment. */
    restart() {
      isAwake = false
      isConfigured = false
      hasLimit = false
      search?.stop()
    },
    bodyOf(body: readonly number[]): readonly number[] {
      if (fault === 'error frame') return [0x00, 0x00, 0xff, 0x01, 0xff, 0x7f, 0x81, 0x00]
      const frame = chipFrame(body)
      return fault === 'bad checksum' ? frame.map((byte, at) => (at === frame.length - 2 ? byte ^ 0x01 : byte)) : frame
    },
  }
}

/** The command in a host frame; undefined: an acknowledgement, or none at all. */
function commandOf(bytes: readonly number[]): readonly number[] | undefined {
  const at = bytes.findIndex((byte, index) => byte === 0x00 && bytes[index + 1] === 0xff)
  const [length = 0, check = 0] = [bytes[at + 2], bytes[at + 3]]
  if (at < 0 || length === 0 || ((length + check) & 0xff) !== 0 || bytes[at + 4] !== 0xd4) return undefined
  return bytes.slice(at + 5, at + 4 + length)
}

/** At the end of a serial line. @param cut how its bytes are cut into pieces */
export function pn532OnLine(clock: Clock, wire: Wire, cut: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes]) {
  const own = chip(clock)
  const send = (bytes: readonly number[]) => {
    for (const piece of cut(Uint8Array.from(bytes))) wire.send(piece)
  }
  wire.received.on((bytes) => {
    if (own.fault === 'absent' || own.fault === 'silent') return
    // Whatever comes first wakes it, and is lost.
    if (!own.isAwake) return own.wake()
    if (own.fault === 'garbage') return send([0x00, 0xff, 0x12, 0x55, 0x00, 0x00, 0xff, 0x05])
    const command = commandOf([...bytes])
    if (command === undefined) return own.later(undefined, 0)
    if (own.fault === 'nack') return send([0x00, 0x00, 0xff, 0xff, 0x00, 0x00])
    clock.after('pn532 acknowledges', 1, () => send(ack))
    const answer = own.fault === 'no answer' ? undefined : own.answer(command)
    own.later(answer === undefined ? undefined : () => send(own.bodyOf(answer[0])), 1 + (answer?.[1] ?? 0))
  })
  return own
}

/** At 0x24 of an I2C bus. */
export function pn532OnI2c(clock: Clock) {
  const own = chip(clock)
  let outgoing: readonly (readonly number[])[] = []
  const isThere = (address: number) => {
    if (address !== 0x24 || own.fault === 'absent') throw new DeviceError(`i2c-1 0x${address.toString(16)}`, 'absent')
  }
  const write = (bytes: Uint8Array) => {
    if (!own.isAwake) {
      own.wake()
      throw new DeviceError('i2c-1 0x24', 'absent')
    }
    const command = commandOf([...bytes])
    outgoing = []
    own.later(undefined, 0)
    if (command === undefined || own.fault === 'silent') return
    outgoing = own.fault === 'nack' ? [[0x00, 0x00, 0xff, 0xff, 0x00, 0x00]] : own.fault === 'garbage' ? [[0x12, 0x34]] : [ack]
    const answer = own.fault === 'no answer' ? undefined : own.answer(command)
    if (answer === undefined) return
    own.later(() => {
      outgoing = [...outgoing, own.bodyOf(answer[0])]
    }, answer[1])
  }
  const bus: I2cBus = {
    number: 1,
    async transfer(address, _, length) {
      isThere(address)
      const [frame] = outgoing
      if (length > 1) outgoing = outgoing.slice(1)
      const bytes = frame === undefined ? [0x00] : [0x01, ...frame]
      return Uint8Array.from({ length }, (__, at) => bytes[at] ?? 0x00)
    },
    async write(address, bytes) {
      isThere(address)
      write(bytes)
    },
    writeNow() {},
    close() {},
  }
  return { ...own, bus, chip: own }
}
