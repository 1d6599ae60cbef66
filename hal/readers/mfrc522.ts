import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import { healthOf, problemOf } from '../bus/health.ts'
import { rounds } from '../bus/rounds.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ReaderSpec } from '../spec/wires.ts'
import type { Token, TokenReader } from '../types.ts'
import { Mfrc522Chip } from './mfrc522-chip.ts'
import { findUid } from './picc.ts'
import { presenting } from './tag.ts'

/** MFRC522 on I2C, 13.56 MHz, type A cards. Asked for a card four times a second. */

const pollEvery: Millis = 250
const retryAfter: Millis = 2_000

/** The reader need not be there. @throws ConfigError for a bus that is not in the file */
export async function openMfrc522(spec: Extract<ReaderSpec, { kind: 'mfrc522' }>, wiring: Wiring): Promise<Opened<TokenReader>> {
  const { clock, log } = wiring
  const { address = 0x28 } = spec
  const presented = signal<Token>()
  const { seen, missed } = presenting(spec, clock, presented.emit, true)
  const name = `mfrc522 at 0x${address.toString(16)} on ${spec.bus}`
  const chip = new Mfrc522Chip(name, await wiring.i2c(spec.bus), address, clock)
  const health = healthOf(name, wiring)
  let isSetUp = false
  let isKnown = false
  const round = rounds(name, clock, async () => {
    try {
      if (!isSetUp) {
        const version = await chip.setUp()
        if (!isKnown) log.info({ reader: name, version: `0x${version.toString(16)}` }, 'card reader is ready')
        isKnown = true
      }
      isSetUp = true
      const uid = await findUid((bytes, bits) => chip.transceive(bytes, bits))
      // A dip of its supply leaves it without settings, and the field off: it would see no card any more, and say so politely.
      isSetUp = await chip.isSetUp()
      if (isSetUp) health.good()
      else health.bad('lost its settings (a dip of its supply?)')
      if (uid === undefined) missed()
      else seen(uid)
      return pollEvery
    } catch (error) {
      health.bad(problemOf(error))
      isSetUp = false
      return retryAfter
    }
  })
  return { evse: spec.evse, presented, close: () => round.close() }
}
