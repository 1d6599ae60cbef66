import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSerial } from '../../../hal/bus/serial-port.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { signal } from '../../../src/base/signal.ts'
import type { Wire } from './lines.ts'

/** Real pseudo-terminals: what the kernel does to bytes and settings of a serial line, without a cable. */

export const hasSocat = spawnSync('socat', ['-V']).status === 0

export interface PtyPair {
  /** Device of the charger's end. */
  readonly path: string
  /** Opens the other end. */
  far(): Promise<Wire & { close(): void }>
  /** The adapter is pulled out: both devices vanish. */
  pull(): Promise<void>
  /** And put in again. */
  plug(): Promise<void>
  close(): Promise<void>
}

export async function ptyPair(): Promise<PtyPair> {
  const directory = mkdtempSync(join(tmpdir(), 'pty-'))
  const [near, far] = [join(directory, 'near'), join(directory, 'far')]
  let process = await connected(near, far)
  const pull = () =>
    new Promise<void>((resolve) => {
      if (process.exitCode !== null) return resolve()
      process.once('exit', () => resolve())
      process.kill()
    })
  return {
    path: near,
    far: () => openWire(far),
    pull,
    async plug() {
      process = await connected(near, far)
    },
    async close() {
      await pull()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function connected(near: string, far: string) {
  const child = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error('socat ended')))
    child.stderr.on('data', (text: Buffer) => {
      if (text.includes('starting data transfer loop')) resolve()
    })
  })
  return child
}

async function openWire(path: string): Promise<Wire & { close(): void }> {
  const line = await openSerial({ path, baud: 115_200, parity: 'none', stopBits: 1 }, { clock: systemClock(), log: silentLog })
  const received = signal<Uint8Array>()
  line.received.on((bytes) => received.emit(bytes))
  return { received, send: (bytes) => void line.write(bytes).catch(() => undefined), close: () => line.close() }
}
