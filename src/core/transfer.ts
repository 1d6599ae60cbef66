import type { FirmwareStatus, LogKind, LogStatus } from './facts.ts'

/** Why a file could not be brought. `unreachable`: the other end or the way to it, for now; `local`: this machine's disk. */
export type TransferProblem = 'badAddress' | 'notSupported' | 'permissionDenied' | 'notFound' | 'unreachable' | 'tooLarge' | 'local'

/** A file could not be brought to or from its URL. The message names the host and what was tried, never a password. */
export class TransferError extends Error {
  readonly problem: TransferProblem
  constructor(problem: TransferProblem, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'TransferError'
    this.problem = problem
  }
}

/** Brings files to and from URLs; the composition root hands it in. */
export interface Transfer {
  /** Upper case, in the words of OCPP 1.6 SupportedFileTransferProtocols. */
  readonly protocols: readonly string[]
  /** Writes the file at `path`, durably, when it is complete. @throws TransferError */
  download(url: string, path: string, signal: AbortSignal): Promise<void>
  /** `url` names a directory (it ends in a slash, or the server says so) or a file. @throws TransferError */
  upload(path: string, url: string, signal: AbortSignal): Promise<void>
}

/** Puts new firmware in place; the field's and the desk's differ. */
export interface Installer {
  /** Checks the file and makes it what the next start runs, in one step: cut off anywhere, the next start runs the old one or the new one,
   *  whole. The program is restarted afterwards. @throws Error with words for the log; nothing has changed then */
  install(path: string): Promise<{ readonly version: string }>
  /** Of the firmware that runs now; undefined: none was ever installed. */
  readonly version: string | undefined
}

/** What of a log is wanted, ms since 1970, both ends included. */
export interface LogSpan {
  readonly oldest?: number
  readonly latest?: number
}

/** Writes what a person needs to find a fault into one file. Returns its path, undefined when there is nothing. */
export type LogArchive = (kind: LogKind, span: LogSpan) => Promise<string | undefined>

/** What touches files and the network; without it the station has neither firmware updates nor logs to send. */
export interface FilePorts {
  readonly transfer: Transfer
  readonly installer: Installer
  readonly archive: LogArchive
  /** A directory for files on their way. */
  readonly directory: string
  /** Deletes what is there of a file on its way, whole or in part; harmless when nothing is. */
  discard(path: string): void
}

export interface FirmwareRequest {
  readonly location: string
  /** ms since 1970: not before. */
  readonly retrieveAt: number
  readonly retries?: number
  readonly retryIntervalS?: number
  /** The central system's number, where it gave one. */
  readonly request?: number
}

/** Firmware updates: one at a time, kept over restarts. Progress is told by facts (`firmwareProgress`). */
export interface FirmwareUpdates {
  /** Upper case, as of `Transfer`. */
  readonly protocols: readonly string[]
  /** The last progress told: what a trigger asks for. */
  readonly status: FirmwareStatus
  /** Takes the place of one under way. */
  request(update: FirmwareRequest): void
}

export interface LogRequest extends LogSpan {
  readonly log: LogKind
  readonly location: string
  readonly retries?: number
  readonly retryIntervalS?: number
  readonly request?: number
}

/** Uploads of logs: one at a time, a later request takes the place of an earlier one. Progress is told by facts (`logProgress`). */
export interface LogUploads {
  /** The upload under way, or the last one: what a trigger asks for. */
  readonly last: { readonly log: LogKind; readonly status: LogStatus; readonly request?: number } | undefined
  /** Makes the archive, then answers; the upload follows. `fileName` undefined: there is nothing to send. `isInsteadOfAnother`: one under
   *  way was cancelled for it. */
  request(upload: LogRequest): Promise<{ readonly fileName: string | undefined; readonly isInsteadOfAnother: boolean }>
}
