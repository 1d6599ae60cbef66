import { reasonOf } from '../../hal/bus/health.ts'
import { ModbusException } from '../../hal/bus/modbus.ts'
import { ConfigError, DeviceError } from '../base/errors.ts'
import { oneLine } from './terminal.ts'

/** What went wrong, for a person, in one line with its remedy: 2 where a person wrote something wrong, 1 where a device did not do its part.
 *  Undefined: a bug. */
export function failureOf(error: unknown): { readonly words: string; readonly exitCode: 1 | 2 } | undefined {
  if (error instanceof ConfigError) return { words: oneLine(error.message), exitCode: 2 }
  if (error instanceof ModbusException) return { words: oneLine(error.message), exitCode: 1 }
  if (!(error instanceof DeviceError)) return undefined
  return { words: oneLine(deviceWords(error)), exitCode: 1 }
}

/** The driver's own words say more than the kind of the problem. */
export function deviceWords({ device, problem, cause }: DeviceError): string {
  if (cause instanceof DeviceError) return deviceWords(cause)
  const reason = cause === undefined ? '' : reasonOf(cause)
  // A line that names itself in its reason need not be named twice.
  if (reason.startsWith(device)) return reason
  return cause === undefined ? `${device}: ${bare[problem]}. \`pilotwire doctor\` looks for the reason` : `${device}: ${reason}`
}

const bare = { timeout: 'it does not answer', crc: 'its answers are broken', absent: 'it is not there', refused: 'it refuses' } as const
