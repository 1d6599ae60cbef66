import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ReaderSpec } from '../spec/wires.ts'
import type { Token, TokenReader } from '../types.ts'
import { presenting } from './tag.ts'

/** RDM6300 and EM-18, 125 kHz, 9600 8N1. Five bytes (version and tag) as ten hex digits, then two digits of checksum, the XOR of the five.
 *  The RDM6300 puts 02 before and 03 behind, and repeats while the card is there; the EM-18 sends the twelve digits alone, once. */

const stx = 0x02
const etx = 0x03
const length = 12
/** Twelve characters take 13 ms. What comes after such a silence begins anew. */
const silence: Millis = 100

/** Takes bytes as they come, in pieces of any size, and gives UIDs of five bytes whose checksum is right. */
export function rdm6300Parser(now: () => Millis, take: (uid: Uint8Array) => void): (bytes: Uint8Array) => void {
  let digits = ''
  let isFramed = false
  let heardAt: Millis = 0
  const begin = (framed: boolean) => {
    digits = ''
    isFramed = framed
  }
  const finish = () => {
    const bytes = Buffer.from(digits, 'hex')
    if (digits.length === length && bytes.reduce((sum, each) => sum ^ each, 0) === 0) take(Uint8Array.from(bytes.subarray(0, 5)))
    begin(false)
  }
  return (bytes) => {
    if (now() - heardAt > silence) begin(false)
    heardAt = now()
    for (const byte of bytes) {
      if (byte === stx) begin(true)
      else if (byte === etx && isFramed) finish()
      else if (/[0-9A-Fa-f]/.test(String.fromCharCode(byte))) {
        digits += String.fromCharCode(byte)
        if (digits.length === length && !isFramed) finish()
        else if (digits.length > length) begin(false)
      } else begin(false)
    }
  }
}

/** The reader says nothing while there is no card: whether it is there shows only when somebody uses it. */
export async function openRdm6300(spec: Extract<ReaderSpec, { kind: 'rdm6300' }>, wiring: Wiring): Promise<Opened<TokenReader>> {
  const { clock } = wiring
  const presented = signal<Token>()
  const { seen } = presenting(spec, clock, presented.emit)
  const line = await wiring.serial(spec.bus)
  const off = line.received.on(rdm6300Parser(() => clock.monotonic(), seen))
  return { evse: spec.evse, presented, close: off }
}
