import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { freePort } from '../../bench/perf/control.ts'
import { leaveOut } from '../left-out.ts'
import { freshDirectory } from './program.ts'
import { type Watched, watched } from './watched.ts'

const server = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'].find((each) => existsSync(each))
export const hasMosquitto = server !== undefined
if (!hasMosquitto) leaveOut('MQTT door: mosquitto is not installed')

const running = new Set<ChildProcess>()
afterAll(async () => {
  for (const child of running) await killed(child)
})

async function killed(child: ChildProcess, how: NodeJS.Signals = 'SIGKILL') {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'close')
    child.kill(how)
    await gone
  }
  running.delete(child)
}

export interface Broker {
  readonly port: number
  readonly url: string
  /** The authority of its certificate. */
  readonly caFile: string
  start(): Promise<void>
  /** As a power cut: nothing is kept. */
  kill(): Promise<void>
  /** Publishes as `mosquitto_pub` with these words. */
  publish(topic: string, payload: string, ...words: string[]): void
  /** Everything that it says from now on, retained messages first: `1 topic payload`, with 1 for retained. */
  listen(topic?: string): Watched<string> & { close(): Promise<void> }
}

export interface BrokerOptions {
  /** TLS, with this user alone. */
  readonly login?: { readonly user: string; readonly password: string }
}

/** A real broker on a free port of loopback, started. */
export async function mosquitto({ login }: BrokerOptions = {}): Promise<Broker> {
  const directory = freshDirectory()
  const file = (name: string) => join(directory, name)
  const port = await freePort()
  const lines = [`listener ${port} 127.0.0.1`, 'persistence false', 'user root', 'max_queued_messages 10000']
  if (login === undefined) lines.push('allow_anonymous true')
  else {
    certificates(directory)
    execFileSync('mosquitto_passwd', ['-b', '-c', file('passwords'), login.user, login.password], { stdio: 'ignore' })
    lines.push(
      'allow_anonymous false',
      `password_file ${file('passwords')}`,
      `cafile ${file('ca.pem')}`,
      `certfile ${file('broker.pem')}`,
      `keyfile ${file('broker.key')}`,
    )
  }
  writeFileSync(file('mosquitto.conf'), `${lines.join('\n')}\n`)
  const way = ['-h', 'localhost', '-p', String(port), ...(login === undefined ? [] : ['-u', login.user, '-P', login.password, '--cafile', file('ca.pem')])]
  let child: ChildProcess | undefined
  const broker: Broker = {
    port,
    url: `${login === undefined ? 'mqtt' : 'mqtts'}://localhost:${port}`,
    caFile: file('ca.pem'),
    async start() {
      const started = spawn(server ?? '', ['-c', file('mosquitto.conf'), '-v'], { stdio: ['ignore', 'ignore', 'pipe'] })
      child = started
      running.add(started)
      const said = watched<string>()
      started.stderr.setEncoding('utf8').on('data', (text: string) => said.add(text))
      await said.next((text) => /running/.test(text))
    },
    async kill() {
      if (child !== undefined) await killed(child)
    },
    publish: (topic, payload, ...words) => void execFileSync('mosquitto_pub', [...way, '-t', topic, '-m', payload, '-q', '1', ...words]),
    listen(topic = '#') {
      const listener = spawn('mosquitto_sub', [...way, '-t', topic, '-q', '1', '-F', '%r %t %p'], { stdio: ['ignore', 'pipe', 'ignore'] })
      running.add(listener)
      const heard = watched<string>()
      let rest = ''
      listener.stdout.setEncoding('utf8').on('data', (text: string) => {
        const parts = (rest + text).split('\n')
        rest = parts.pop() ?? ''
        for (const line of parts) heard.add(line)
      })
      return Object.assign(heard, { close: () => killed(listener) })
    },
  }
  await broker.start()
  return broker
}

/** An authority, and a certificate of it for localhost. */
function certificates(directory: string): void {
  const openssl = (...words: string[]) => void execFileSync('openssl', words, { cwd: directory, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority', '-days', '2')
  openssl('req', '-new', ...key, '-keyout', 'broker.key', '-out', 'broker.csr', '-subj', '/CN=localhost')
  writeFileSync(join(directory, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  openssl('x509', '-req', '-in', 'broker.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'broker.pem', '-days', '2', '-extfile', 'names')
}
