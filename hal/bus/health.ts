import { DeviceError, wordsOf } from '../../src/base/errors.ts'
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
