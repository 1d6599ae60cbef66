import { type FilePorts, TransferError, type TransferProblem } from '../../src/core/transfer.ts'

/** What the world outside does with files, in a story: it survives restarts of the station, as servers and disks do. */
export interface FakeFiles {
  readonly ports: FilePorts
  /** Everything that was asked of it, in order. */
  readonly asked: readonly string[]
  /** What becomes of the next downloads, then of all others: they hang until `bring`. */
  failing: TransferProblem[]
  /** Uploads and downloads under way come to their end. */
  bring(problem?: TransferProblem): void
  readonly underWay: number
  /** What `install` puts in place; undefined: it refuses the file. */
  offered: string | undefined
  /** Transfers and installations wait for `bring`; otherwise they are done at once. */
  isSlow: boolean
  /** What the next start runs. */
  installed: string | undefined
  /** Undefined: there is nothing to send. */
  archive: string | undefined
}

export function fakeFiles(): FakeFiles {
  const asked: string[] = []
  let waiting: ((problem?: TransferProblem) => void)[] = []
  const moved = (what: string, signal?: AbortSignal) => {
    asked.push(what)
    return new Promise<void>((resolve, reject) => {
      let isOver = false
      const over = (problem?: TransferProblem) => {
        isOver = true
        if (problem === undefined) resolve()
        else reject(new TransferError(problem, what))
      }
      signal?.addEventListener('abort', () => {
        if (!isOver) asked.push(`called off: ${what}`)
        over('local')
      })
      if (files.isSlow) waiting.push(over)
      else over(files.failing.shift())
    })
  }
  const files: FakeFiles = {
    asked,
    failing: [],
    offered: '9.9.9',
    isSlow: false,
    installed: undefined,
    archive: '/files/pilotwire.zip',
    get underWay() {
      return waiting.length
    },
    bring(problem) {
      const all = waiting
      waiting = []
      for (const over of all) over(problem)
    },
    ports: {
      transfer: {
        protocols: ['FTP', 'HTTP'],
        download: (url, path, signal) => moved(`download ${url} to ${path}`, signal),
        upload: (path, url, signal) => moved(`upload ${path} to ${url}`, signal),
      },
      installer: {
        get version() {
          return files.installed
        },
        async install(path) {
          await moved(`install ${path}`)
          if (files.offered === undefined) throw new Error('not a firmware file')
          files.installed = files.offered
          return { version: files.offered }
        },
      },
      async archive(kind, { oldest, latest }) {
        asked.push(`archive ${kind} ${oldest ?? ''}-${latest ?? ''}`)
        return files.archive
      },
      directory: '/files',
      discard: (path) => void asked.push(`discard ${path}`),
    },
  }
  return files
}
