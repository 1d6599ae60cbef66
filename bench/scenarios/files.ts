import type { Clock } from '../../src/base/clock.ts'
import { newestLines } from '../../src/base/newest-lines.ts'
import { seconds } from '../../src/base/units.ts'
import type { StationConfig } from '../../src/config/station.ts'
import type { FilePorts } from '../../src/core/transfer.ts'
import { TransferError } from '../../src/core/transfer.ts'
import type { DeskStation } from '../../src/run/desk-station.ts'
import { filePorts } from '../../src/run/file-ports.ts'
import type { Store } from '../../src/store/store.ts'

/** How long a file is on its way in simulated time. */
const onItsWay = seconds(5)
/** What new firmware calls itself in simulated time. */
const nextVersion = '99.0.0'

/** Files in simulated time: every address is there, but those with `missing` in them; new firmware is always good. Outlives the programs. */
export function pretendedFiles(): (clock: Clock) => FilePorts {
  let version: string | undefined
  return (clock) => {
    const brought = (url: string, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const timer = clock.after('file on its way', onItsWay, () =>
          url.includes('missing') ? reject(new TransferError('notFound', 'the scenario has no such file')) : resolve(),
        )
        signal.addEventListener('abort', () => {
          timer.stop()
          reject(signal.reason)
        })
      })
    return {
      directory: '/nowhere',
      transfer: {
        protocols: ['FTP', 'FTPS', 'HTTP', 'HTTPS'],
        download: (url, _path, signal) => brought(url, signal),
        upload: (_path, url, signal) => brought(url, signal),
      },
      installer: {
        version,
        async install() {
          version = nextVersion
          return { version }
        },
      },
      archive: async (kind) => `/nowhere/${kind}.zip`,
      discard() {},
    }
  }
}

/** The files of the disk and the network. */
export function realFiles(config: StationConfig): (clock: Clock, store: Store, station: () => DeskStation) => FilePorts {
  const lines = newestLines(10_000)
  return (clock, store, station) => filePorts({ config, clock, store, lines, core: () => station().core })
}
