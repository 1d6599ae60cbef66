import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage, RequestOptions, request } from 'node:http'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import { TransferError, type TransferProblem } from '../core/transfer.ts'
import { addressOf, type HttpAddress } from './address.ts'
import { type Flow, tooLarge } from './flow.ts'
import type { PartialFile } from './partial-file.ts'

/** What a connection needs of its surroundings. */
export interface HttpParts {
  readonly clock: Clock
  readonly flow: Flow
  /** Certificates that may have signed a server's, PEM; those that come with Node when undefined. */
  readonly roots: readonly string[] | undefined
}

const mostRedirects = 5
/** A server that does not know `Expect: 100-continue` (RFC 9110 §10.1.1) is sent the file after so long. */
const goAheadWithin = seconds(1)

type Headers = Readonly<Record<string, string | number>>
type Send = (request: ClientRequest) => void

/** GET into a partial file: goes on where it broke when the server still has the same version (RFC 9110 §13.1.5, §14.2).
 *  @param room bytes that there may be in all */
export async function httpDownload(address: HttpAddress, part: PartialFile, room: number, parts: HttpParts): Promise<void> {
  const have = await part.length()
  const version = have > 0 ? await part.version() : undefined
  const range: Headers = version === undefined ? {} : { range: `bytes=${have}-`, 'if-range': version }
  const response = await followed('GET', address, { ...range, 'accept-encoding': 'identity' }, (request) => request.end(), parts)
  const { statusCode: status = 0, headers } = response
  if (status === 416) {
    // What is there is no beginning of what the server has.
    response.destroy()
    await part.begin(undefined)
    throw new TransferError('unreachable', 'the server has another file than before')
  }
  if (status !== 200 && status !== 206) throw refusalOf(response)
  const goesOn = status === 206
  if (goesOn && headers['content-range']?.startsWith(`bytes ${have}-`) !== true) {
    response.destroy()
    throw new TransferError('unreachable', 'the server sent another part')
  }
  const limit = room - (goesOn ? have : 0)
  if (Number(headers['content-length'] ?? 0) > limit) {
    response.destroy()
    throw tooLarge(room)
  }
  const meter = parts.flow.meter(limit)
  let broken: Error | undefined
  // From its first byte on: what came before a break is kept, and ends the file in good order.
  response.once('error', (error) => {
    broken = error
    meter.end()
  })
  response.pipe(meter)
  meter.once('error', () => response.destroy())
  if (!goesOn) await part.begin(versionOf(response))
  await pipeline(meter, part.sink(), { signal: parts.flow.signal })
  if (broken !== undefined) throw broken
}

/** What `If-Range` may name: a strong ETag, or else the date. */
function versionOf({ headers }: IncomingMessage): string | undefined {
  const tag = headers.etag
  return tag?.startsWith('"') === true ? tag : headers['last-modified']
}

/** Answers after which another way to send is tried: the method is not known here, or there is no such resource yet. */
const otherWay: ReadonlySet<number> = new Set([404, 405, 409, 501])

/** PUT as `curl -T` does it: into an address that ends in a slash under the file's own name, else to the address as it stands. Where that
 *  is refused, a form (POST multipart, field `file`) to the address, then PUT under its own name below it (OCPP 1.6 §6.25: `location` is
 *  a directory). An address with a query is somebody's own link, and nothing is put behind it. */
export async function httpUpload(path: string, address: HttpAddress, parts: HttpParts): Promise<void> {
  const { size } = await stat(path)
  const name = basename(path)
  const { url } = address
  const below = url.search === '' ? { ...address, url: new URL(`${url.pathname.replace(/(?<!\/)\/*$/, '/')}${encodeURIComponent(name)}`, url) } : undefined
  let asking: Headers = { expect: '100-continue' }
  const put = (to: HttpAddress) =>
    followed('PUT', to, { ...asking, 'content-type': 'application/octet-stream', 'content-length': size }, body(path, [], parts), parts)
  const form = () => {
    const boundary = `pilotwire-${crypto.randomUUID()}`
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
    const tail = `\r\n--${boundary}--\r\n`
    const length = Buffer.byteLength(head) + size + Buffer.byteLength(tail)
    const headers = { ...asking, 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': length }
    return followed('POST', address, headers, body(path, [head, tail], parts), parts)
  }
  const isDirectory = below !== undefined && url.pathname.endsWith('/')
  const ways = isDirectory ? [() => put(below), form] : [() => put(address), form, ...(below === undefined ? [] : [() => put(below)])]
  let refused: TransferError | undefined
  for (const way of ways) {
    let response = await way()
    if (response.statusCode === 417) {
      // It does not want to be asked.
      response.destroy()
      asking = {}
      response = await way()
    }
    const { statusCode: status = 0 } = response
    // Whatever else it says, and what of the file is not sent yet, is of no use to anybody.
    response.destroy()
    // 303: it was taken, and its page is elsewhere.
    if ((status >= 200 && status < 300) || status === 303) return
    // The first word of refusal is about the address as it was given.
    refused ??= refusalOf(response)
    if (!otherWay.has(status)) throw refusalOf(response)
  }
  throw refused
}

/** Sends the file between two texts, once the server has said that it wants it. */
function body(path: string, [head = '', tail = '']: readonly string[], { clock, flow }: HttpParts): Send {
  return (request) => {
    let isSent = false
    const send = () => {
      patience.stop()
      if (isSent || request.destroyed) return
      isSent = true
      const content = async function* () {
        if (head !== '') yield Buffer.from(head)
        yield* createReadStream(path)
        if (tail !== '') yield Buffer.from(tail)
      }
      // A server that has answered may hang up before it heard everything: its answer counts.
      pipeline(content, flow.meter(), request, { signal: flow.signal }).catch((error: unknown) => request.destroy(error as Error))
    }
    const patience = clock.after('go ahead', goAheadWithin, send)
    request.once('continue', send)
    request.once('close', () => patience.stop())
    request.once('response', () => {
      patience.stop()
      isSent = true
    })
    request.flushHeaders()
  }
}

/** The answer to a request, after redirects. Credentials go to no other origin, and TLS is not left. */
async function followed(method: string, address: HttpAddress, headers: Headers, send: Send, parts: HttpParts): Promise<IncomingMessage> {
  let { url, credentials } = address
  for (let redirects = 0; ; redirects++) {
    const basic = credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`
    const response = await answerTo(method, url, basic === undefined ? headers : { ...headers, authorization: basic }, send, parts)
    const { statusCode = 0, headers: told } = response
    const isRedirect = [301, 302, 307, 308].includes(statusCode) || (statusCode === 303 && method === 'GET')
    if (!isRedirect || told.location === undefined) return response
    response.destroy()
    if (redirects === mostRedirects) throw new TransferError('unreachable', `more than ${mostRedirects} redirects`)
    const next = addressOf(URL.canParse(told.location, url.href) ? new URL(told.location, url).href : told.location)
    if (next.kind !== 'http') throw new TransferError('notSupported', `redirected to ${next.shown}`)
    if (url.protocol === 'https:' && next.url.protocol !== 'https:') throw new TransferError('permissionDenied', `redirected away from TLS, to ${next.shown}`)
    credentials = next.credentials ?? (next.url.origin === url.origin ? credentials : undefined)
    url = next.url
  }
}

async function answerTo(method: string, url: URL, headers: Headers, send: Send, { flow, roots }: HttpParts): Promise<IncomingMessage> {
  const ask: typeof request = (url.protocol === 'https:' ? await import('node:https') : await import('node:http')).request
  const options: RequestOptions & { readonly rejectUnauthorized: boolean; readonly ca?: string[] } = {
    method,
    headers: { 'user-agent': 'Pilotwire', ...headers },
    agent: false,
    signal: flow.signal,
    // Whatever the environment says.
    rejectUnauthorized: true,
    ...(roots === undefined ? {} : { ca: [...roots] }),
  }
  return new Promise((resolve, reject) => {
    const asked = ask(url, options)
    asked.once('response', (response) => {
      flow.alive()
      resolve(response)
    })
    // Stays: a connection that breaks after the answer is told by the answer.
    asked.on('error', (error) => reject(flow.signal.aborted ? flow.signal.reason : error))
    send(asked)
  })
}

function refusalOf(response: IncomingMessage): TransferError {
  response.destroy()
  const { statusCode: status = 0, statusMessage = '' } = response
  return new TransferError(problemOf(status), `the server answered ${status} ${statusMessage.slice(0, 100)}`.trim())
}

function problemOf(status: number): TransferProblem {
  if (status === 401 || status === 403 || status === 407) return 'permissionDenied'
  if (status === 404 || status === 410) return 'notFound'
  if (status === 405 || status === 501) return 'notSupported'
  if (status === 400 || status === 414) return 'badAddress'
  return status === 413 || status === 507 ? 'tooLarge' : 'unreachable'
}
