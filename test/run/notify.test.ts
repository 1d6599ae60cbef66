import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { feedWatchdog, notifier } from '../../src/run/notify.ts'

/** A datagram socket as systemd has one; Node itself has none. */
async function systemd(name: (directory: string) => string) {
  const { default: koffi } = await import('koffi')
  const libc = koffi.load(null)
  const socket = libc.func('int socket(int, int, int)')
  const bind = libc.func('int bind(int, const void *, unsigned int)')
  const recv = libc.func('long recv(int, void *, size_t, int)')
  const close = libc.func('int close(int)')
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-notify-'))
  const address = name(directory)
  const path = Buffer.from(address.startsWith('@') ? `\0${address.slice(1)}` : `${address}\0`)
  const descriptor = socket(1, 2, 0) as number
  expect(bind(descriptor, Buffer.concat([Buffer.from([1, 0]), path]), 2 + path.length)).toBe(0)
  onTestFinished(() => {
    close(descriptor)
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    address,
    /** What has come; undefined: nothing. */
    next() {
      const bytes = Buffer.alloc(200)
      const length = Number(recv(descriptor, bytes, bytes.length, 0x40))
      return length < 0 ? undefined : bytes.toString('utf8', 0, length)
    },
  }
}

test.each([
  ['a path', (directory: string) => join(directory, 'notify')],
  ['an abstract name', () => `@pilotwire-test-${process.pid}`],
])('systemd is told through %s', async (_what, name) => {
  const listener = await systemd(name)
  const notify = await notifier({ NOTIFY_SOCKET: listener.address })
  notify?.('READY=1')
  notify?.('WATCHDOG=1')
  expect([listener.next(), listener.next(), listener.next()]).toEqual(['READY=1', 'WATCHDOG=1', undefined])
})

test('nobody is told where nobody listens', async () => {
  expect(await notifier({})).toBeUndefined()
  const notify = await notifier({ NOTIFY_SOCKET: '/nowhere/notify' })
  expect(() => notify?.('READY=1')).not.toThrow()
})

test('the watchdog is fed at signs of life, four times in its period and not more often, and only in its own process', async () => {
  const clock = simulatedClock()
  const alive = signal<void>()
  const said: string[] = []
  const feed = (environment: Record<string, string>) => feedWatchdog((state) => said.push(state), environment, clock, alive)
  feed({})
  feed({ WATCHDOG_USEC: '4000000', WATCHDOG_PID: '1' })
  const stop = feed({ WATCHDOG_USEC: '4000000', WATCHDOG_PID: String(process.pid) })
  const ticks = clock.every('tick', 20, () => alive.emit())
  await clock.advance(4_000)
  expect(said).toEqual(Array.from({ length: 4 }, () => 'WATCHDOG=1'))
  ticks.stop()
  await clock.advance(60_000)
  expect(said).toHaveLength(4)
  stop()
  alive.emit()
  expect(said).toHaveLength(4)
})

test('without koffi a shell that stays tells it, one systemd-notify for each', async () => {
  const { shellNotifier } = await import('../../src/run/notify.ts')
  expect(await shellNotifier({})).toBeUndefined()
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-shell-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const { watch } = await import('node:fs')
  const told = join(directory, 'told')
  writeFileSync(told, '')
  writeFileSync(join(directory, 'systemd-notify'), `#!/bin/sh\necho "$1" >> ${told}\n`)
  chmodSync(join(directory, 'systemd-notify'), 0o755)
  const before = process.env['PATH']
  process.env['PATH'] = `${directory}:${before}`
  onTestFinished(() => {
    process.env['PATH'] = before
  })
  const seen = watch(told)
  const notify = await shellNotifier({ NOTIFY_SOCKET: '@none' })
  notify?.('READY=1')
  await once(seen, 'change')
  seen.close()
})
