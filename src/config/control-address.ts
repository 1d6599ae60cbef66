import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { isLoopback } from '../base/loopback.ts'
import { readSecret } from './read.ts'
import type { ControlConfig } from './station.ts'
import type { StationFile } from './station-file.ts'

type ControlFile = NonNullable<NonNullable<StationFile['doors']>['control']>

/** `[HOST:]PORT` of the flag over the station file's door; the token comes from the file. @throws ConfigError */
export function controlFrom(
  flag: string | undefined,
  door: ControlFile | undefined,
  file: { readonly path: string; readonly directory: string },
): ControlConfig | undefined {
  if (flag === undefined && door === undefined) return undefined
  const address = flag === undefined ? { host: door?.host ?? '127.0.0.1', port: door?.port ?? 0 } : addressFrom(flag)
  const token = door?.tokenFile === undefined ? door?.token : readSecret(resolve(file.directory, door.tokenFile), 'token')
  if (token === undefined && !isLoopback(address.host)) {
    const [source, field] = flag === undefined ? [file.path, 'doors.control.host'] : ['--control', '']
    throw new ConfigError(
      source,
      field,
      `${address.host} can be reached from elsewhere, and no token is set`,
      'Set doors.control.tokenFile in the station file, or listen on 127.0.0.1',
    )
  }
  return { ...address, ...(token === undefined ? {} : { token }) }
}

/** `9100`, `localhost:9100`, `0.0.0.0:9100`, `[::1]:9100`. */
function addressFrom(flag: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(flag)
  const port = Number(parts?.[3])
  const bracketed = parts?.[1]
  if (parts === null || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) {
    throw new ConfigError('--control', '', `"${flag.slice(0, 100)}" is not [HOST:]PORT`, 'Write 9100, 127.0.0.1:9100 or [::1]:9100')
  }
  return { host: bracketed ?? parts[2] ?? '127.0.0.1', port }
}
