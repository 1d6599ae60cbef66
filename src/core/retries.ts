import type { Clock } from '../base/clock.ts'
import { type Millis, minutes, seconds } from '../base/units.ts'
import { type Allowance, allowance } from './allowance.ts'
import { TransferError } from './transfer.ts'

/** Retries and seconds between tries where the central system leaves them to the charge point (OCPP 1.6 §6.25, §6.55). */
const usualRetries = 2
const usualIntervalS = 60
/** Whatever it asks for. */
const mostRetries = 1_000
const longestIntervalS = 86_400

/** Tries of a transfer in all: the first one and its retries (errata 3.50). */
export function attemptsOf(retries: number = usualRetries): number {
  return 1 + Math.min(mostRetries, Math.max(0, Math.floor(retries)))
}

/** Never at once, which would flood. */
export function pauseOf(intervalS: number = usualIntervalS): Millis {
  return seconds(Math.min(longestIntervalS, Math.max(1, intervalS)))
}

/** What is asked for in floods costs connections and places on the disk: ten at once, then one a minute. */
export function transferAllowance(clock: Clock): Allowance {
  return allowance(clock, 10, minutes(1))
}

/** Another try would end the same way. */
export function isHopeless(error: unknown): boolean {
  return error instanceof TransferError && (error.problem === 'badAddress' || error.problem === 'notSupported' || error.problem === 'tooLarge')
}
