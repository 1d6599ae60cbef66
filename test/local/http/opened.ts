import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { afterEach } from 'vitest'
import { type Log, silentLog } from '../../../src/base/log.ts'
import { type HttpDoor, type HttpParts, openHttp } from '../../../src/local/http/server.ts'
import { routes } from '../../../src/local/rest/routes.ts'
import { type Rig, rig } from '../rest/rig.ts'

const doors: HttpDoor[] = []
afterEach(async () => {
  await Promise.all(doors.splice(0).map((each) => each.close()))
})

export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A problem document, or any other object. */
export const json = ({ text }: Answered) => JSON.parse(text) as Readonly<Record<string, unknown>>

export interface Opened {
  readonly at: Rig
  readonly port: number
  /** Errors of the log: what the program should never say. */
  readonly errors: readonly string[]
  /** All lines of the log. */
  readonly said: readonly string[]
  /** A request as a program makes it; the path goes out as it is written. */
  ask(method: string, path: string, options?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array }): Promise<Answered>
  /** Bytes out, everything that comes until the other side closes. */
  raw(bytes: string | Uint8Array): Promise<string>
}

export const fast = { perSecond: 1_000_000, burst: 1_000_000 }

/** The HTTP door over a simulated station, on a real socket. */
export async function opened(parts: Partial<HttpParts> = {}, station?: Rig): Promise<Opened> {
  const at = station ?? (await rig())
  const errors: string[] = []
  const said: string[] = []
  const note = (fields: unknown, event: string) => said.push(`${event} ${JSON.stringify(fields)}`)
  const log: Log = {
    ...silentLog,
    debug: note,
    info: note,
    warn: note,
    error: (fields, event) => errors.push(`${event} ${JSON.stringify(fields)}`),
    with: () => log,
  }
  const door = await openHttp({
    host: '127.0.0.1',
    port: 0,
    secrets: [],
    hosts: [],
    routes,
    ports: at.ports,
    pageDirectory: undefined,
    log,
    rate: fast,
    ...parts,
  })
  doors.push(door)
  return {
    at,
    port: door.port,
    errors,
    said,
    ask: (method, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
        const asked = request({ host: '127.0.0.1', port: door.port, method, path, headers: { ...length, ...headers }, agent: false }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }))
          response.on('error', reject)
        })
        asked.on('error', reject)
        asked.end(body)
      }),
    raw: (bytes) =>
      new Promise((resolve) => {
        const socket = connect(door.port, '127.0.0.1', () => socket.end(bytes))
        let heard = ''
        socket.setEncoding('latin1')
        socket.on('data', (text: string) => {
          heard += text
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(heard))
      }),
  }
}
