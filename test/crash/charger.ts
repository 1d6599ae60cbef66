import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/** The charger is gone: killed, or ended. */
export class Gone extends Error {
  override readonly name = 'Gone'
}

/** A charger that runs as a process of its own, with its control door. */
export interface Charger {
  /** One line to the control door. Rejects with `Gone` when the process ends before it answers. */
  say(line: string): Promise<string>
  /** SIGKILL; resolves when the process is no more. */
  kill(): Promise<void>
  /** Resolves with the exit code, undefined when it was killed. */
  readonly ended: Promise<number | undefined>
  /** Log lines of level error, and what is no log line at all. */
  readonly complaints: readonly string[]
}

export interface ChargerOptions {
  readonly program: string
  readonly id: string
  readonly csms: string
  readonly state: string
  readonly settingsFile: string
  readonly compileCache: string
}

export function startCharger(options: ChargerOptions): Charger {
  const words = ['run', '--id', options.id, '--csms', options.csms, '--state', options.state, '--control', '127.0.0.1:0', '--settings', options.settingsFile]
  const child = spawn(process.execPath, [options.program, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: options.compileCache },
  })
  const complaints: string[] = []
  let isGone = false
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      isGone = true
      resolve(code ?? undefined)
    })
  })
  const door = Promise.withResolvers<string>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    const { level, msg, control } = readLine(line)
    if (msg === 'station started' && control !== undefined) door.resolve(control)
    if (level === undefined || level === 'error' || level === 'fatal') complaints.push(line)
  })
  void ended.then(() => door.reject(new Gone(`the charger ended before its control door was open: ${complaints.join(' ')}`)))
  const control = door.promise.then(openControl)
  control.catch(() => {})
  return {
    async say(line) {
      if (isGone) throw new Gone('the charger has ended')
      return (await control).say(line)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    ended,
    complaints,
  }
}

function readLine(line: string): { readonly level?: string; readonly msg?: string; readonly control?: string } {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}

function openControl(address: string): Promise<{ say(line: string): Promise<string> }> {
  const socket = new WebSocket(`ws://${address}`)
  const waiting: PromiseWithResolvers<string>[] = []
  socket.on('message', (data) => waiting.shift()?.resolve(String(data)))
  const lost = () => {
    for (const each of waiting.splice(0)) each.reject(new Gone('the control door closed'))
  }
  socket.on('close', lost)
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => reject(new Gone(error.message)))
    socket.once('open', () =>
      resolve({
        say(line) {
          if (socket.readyState !== socket.OPEN) return Promise.reject(new Gone('the control door is closed'))
          const answer = Promise.withResolvers<string>()
          waiting.push(answer)
          socket.send(line)
          return answer.promise
        },
      }),
    )
  })
}
