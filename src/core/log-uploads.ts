import { basename } from 'node:path'
import type { Clock, Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Ledger, Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Fact, LogKind, LogStatus } from './facts.ts'
import { attemptsOf, isHopeless, pauseOf, transferAllowance } from './retries.ts'
import { type FilePorts, type LogRequest, type LogUploads, TransferError, type TransferProblem } from './transfer.ts'

export interface LogUploadParts {
  readonly files: FilePorts
  readonly store: Store
  readonly ledger: Ledger<Fact>
  readonly clock: Clock
  readonly log: Log
}

/** An upload as it is kept: after a restart its end is told, and nothing else of it is needed. */
interface Upload {
  readonly log: LogKind
  readonly request?: number
}

/** N01.FR.10: as precise as the protocol has words for it. */
const statusOf: Readonly<Record<TransferProblem, LogStatus>> = {
  badAddress: 'badMessage',
  notSupported: 'notSupported',
  permissionDenied: 'permissionDenied',
  notFound: 'uploadFailed',
  unreachable: 'uploadFailed',
  tooLarge: 'uploadFailed',
  local: 'uploadFailed',
}

/** One upload at a time (OCPP 1.6 §4.4, §5.9; security whitepaper ed. 3, N01): a later request takes the place of an earlier one. */
export function logUploads({ files, store, ledger, clock, log }: LogUploadParts): LogUploads & { close(): void } {
  const uploads = store.documents<Upload>('log-upload')
  let last: LogUploads['last']
  /** The newest request. */
  let running: AbortController | undefined
  /** What a central system was promised, and its file. */
  let promised: { readonly upload: Upload; readonly path: string } | undefined
  let timer: Timer | undefined
  let archiving: Promise<unknown> = Promise.resolve()
  const left = transferAllowance(clock)

  const tell = (upload: Upload, status: LogStatus) => {
    const isOver = status !== 'uploading'
    const about = { log: upload.log, status, ...(upload.request === undefined ? {} : { request: upload.request }) }
    last = about
    attempted(
      () =>
        store.atomically(() => {
          if (isOver) uploads.delete('current')
          else uploads.put('current', upload)
          ledger.append(clock.now(), { kind: 'logProgress', ...about }, { durability: 'durable' })
        }),
      (error) => log.error({ error: error.message }, 'the upload of a log cannot be written to the state directory'),
    )
  }
  /** Undefined: none was under way. */
  const callOff = (): Upload | undefined => {
    running?.abort()
    timer?.stop()
    const cut = promised
    running = promised = undefined
    if (cut !== undefined) files.discard(cut.path)
    return cut?.upload
  }

  const send = async (asked: LogRequest, path: string, signal: AbortSignal, failures = 0): Promise<void> => {
    const attempts = attemptsOf(asked.retries)
    const over = (status: LogStatus) => {
      running = promised = undefined
      tell(asked, status)
      files.discard(path)
    }
    try {
      await files.transfer.upload(path, asked.location, signal)
      if (!signal.aborted) over('uploaded')
    } catch (error) {
      if (signal.aborted) return
      log.warn({ log: asked.log, error: wordsOf(error), failures: failures + 1, attempts }, 'a log was not uploaded')
      if (failures + 1 < attempts && !isHopeless(error)) {
        timer = clock.after('log again', pauseOf(asked.retryIntervalS), () => void send(asked, path, signal, failures + 1))
      } else over(error instanceof TransferError ? statusOf[error.problem] : 'uploadFailed')
    }
  }
  const made = async (asked: LogRequest): Promise<string | undefined> => {
    try {
      return await files.archive(asked.log, asked)
    } catch (error) {
      log.error({ log: asked.log, error: wordsOf(error) }, 'the log cannot be written into a file')
      return undefined
    }
  }
  /** One at a time, each of the newest request when its turn comes: many would take each other's place on the disk, and all the time. */
  const archived = (asked: LogRequest, mine: AbortController): Promise<string | undefined> => {
    const turn = archiving.then(() => (running === mine ? made(asked) : undefined))
    archiving = turn
    return turn
  }

  // Of the program before this one.
  const cutOff = uploads.get('current')
  if (cutOff !== undefined) tell(cutOff, 'uploadFailed')
  return {
    get last() {
      return last
    },
    async request(asked) {
      if (!left.isLeft) {
        log.warn({ log: asked.log }, 'too many logs were asked for: this one is not sent')
        return { fileName: undefined, isInsteadOfAnother: false }
      }
      left.spend()
      const cut = callOff()
      // Where neither has a number the central system would take it for the fate of the second.
      if (cut !== undefined && (cut.request !== undefined || asked.request !== undefined)) tell(cut, 'uploadFailed')
      const isInsteadOfAnother = cut !== undefined
      const mine = new AbortController()
      running = mine
      const path = await archived(asked, mine)
      const isOutdated = running !== mine
      if (path === undefined || isOutdated) {
        if (path !== undefined) files.discard(path)
        if (!isOutdated) running = undefined
        return { fileName: undefined, isInsteadOfAnother }
      }
      const upload: Upload = { log: asked.log, ...(asked.request === undefined ? {} : { request: asked.request }) }
      promised = { upload, path }
      // The answer leaves first.
      timer = clock.after('upload log', 0, () => {
        tell(upload, 'uploading')
        void send(asked, path, mine.signal)
      })
      return { fileName: basename(path), isInsteadOfAnother }
    },
    close: () => void callOff(),
  }
}
