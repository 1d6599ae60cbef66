import type { Clock } from '../../src/base/clock.ts'
import { seconds } from '../../src/base/units.ts'
import { type FilePorts, TransferError } from '../../src/core/transfer.ts'
import type { Seeded } from '../seeded.ts'

/** The firmware of a computer: what runs, and what the next start runs. */
export interface Firmware {
  running: number
  next: number
}

/** Files of a world of chance: a transfer takes its time, and now and then it fails; so does an installation. */
export function walkFiles(clock: Clock, chance: Seeded, firmware: Firmware): FilePorts {
  const brought = (url: string, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const timer = clock.after('transfer', seconds(url.includes('slow') ? chance.between(20, 90) : chance.between(0, 3)), () => {
        if (url.includes('bad') || chance.happens(0.1))
          reject(new TransferError(chance.pick(['unreachable', 'notFound', 'permissionDenied']), 'it failed by chance'))
        else resolve()
      })
      signal.addEventListener('abort', () => {
        timer.stop()
        reject(signal.reason)
      })
    })
  return {
    transfer: {
      protocols: ['HTTP'],
      download: (url, _path, signal) => brought(url, signal),
      upload: (_path, url, signal) => brought(url, signal),
    },
    installer: {
      version: `0.0.${firmware.running}`,
      install: async () => {
        if (chance.happens(0.3)) throw new Error('it is no firmware, by chance')
        return { version: `0.0.${++firmware.next}` }
      },
    },
    archive: async (kind) => (chance.happens(0.8) ? `/walk/${kind}.zip` : undefined),
    directory: '/walk',
    discard: () => undefined,
  }
}
