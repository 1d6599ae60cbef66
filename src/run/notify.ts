import { spawn } from 'node:child_process'
import type { Clock } from '../base/clock.ts'
import type { Listenable } from '../base/signal.ts'
import type { Environment } from '../config/merge.ts'

/** sd_notify(3): what systemd is told, one assignment per line: `READY=1`, `WATCHDOG=1`, `STOPPING=1`. Never fails, never waits. */
export type Notify = (state: string) => void

/** Sends datagrams to systemd from this process, through koffi. Undefined: nobody listens (not started by systemd), or koffi is not there. */
export async function notifier(environment: Environment): Promise<Notify | undefined> {
  const address = environment['NOTIFY_SOCKET']
  if (address === undefined || !/^[@/]/.test(address)) return undefined
  const { default: koffi } = await import('koffi')
  const libc = koffi.load(null)
  const socket = libc.func('int socket(int domain, int type, int protocol)')
  const sendto = libc.func('long sendto(int fd, const void *message, size_t length, int flags, const void *address, unsigned int addressLength)')
  const [unix, datagram, closeOnExec, dontWait] = [1, 2, 0o2000000, 0x40]
  const descriptor: number = socket(unix, datagram | closeOnExec, 0)
  if (descriptor < 0) return undefined
  // sockaddr_un: the family in the host's order, then the path; `@` stands for the zero of an abstract name, which has no end mark.
  const family = new Uint8Array(new Uint16Array([unix]).buffer)
  const to = Buffer.concat([family, Buffer.from(address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`)])
  return (state) => {
    const message = Buffer.from(state)
    sendto(descriptor, message, message.length, dontWait, to, to.length)
  }
}

/** The same without koffi (9 MB) for the core: a shell that stays and calls systemd-notify. Wants `NotifyAccess=all` in the unit. */
export async function shellNotifier(environment: Environment): Promise<Notify | undefined> {
  if (environment['NOTIFY_SOCKET'] === undefined) return undefined
  const shell = spawn('/bin/sh', ['-c', 'while read -r state; do systemd-notify "$state"; done'], { stdio: ['pipe', 'ignore', 'ignore'] })
  // Without a shell systemd hears nothing, and does what the unit says.
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  return (state) => void (shell.stdin.writable && shell.stdin.writableLength < 1_000 && shell.stdin.write(`${state}\n`))
}

/** Feeds systemd's watchdog at each sign of life, but not more often than it needs. Does nothing where the unit has none.
 *  Returns what stops it. */
export function feedWatchdog(notify: Notify, environment: Environment, clock: Pick<Clock, 'monotonic'>, alive: Listenable<unknown>): () => void {
  const withinMs = Number(environment['WATCHDOG_USEC'] ?? Number.NaN) / 1_000
  const isMine = environment['WATCHDOG_PID'] === undefined || environment['WATCHDOG_PID'] === String(process.pid)
  if (!(withinMs > 0) || !isMine) return () => {}
  let fedAt = Number.NEGATIVE_INFINITY
  return alive.on(() => {
    const now = clock.monotonic()
    if (now - fedAt < withinMs / 4) return
    fedAt = now
    notify('WATCHDOG=1')
  })
}
