import { resolve } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { isLoopback } from '../base/loopback.ts'
import { addressFrom } from './door-address.ts'
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
  const address = flag === undefined ? { host: door?.host ?? '127.0.0.1', port: door?.port ?? 0 } : addressFrom('--control', flag)
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
  return { ...address, ...(token === undefined ? {} : { token }), ...(door?.hosts === undefined ? {} : { hosts: door.hosts }) }
}
