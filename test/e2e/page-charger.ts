import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Central, central } from './central.ts'
import { bundle, freshDirectory, type Program, pilotwire, root } from './program.ts'

/** A station on the simulated board with its page, and the bench central system. */
export interface Charger {
  /** Of the page. */
  readonly url: string
  readonly csms: Central
  readonly station: Program
  /** Asks the REST door. @returns what it answers, whatever its status */
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>
}

let built: Promise<unknown> | undefined
/** The page as it stands now, where the bundled program looks for it. */
function builtPage(): Promise<unknown> {
  built ??= promisify(execFile)(process.execPath, [join(root, 'build-page.mjs'), join(dirname(bundle), 'page')], { cwd: root })
  return built
}

export interface ChargerOptions {
  readonly id?: string
  readonly password?: string
}

export async function charger({ id = 'DESK-1', password }: ChargerOptions = {}): Promise<Charger> {
  const [csms] = await Promise.all([central(), builtPage()])
  const directory = freshDirectory()
  const file = join(directory, 'station.json')
  writeFileSync(file, JSON.stringify({ doors: { http: { port: 0, ...(password === undefined ? {} : { password }) } } }))
  const station = pilotwire(['run', '--id', id, '--csms', csms.url, '--station', file, '--state', join(directory, 'state')])
  const [, address = ''] = await station.said(/"http":"([^"]+)"/)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  const url = `http://${address}`
  return {
    url,
    csms,
    station,
    async ask(method, path, body) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
      })
      return response.json()
    },
  }
}
