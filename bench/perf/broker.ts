import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './control.ts'

export interface Broker {
  readonly url: string
  start(): Promise<void>
  kill(): Promise<void>
}

/** A mosquitto on a free port of loopback that keeps nothing, not yet started. Undefined: it is not installed. */
export async function brokerIn(directory: string): Promise<Broker | undefined> {
  const server = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((each) => existsSync(each))
  if (server === undefined) return undefined
  const port = await freePort()
  const file = join(directory, 'mosquitto.conf')
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`)
  let child: ChildProcess | undefined
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn(server, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
      await once(child.stderr ?? child, 'data')
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'close')
      child.kill('SIGKILL')
      await gone
    },
  }
}
