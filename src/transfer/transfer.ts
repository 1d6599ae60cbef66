import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import { type Transfer, TransferError } from '../core/transfer.ts'
import { type Address, addressOf, protocols } from './address.ts'
import { failureOf } from './failure.ts'
import { type Bounds, type Flow, flow, roomIn, usualBounds } from './flow.ts'
import { type PartialFile, partialFile } from './partial-file.ts'

export interface TransferParts {
  readonly clock: Clock
  /** Certificates that may have signed a server's, PEM; those that come with Node when left out. */
  readonly roots?: readonly string[]
  readonly bounds?: Partial<Bounds>
}

/** A connection that broke is made again at once this often within one download, as long as each brought something. */
const mostResumptions = 10
const beforeResuming = seconds(1)

/** Files over HTTP(S) and FTP(S), each loaded when it is used. */
export function fileTransfer({ clock, roots, bounds: own = {} }: TransferParts): Transfer {
  const bounds: Bounds = { ...usualBounds, ...own }
  /** One connection. */
  const over = async (what: string, address: Address, signal: AbortSignal, run: (flow: Flow) => Promise<void>) => {
    const watched = flow(clock, bounds, signal)
    const ftp = address.kind === 'ftp' ? await import('./ftp.ts') : undefined
    try {
      await run(watched)
    } catch (error) {
      throw failureOf(watched.signal.aborted ? watched.signal.reason : error, what, address, ftp?.ftpProblem)
    } finally {
      watched.end()
    }
  }
  const fetched = (address: Address, part: PartialFile, room: number, signal: AbortSignal) =>
    over('download of', address, signal, async (watched) => {
      if (address.kind === 'http') await (await import('./http.ts')).httpDownload(address, part, room, { clock, flow: watched, roots })
      else await (await import('./ftp.ts')).ftpDownload(address, part, room, { flow: watched, bounds, roots })
    })

  return {
    protocols,
    async download(url, path, signal) {
      const address = addressOf(url)
      const part = partialFile(path)
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        for (let resumptions = 0; ; resumptions++) {
          const before = await part.length()
          const room = (await roomIn(dirname(path), bounds)) + before
          try {
            await fetched(address, part, Math.min(room, bounds.largest), signal)
            break
          } catch (error) {
            const isBroken = error instanceof TransferError && error.problem === 'unreachable' && !signal.aborted
            const hasGrown = (await part.length()) > before && (await part.version()) !== undefined
            if (!isBroken || !hasGrown || resumptions === mostResumptions) throw error
          }
          await new Promise<void>((resolve) => clock.after('download goes on', beforeResuming, resolve))
        }
        await part.complete()
      } catch (error) {
        throw error instanceof TransferError ? error : failureOf(error, 'download of', address)
      }
    },
    async upload(path, url, signal) {
      const address = addressOf(url)
      await over('upload to', address, signal, async (watched) => {
        if (address.kind === 'http') await (await import('./http.ts')).httpUpload(path, address, { clock, flow: watched, roots })
        else await (await import('./ftp.ts')).ftpUpload(path, address, { flow: watched, bounds, roots })
      })
    },
  }
}
