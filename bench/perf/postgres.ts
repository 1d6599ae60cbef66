import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Client } from 'pg'
import { freePort } from './control.ts'

/** A PostgreSQL of its own on a free port of loopback; every commit is on the disk. */
export interface Postgres {
  readonly port: number
  /** Of its database `postgres`, without a password. */
  readonly url: string
  /** One statement. @param url of another database of it */
  query(sql: string, url?: string): Promise<readonly Record<string, unknown>[]>
  start(): Promise<void>
  /** As a crash: nothing is written that was not committed. The signal is sent before the first wait. */
  crash(): Promise<void>
  /** Ends it in order; clients are sent away. */
  stop(): Promise<void>
  /** Ends it, and takes its data away. */
  remove(): Promise<void>
}

interface User {
  readonly uid: number
  readonly gid: number
}

const folder = folderOfPrograms()
const isRoot = process.getuid?.() === 0
/** The server refuses to run as root. */
const user = isRoot ? userNamed('postgres') : undefined
/** The server is installed, and there is somebody to run it as. */
export const hasPostgres = folder !== undefined && (!isRoot || user !== undefined)

/** Started. Undefined: `hasPostgres` is false. @param settings other than those that it comes with, `shared_buffers=32MB` */
export async function startPostgres(...settings: readonly string[]): Promise<Postgres | undefined> {
  if (folder === undefined || !hasPostgres) return undefined
  const program = (name: string) => join(folder, name)
  // Not below a folder that is root's alone.
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-pg-'))
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const as = { cwd: directory, ...user }
  const data = join(directory, 'data')
  const port = await freePort()
  execFileSync(program('initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...as, stdio: 'ignore' })
  const words = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', ...settings].flatMap((each) => ['-c', each])
  let child: ChildProcess | undefined
  const end = async (how: NodeJS.Signals) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(how)
    await gone
  }
  const server: Postgres = {
    port,
    url: `postgres://bench@127.0.0.1:${port}/postgres`,
    async query(sql, url = server.url) {
      const client = new Client({ connectionString: url })
      await client.connect()
      try {
        return (await client.query(sql)).rows as readonly Record<string, unknown>[]
      } finally {
        await client.end()
      }
    },
    async start() {
      child = spawn(program('postgres'), ['-D', data, ...words], { ...as, stdio: ['ignore', 'ignore', 'pipe'] })
      await ready(child)
    },
    crash: () => end('SIGQUIT'),
    stop: () => end('SIGINT'),
    async remove() {
      await end('SIGQUIT')
      rmSync(directory, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

function ready(child: ChildProcess): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000)
      if (/ready to accept connections/.test(said)) resolve()
    })
    child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said}`)))
  })
}

/** Debian keeps the server of each version in a folder of its own. */
function folderOfPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const places = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env['PATH'] ?? '').split(delimiter)]
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')))
}

function userNamed(name: string): User | undefined {
  const id = (what: string) => Number(execFileSync('id', [what, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}
