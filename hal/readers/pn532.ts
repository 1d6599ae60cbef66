import { ConfigError } from '../../src/base/errors.ts'
import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import { healthOf, problemOf } from '../bus/health.ts'
import { rounds } from '../bus/rounds.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ReaderSpec } from '../spec/wires.ts'
import type { Token, TokenReader } from '../types.ts'
import { uidsOf } from './pn532-frame.ts'
import { i2cLink, type Pn532Link, serialLink } from './pn532-link.ts'
import { presenting } from './tag.ts'

/** PN532, 13.56 MHz, type A cards (UM0701-02). Asked for a card four times a second; one that does not answer is woken and set up again. */

const pollEvery: Millis = 250
/** After a failure, and while it stays: 1 s, 2 s, 4 s, 8 s. */
const retryAfter: Millis = 1_000
const longestRetry: Millis = 8_000
const answersWithin: Millis = 200
/** Two tries for a card take 60 ms. */
const findsWithin: Millis = 500
/** A line that brings nothing for so many tries is opened again: a USB adapter that was pulled out may not tell. */
const reopenAfter = 3

/** Commands, §7. */
const samConfiguration = [0x14, 0x01, 0x00, 0x01]
const getFirmwareVersion = [0x02]
/** MxRtyPassiveActivation 2: without it InListPassiveTarget waits for a card for ever. */
const maxRetries = [0x32, 0x05, 0xff, 0x01, 0x02]
const inListPassiveTarget = [0x4a, 0x01, 0x00]

/** On a serial or an I2C bus of the file. It need not be there. @throws ConfigError for a bus that is neither, or not in the file */
export async function openPn532(spec: Extract<ReaderSpec, { kind: 'pn532' }>, wiring: Wiring): Promise<Opened<TokenReader>> {
  const { clock, log } = wiring
  const presented = signal<Token>()
  const { seen, missed } = presenting(spec, clock, presented.emit, true)
  const link = await linkOf(spec.bus, wiring)
  const health = healthOf(link.name, wiring)
  let isSetUp = false
  let isKnown = false
  let failures = 0
  const setUp = async () => {
    await link.wake()
    await link.ask(samConfiguration, answersWithin)
    const [chip, version, revision] = await link.ask(getFirmwareVersion, answersWithin)
    await link.ask(maxRetries, answersWithin)
    isSetUp = true
    return { reader: link.name, chip: `PN5${chip?.toString(16)}`, firmware: `${version}.${revision}` }
  }
  const look = async () => {
    const uids = uidsOf(await link.ask(inListPassiveTarget, findsWithin))
    failures = 0
    health.good()
    if (uids.length === 0) missed()
    for (const uid of uids) seen(uid)
  }
  const fail = (error: unknown): Millis => {
    const problem = problemOf(error)
    failures++
    // One that read cards is tried again at once: it lost its supply for a moment, or a frame was torn.
    const wasWell = isSetUp && failures === 1
    isSetUp = false
    if (wasWell) return pollEvery
    health.bad(problem)
    if (failures % reopenAfter === 0) link.reopen()
    return Math.min(longestRetry, retryAfter * 2 ** Math.min(failures - 1, 3))
  }
  const round = rounds(link.name, clock, async () => {
    try {
      const found = isSetUp ? undefined : await setUp()
      await look()
      // Once: what can be set up and never finds anything would say so for ever.
      if (found !== undefined && !isKnown) log.info(found, 'card reader is ready')
      isKnown = true
      return pollEvery
    } catch (error) {
      return fail(error)
    }
  })
  return {
    evse: spec.evse,
    presented,
    close() {
      round.close()
      link.close()
    },
  }
}

async function linkOf(bus: string, wiring: Wiring): Promise<Pn532Link> {
  try {
    return i2cLink(await wiring.i2c(bus), wiring.clock)
  } catch (error) {
    // Not an I2C bus: then the words of the other kind are those that count.
    if (!(error instanceof ConfigError)) throw error
    return serialLink(await wiring.serial(bus), wiring.clock)
  }
}
