import type { Clock } from '../../src/base/clock.ts'
import { DeviceError, wordsOf } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import { ModbusException } from './modbus.ts'

/** Why a device failed, in one line: what and, where the driver knows it, the remedy. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof DeviceError && error.cause !== undefined ? `${error.message}: ${reasonOf(error.cause)}` : error.message
}

const problems: Readonly<Record<DeviceError['problem'], string>> = {
  timeout: 'does not answer',
  crc: 'answers with broken frames',
  absent: 'is not there',
  refused: 'refuses',
}

/** The words of a failed exchange, for a line that names the device already. Anything else than a device's error is a bug, and is thrown on. */
export function problemOf(error: unknown): string {
  if (error instanceof ModbusException) return error.message
  if (!(error instanceof DeviceError)) throw error
  const because = error.cause === undefined ? '' : ` (${wordsOf(error.cause)})`
  return `${problems[error.problem]}${because}`
}

/** Tells of a problem when it begins and when it ends, not each time it is met. */
export interface Health {
  /** An error, or words. While it is bad already, words are told again only when they begin differently: a fault that became another one.
   *  What stands in brackets at their end may differ each time. */
  bad(problem: unknown): void
  good(): void
  readonly isBad: boolean
}

type Tell = (device: string, problem: string | undefined) => void

/** @param to where it is told: `Wiring.health`, or the wiring itself */
export function healthOf(device: string, to: Tell | { readonly health: Tell }): Health {
  const tell: Tell = typeof to === 'function' ? to : (...told) => to.health(...told)
  let told: string | undefined
  return {
    bad(problem) {
      const kind = typeof problem === 'string' ? (problem.split(' (')[0] ?? problem) : (told ?? '')
      if (told === kind) return
      told = kind
      tell(device, reasonOf(problem))
    },
    good() {
      if (told === undefined) return
      told = undefined
      tell(device, undefined)
    },
    get isBad() {
      return told !== undefined
    },
  }
}

/** A device that comes and goes more often than this in such a time is told of no more until it is over: what flaps must not fill a disk. */
const mostTold = 6
const spell: Millis = seconds(600)

/** What devices tell, into the log. */
export function toldToLog(log: Log, clock: Clock): Tell {
  const spells = new Map<string, { readonly until: Millis; told: number }>()
  return (device, problem) => {
    const now = clock.monotonic()
    const known = spells.get(device)
    const present = known === undefined || now >= known.until ? { until: now + spell, told: 0 } : known
    spells.set(device, present)
    present.told++
    if (present.told > mostTold) return
    if (problem === undefined) log.info({ device }, 'the device is back')
    else log.warn({ device, problem }, 'a device does not do its part')
    if (present.told === mostTold) log.warn({ device, silentMs: present.until - now }, 'the device comes and goes: it is not told of for a while')
  }
}
