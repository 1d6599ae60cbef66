import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Usage, usageOf } from './process-usage.ts'

export interface CentralProcess {
  readonly name: string
  readonly pid: number
  /** Port of the stations. */
  readonly port: number
  /** `http://127.0.0.1:PORT`, and what it wants to see. */
  readonly httpUrl: string
  readonly token: string
  usage(): Usage
  /** GET, or with a body another method; the answer with its status. */
  ask(path: string, body?: object, method?: string): Promise<{ readonly status: number; readonly body: unknown }>
  kill(): Promise<void>
  /** SIGTERM; the exit code. */
  end(): Promise<number | null>
}

export interface CentralProcessOptions {
  /** `bench/main.ts`, or the built program. */
  readonly program: string
  readonly name: string
  readonly broker: string
  readonly databaseUrl: string
}

const token = 'bench-of-three-processes'

/** `pilotwire-bench csms` as one of several processes. Rejects with its words when it ends before it is open. */
export async function startCentral({ program, name, broker, databaseUrl }: CentralProcessOptions): Promise<CentralProcess> {
  const words = ['csms', '--port', '0', '--http', '0', '--log', 'silent', '--token', token, '--broker', broker, '--process', name]
  const child = spawn(process.execPath, [program, ...words], { env: { ...process.env, DATABASE_URL: databaseUrl, NO_COLOR: '1' } })
  let said = ''
  const opened = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = `${said}${text}`.slice(-10_000)
        if (/ws:\/\/\S+:\d+/.test(said)) resolve()
      })
    child.once('exit', () => reject(new Error(`a central system ended:\n${said}`)))
  })
  await opened
  const [, port = ''] = /ws:\/\/[^\s:]+:(\d+)/.exec(said) ?? []
  const [httpUrl = ''] = /http:\/\/[^\s/]+/.exec(said) ?? []
  return {
    name,
    pid: child.pid ?? 0,
    port: Number(port),
    httpUrl,
    token,
    usage: () => usageOf(child.pid ?? 0),
    async ask(path, body, method = body === undefined ? 'GET' : 'POST') {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const answer = await fetch(`${httpUrl}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      return { status: answer.status, body: await answer.json() }
    },
    async end() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const [code] = (await gone) as [number | null]
      return code
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
