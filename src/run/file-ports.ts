import { rmSync } from 'node:fs'
import { join } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import type { Clock } from '../base/clock.ts'
import type { NewestLines } from '../base/newest-lines.ts'
import type { StationConfig } from '../config/station.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { FilePorts, Transfer } from '../core/transfer.ts'
import type { Store } from '../store/store.ts'
import { protocols } from '../transfer/address.ts'
import { deskInstaller, noInstaller } from './desk-installer.ts'

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
    async archive(kind, span) {
      const [{ logArchive }, { secretsOf }] = await Promise.all([import('./log-archive.ts'), import('./kept-secrets.ts')])
      return logArchive(kind, span, {
        ...{ id: config.id, core: core(), store, clock, logFile: config.log.file, directory: join(directory, 'logs') },
        lines: lines.all,
        about: {
          versions: { pilotwire: about.version, installed: installer.version, node: process.versions.node, sqlite: process.versions['sqlite'] },
          board: { name: config.board.name, kind: config.board.kind },
          machine: { platform: process.platform, arch: process.arch },
        },
        secrets: secretsOf(config, core(), store),
      })
    },
    discard(path) {
      try {
        for (const each of [path, `${path}.part`, `${path}.version`]) rmSync(each, { force: true })
      } catch {
        // A file that stays costs room, and nothing else.
      }
    },
  }
}
