import type { Clock, Timer } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { ByteLine } from '../bus/serial.ts'

/** RAPI, the serial words of an OpenEVSE, since its version 3 (firmware 4.8 of 2017): `$GS :1F^55\r`, answered by `$OK 01 0 01 0200 :1F^..\r`.
 *  The checksum is the XOR of all characters before `^`; the answer repeats the sequence id, 01 to FF. */

export interface RapiLine {
  /** `OK`, `NK`, `AT`, `AB`, `AN`, `WF`, ... */
  readonly word: string
  readonly values: readonly string[]
  /** Undefined: sent without being asked, or by an OpenEVSE that is too old. */
  readonly sequence: number | undefined
}

function checksumOf(text: string): string {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum ^= text.charCodeAt(at)
  return (sum & 0xff).toString(16).toUpperCase().padStart(2, '0')
}

/** The bytes of a line. @param words `GS`, or `SC 16 V` */
export function rapiBytes(words: string, sequence?: number): Uint8Array {
  const text = sequence === undefined ? `$${words}` : `$${words} :${sequence.toString(16).toUpperCase().padStart(2, '0')}`
  return new TextEncoder().encode(`${text}^${checksumOf(text)}\r`)
}

/** What a line says (without its `\r`); undefined when it is damaged. A line without checksum is: the device always sends one. */
function lineOf(text: string): RapiLine | undefined {
  const end = text.lastIndexOf('^')
  if (end < 1 || text.slice(end + 1).toUpperCase() !== checksumOf(text.slice(0, end))) return undefined
  const [word = '', ...values] = text.slice(1, end).split(' ')
  const last = values.at(-1)
  if (last === undefined || !/^:[0-9A-Fa-f]{2}$/.test(last)) return { word, values, sequence: undefined }
  return { word, values: values.slice(0, -1), sequence: Number.parseInt(last.slice(1), 16) }
}

/** No line is longer; what is, is noise. */
const longestLine = 80
const dollar = 0x24
const carriageReturn = 0x0d

/** Takes bytes as they come, in pieces of any size, and gives whole lines. `$` begins a line wherever it stands. */
export function rapiParser(take: (line: RapiLine) => void): (bytes: Uint8Array) => void {
  let text: string | undefined
  return (bytes) => {
    for (const byte of bytes) {
      if (byte === dollar) text = '$'
      else if (text === undefined) continue
      else if (byte === carriageReturn) {
        const line = lineOf(text)
        text = undefined
        if (line !== undefined) take(line)
      } else text = text.length < longestLine ? text + String.fromCharCode(byte) : undefined
    }
  }
}

/** Longer than any answer takes; its loop stands still for up to 200 ms while it tests itself. */
const answersWithin: Millis = 400

export interface Rapi {
  /** One at a time. Undefined values where it says NK. @throws DeviceError */
  ask(words: string): Promise<{ readonly isOk: boolean; readonly values: readonly string[] }>
  /** Lines that nobody asked for. */
  readonly told: Listenable<RapiLine>
  close(): void
}

export function rapi(line: ByteLine, clock: Clock): Rapi {
  const told = signal<RapiLine>()
  let sequence = 0
  let waiting: { readonly sequence: number; readonly resolve: (line: RapiLine) => void } | undefined
  const parse = rapiParser((each) => {
    if (each.word !== 'OK' && each.word !== 'NK') told.emit(each)
    // An answer to something that was given up must not pass for the answer to what is asked now.
    else if (waiting !== undefined && each.sequence === waiting.sequence) waiting.resolve(each)
  })
  const off = line.received.on(parse)
  return {
    told,
    async ask(words) {
      sequence = (sequence % 255) + 1
      const own = sequence
      let timer: Timer | undefined
      const answered = new Promise<RapiLine>((resolve, reject) => {
        timer = clock.after('rapi answer', answersWithin, () => reject(new DeviceError(line.name, 'timeout', new Error(`nothing came on $${words}`))))
        waiting = { sequence: own, resolve }
        line.write(rapiBytes(words, own)).catch(reject)
      })
      try {
        const { word, values } = await answered
        return { isOk: word === 'OK', values }
      } finally {
        timer?.stop()
        waiting = undefined
      }
    },
    close: off,
  }
}
