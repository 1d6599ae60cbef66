import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'basic-ftp'
import { TransferError, type TransferProblem } from '../core/transfer.ts'
import type { FtpAddress } from './address.ts'
import { type Bounds, type Flow, tooLarge } from './flow.ts'
import type { PartialFile } from './partial-file.ts'

export interface FtpParts {
  readonly flow: Flow
  readonly bounds: Bounds
  /** Certificates that may have signed a server's, PEM; those that come with Node when undefined. */
  readonly roots: readonly string[] | undefined
}

/** RETR into a partial file: goes on where it broke (REST) while size and date of the server's file are the same.
 *  @param room bytes that there may be in all */
export async function ftpDownload({ path, ...address }: FtpAddress, part: PartialFile, room: number, parts: FtpParts): Promise<void> {
  if (path === '' || path.endsWith('/')) throw new TransferError('badAddress', 'the address of a directory')
  await connected(address, parts, async (client) => {
    const size = await orUndefined(client.size(path))
    if (size !== undefined && size > room) throw tooLarge(room)
    const date = size === undefined ? undefined : await orUndefined(client.lastMod(path))
    const version = size === undefined || date === undefined ? undefined : `${size} ${date.toISOString()}`
    const have = await part.length()
    const goesOn = have > 0 && version !== undefined && (await part.version()) === version
    if (!goesOn) await part.begin(version)
    if (goesOn && have === size) return
    const meter = parts.flow.meter(room - (goesOn ? have : 0))
    const written = pipeline(meter, part.sink(), { signal: parts.flow.signal })
    // The transfer's own failure is the one to tell; it ends the stream as well.
    const [brought, kept] = await Promise.allSettled([client.downloadTo(meter, path, goesOn ? have : 0), written])
    for (const each of [kept, brought]) if (each.status === 'rejected') throw each.reason
  })
}

/** STOR: into a directory under the file's own name, or as the file that the address names. A path that is no directory and has no
 *  extension is made one (OCPP 1.6 §6.25: `location` is a directory). What a break left of the file is gone on with. */
export async function ftpUpload(file: string, { path, ...address }: FtpAddress, parts: FtpParts): Promise<void> {
  const name = basename(file)
  const { size } = await stat(file)
  await connected(address, parts, async (client) => {
    const end = path.lastIndexOf('/') + 1
    const isThere = path !== '' && (await orUndefined(client.cd(path))) !== undefined
    const isFile = !isThere && path.slice(end).includes('.')
    const [directory, target] = isFile ? [path.slice(0, end), path.slice(end)] : [path, name]
    if (!isThere && directory !== '') await client.ensureDir(directory)
    // A name of ours is made of the second it was asked for: what stands under it is the beginning of this file.
    const have = isFile ? 0 : ((await orUndefined(client.size(target))) ?? 0)
    client.trackProgress(parts.flow.alive)
    if (have > 0 && have < size) await client.appendFrom(file, target, { localStart: have })
    else if (have !== size) await client.uploadFrom(file, target)
  })
}

/** The library is heavy and rarely needed. */
async function connected(address: Omit<FtpAddress, 'path'>, { flow, bounds, roots }: FtpParts, run: (client: Client) => Promise<void>): Promise<void> {
  const { Client } = await import('basic-ftp')
  const { host, port, security, credentials } = address
  const client = new Client(bounds.stall)
  const close = () => client.close()
  flow.signal.addEventListener('abort', close)
  try {
    flow.signal.throwIfAborted()
    await client.access({
      host,
      port,
      ...(credentials ?? {}),
      secure: security === 'implicit' ? 'implicit' : security === 'explicit',
      // Whatever the environment says.
      secureOptions: { host, rejectUnauthorized: true, ...(roots === undefined ? {} : { ca: [...roots] }) },
    })
    flow.alive()
    await run(client)
  } catch (error) {
    throw flow.signal.aborted ? flow.signal.reason : error
  } finally {
    flow.signal.removeEventListener('abort', close)
    close()
  }
}

/** Undefined when the server refuses or does not know the command (RFC 3659); a connection that broke is a failure all the same. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    return undefined
  }
}

/** The server's reply code; undefined when it is no reply. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && error.name === 'FTPError' && 'code' in error && typeof error.code === 'number' ? error.code : undefined
}

/** RFC 959 §4.2. */
export function ftpProblem(error: unknown): TransferProblem | undefined {
  const code = codeOf(error)
  if (code === undefined) return undefined
  if (code === 530 || code === 532 || code === 553) return 'permissionDenied'
  // 550 is said of what is not there and of what may not be touched: the words have to tell.
  if (code === 550) return /denied|permission|not allowed|forbidden|privilege/i.test(String(error)) ? 'permissionDenied' : 'notFound'
  if (code === 552) return 'tooLarge'
  return code >= 500 && code <= 504 ? 'notSupported' : 'unreachable'
}
