import { rmSync } from 'node:fs'
import { join } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import type { Clock } from '../base/clock.ts'
import type { NewestLines } from '../base/newest-lines.ts'
import type { StationConfig } from '../config/station.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { FilePorts, Transfer } from '../core/transfer.ts'
import { basicAuthorization } from '../ocpp/connection-url.ts'
import type { Store } from '../store/store.ts'
import { protocols } from '../transfer/address.ts'
import { keptPlace } from './csms-place.ts'
import { deskInstaller, noInstaller } from './desk-installer.ts'
import { keptDevicePassword } from './device-password.ts'
import { keptCredentials } from './station-credentials.ts'

export interface FilePortParts {
  readonly config: StationConfig
  readonly clock: Clock
  readonly store: Store
  readonly lines: NewestLines
  /** Asked when an archive is made. */
  readonly core: () => ChargePoint
}

/** Files of a station on this machine: on their way in `transfers/` of the state directory, installed in `versions/`. What does the work
 *  is loaded when there is some. */
export function filePorts({ config, clock, store, lines, core }: FilePortParts): FilePorts {
  const directory = join(config.stateDirectory, 'transfers')
  const loaded = async (): Promise<Transfer> => (await import('../transfer/transfer.ts')).fileTransfer({ clock })
  const installer = config.board.kind === 'simulated' ? deskInstaller(join(config.stateDirectory, 'versions')) : noInstaller
  return {
    directory,
    installer,
    transfer: {
      protocols,
      download: async (url, path, signal) => (await loaded()).download(url, path, signal),
      upload: async (path, url, signal) => (await loaded()).upload(path, url, signal),
    },
    archive: async (kind, span) =>
      (await import('./log-archive.ts')).logArchive(kind, span, {
        ...{ id: config.id, core: core(), store, clock, logFile: config.log.file, directory: join(directory, 'logs') },
        lines: lines.all,
        about: {
          versions: { pilotwire: about.version, installed: installer.version, node: process.versions.node, sqlite: process.versions['sqlite'] },
          board: { name: config.board.name, kind: config.board.kind },
          machine: { platform: process.platform, arch: process.arch },
        },
        secrets: secretsOf(config, core(), store),
      }),
    discard(path) {
      try {
        for (const each of [path, `${path}.part`, `${path}.version`]) rmSync(each, { force: true })
      } catch {
        // A file that stays costs room, and nothing else.
      }
    },
  }
}

/** What must not leave in an archive, however it came into a line: the AuthorizationKey, the one before while the newest is on trial, the
 *  one for a central system that was chosen at the charger, the passwords of the station file and of this device, and the tokens of the
 *  doors, in the spellings and the encodings in which they travel. */
export function secretsOf(
  { id, network, control, http, mqtt, stateDirectory }: Pick<StationConfig, 'id' | 'network' | 'control' | 'http' | 'mqtt' | 'stateDirectory'>,
  core: ChargePoint,
  store: Store,
): readonly string[] {
  const place = keptPlace(store)
  const keys = [
    core.settings.get('authorizationKey'),
    place.key ?? '',
    ...keptCredentials(store)
      .entries()
      .map(([, { key }]) => key),
  ]
  const users = [...new Set([id, place.identity ?? id])]
  const written = keys.flatMap((key) => [key, key.toLowerCase(), key.toUpperCase()])
  const sent = [...keys.flatMap((key) => [Buffer.from(key, 'utf8'), Buffer.from(key, 'hex')]), Buffer.from(network.password ?? [])]
  const encoded = sent
    .filter(({ length }) => length > 0)
    .flatMap((bytes) => [bytes.toString('utf8'), bytes.toString('hex'), ...users.map((user) => basicAuthorization(user, bytes).slice('Basic '.length))])
  const atDoors = [
    control?.token,
    http?.token,
    http?.password,
    mqtt?.broker.password,
    http?.login === undefined ? undefined : keptDevicePassword(stateDirectory),
  ]
  return [...new Set([...atDoors.map((each) => each ?? ''), ...written, ...encoded])].sort((one, other) => other.length - one.length)
}
