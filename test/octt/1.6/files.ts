import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Clock, systemClock } from '../../../src/base/clock.ts'
import { newestLines } from '../../../src/base/newest-lines.ts'
import { stationConfig } from '../../../src/config/merge.ts'
import type { ChargePoint } from '../../../src/core/charge-point.ts'
import type { FilePorts } from '../../../src/core/transfer.ts'
import { filePorts } from '../../../src/run/file-ports.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Traffic } from './traffic.ts'

/** A program as the file ports see it. */
export interface FileUser {
  readonly clock: Clock
  readonly store: Store
  readonly core: () => ChargePoint
}

/** A directory of a station's own, and a server on the loopback that files come from and go to. */
export interface FileDesk {
  /** Ends in a slash; what is under `away/` is never there and takes nothing. */
  readonly url: string
  /** What is to be fetched, by name. */
  readonly offered: Map<string, Buffer>
  /** What came, by name. */
  readonly received: ReadonlyMap<string, Buffer>
  /** The station's own ports, counted: simulated time stands still while files are on their way. */
  ports(user: FileUser): FilePorts
  close(): Promise<void>
}

export async function fileDesk(traffic: Traffic): Promise<FileDesk> {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-octt-'))
  const config = await stationConfig({ id: 'CP-1', csms: 'ws://127.0.0.1:1', state: directory }, {}, '1.0.0')
  const offered = new Map<string, Buffer>()
  const received = new Map<string, Buffer>()
  const status = async (name: string, request: IncomingMessage): Promise<number> => {
    const content = await buffer(request)
    if (name.startsWith('away/')) return 503
    if (request.method !== 'PUT') return 405
    received.set(name, content)
    return 201
  }
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '/').slice(1))
    const file = request.method === 'GET' ? offered.get(name) : undefined
    if (file !== undefined) return void response.end(file)
    if (request.method === 'GET') return void response.writeHead(404).end()
    void status(name, request).then((code) => response.writeHead(code).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    offered,
    received,
    ports({ clock, store, core }) {
      // What waits within a transfer waits for real input and output, so its waits are real; the wall time is the case's.
      const patient: Clock = { ...clock, after: systemClock().after }
      const { transfer, installer, archive, ...rest } = filePorts({ config, clock: patient, store, lines: newestLines(10_000), core })
      return {
        ...rest,
        transfer: {
          protocols: transfer.protocols,
          download: (...about) => traffic.during(transfer.download(...about)),
          upload: (...about) => traffic.during(transfer.upload(...about)),
        },
        installer: { version: installer.version, install: (path) => traffic.during(installer.install(path)) },
        archive: (...about) => traffic.during(archive(...about)),
      }
    },
    close: () =>
      new Promise((resolve) => {
        rmSync(directory, { recursive: true, force: true })
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
