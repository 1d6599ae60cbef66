import { Agent, get } from 'node:http'

/** A phone with the page open and a program that asks for everything, at the HTTP door of a station. */
export interface Visitor {
  /** Reads the page with its files, the readable documentation and, in turns, whatever may be read without being told what: `requests` of them. */
  readEverything(requests: number): Promise<void>
  /** Follows all topics until the door closes. Resolves when the first event has come. */
  follow(): Promise<void>
  /** Events that came so far. */
  readonly events: number
  close(): void
}

/** @param origin `http://127.0.0.1:PORT` */
export function visitor(origin: string): Visitor {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  let events = 0
  const read = (path: string) =>
    new Promise<string>((resolve, reject) => {
      get(new URL(path, origin), { agent, headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (more) => {
          text += more
        })
        answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(`${path}: ${answer.statusCode} ${text}`))))
      }).on('error', reject)
    })
  return {
    async readEverything(requests) {
      const page = await plain(origin)
      for (const [, file = ''] of page.matchAll(/(?:src|href)="\.?\/?([^"#:]+)"/g)) await read(file)
      await read('/docs')
      const readable = readablePaths(JSON.parse(await read('/api/v1/openapi.json')))
      for (let count = 0; count < requests; count++) await read(readable[count % readable.length] ?? '/')
    },
    follow: () =>
      new Promise((resolve, reject) => {
        get(new URL('/api/v1/events?topics=state,frames,log,sessions', origin), (answer) => {
          answer.setEncoding('utf8').on('data', (text: string) => {
            events += text.split('\nevent: ').length
            resolve()
          })
          answer.on('error', () => undefined)
        }).on('error', reject)
      }),
    get events() {
      return events
    },
    close: () => agent.destroy(),
  }
}

const plain = async (origin: string) => (await fetch(origin)).text()

/** What a GET gets to know, of outlet 1; neither the endless events nor what needs to be told which one. */
function readablePaths({ paths }: { readonly paths: Readonly<Record<string, { readonly get?: unknown }>> }): readonly string[] {
  return Object.entries(paths)
    .filter(([path, { get: reads }]) => reads !== undefined && !path.endsWith('/events'))
    .map(([path]) => path.replace('{evse}', '1').replace('{key}', 'HeartbeatInterval'))
    .filter((path) => !path.includes('{'))
}
