import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import { healthOf, problemOf } from '../bus/health.ts'
import { rounds } from '../bus/rounds.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ReaderSpec } from '../spec/wires.ts'
import type { Token, TokenReader } from '../types.ts'
import { presenting, tokenOf } from './tag.ts'

/** Readers that type like a keyboard: the digits of the card, then Enter. The device is grabbed, or the same would be typed into the login of tty1. */

type Spec = Extract<ReaderSpec, { kind: 'usb-hid' }>

/** Keys by their code, linux/input-event-codes.h, on the layout of the United States, which is what these readers type. */
const keys: ReadonlyMap<number, string> = new Map(
  [
    [2, '1234567890'],
    [16, 'QWERTYUIOP'],
    [30, 'ASDFGHJKL'],
    [44, 'ZXCVBNM'],
    [71, '789'],
    [75, '456'],
    [79, '1230'],
  ].flatMap(([from, row]) => [...(row as string)].map((key, at) => [(from as number) + at, key] as const)),
)
const enters: readonly number[] = [28, 96]
const shifts: readonly number[] = [42, 54]
/** A reader types its card within 200 ms. What was begun before such a pause was something else. */
const longestPause: Millis = 1_000
const longestText = 64
const retryAfter: Millis = 5_000

/** Takes the codes of pressed keys and gives whole lines. A letter is small without shift; keys that no card has are passed over. */
export function lineOfKeys(now: () => Millis, take: (text: string) => void): (code: number) => void {
  let text = ''
  let isShifted = false
  let pressedAt: Millis = 0
  return (code) => {
    if (now() - pressedAt > longestPause) text = ''
    pressedAt = now()
    if (shifts.includes(code)) {
      isShifted = true
      return
    }
    const key = keys.get(code)
    if (enters.includes(code)) {
      if (text !== '') take(text)
      text = ''
    } else if (key !== undefined && text.length < longestText) text += isShifted ? key : key.toLowerCase()
    isShifted = false
  }
}

/** The bytes that a reader types as a number. Four at least: the number of a card of four bytes may be small.
 *  Undefined: it is no such number. */
export function bytesTyped(text: string, typed: 'dec' | 'hex'): Uint8Array | undefined {
  if (!(typed === 'dec' ? /^\d{1,25}$/ : /^[0-9a-fA-F]{1,32}$/).test(text)) return undefined
  const hex = typed === 'dec' ? BigInt(text).toString(16) : text
  const digits = hex.padStart(Math.max(8, hex.length + (hex.length % 2)), '0')
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

/** As it is typed, only the case that the file asks for; or a number, as any other UID. */
export function tokenTyped(text: string, spec: Spec): Token | undefined {
  const { typed = 'as-is', padTo = 0 } = spec
  if (typed !== 'as-is') {
    const bytes = bytesTyped(text, typed)
    return bytes === undefined ? undefined : tokenOf(bytes, spec)
  }
  const id = (spec.case === undefined ? text : spec.case === 'upper' ? text.toUpperCase() : text.toLowerCase()).padStart(padTo, '0')
  return id.length > 36 ? undefined : { id }
}

/** The reader need not be there: it is looked for each 5 s. */
export async function openUsbHid(spec: Spec, wiring: Wiring): Promise<Opened<TokenReader>> {
  const { clock, log, machine } = wiring
  const presented = signal<Token>()
  const { seenToken } = presenting(spec, clock, presented.emit)
  const health = healthOf(`usb-hid ${spec.path}`, wiring)
  const press = lineOfKeys(
    () => clock.monotonic(),
    (text) => {
      const token = tokenTyped(text, spec)
      // Not the text: it may be somebody's card.
      if (token === undefined) log.warn({ reader: spec.path, length: text.length, typed: spec.typed }, 'the reader types something else than its file says')
      else seenToken(token)
    },
  )
  let isClosed = false
  let opened: { close(): void } | undefined
  const open = async () => {
    try {
      const device = await machine.keys(spec.path)
      health.good()
      if (isClosed) return device.close()
      device.pressed.on(press)
      opened = device
      round.close()
    } catch (error) {
      health.bad(problemOf(error))
    }
  }
  const round = rounds(`usb-hid ${spec.path}`, clock, async () => {
    await open()
    return retryAfter
  })
  return {
    evse: spec.evse,
    presented,
    close() {
      isClosed = true
      round.close()
      opened?.close()
    },
  }
}
