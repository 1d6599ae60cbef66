import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { fileTransfer } from '../../src/transfer/transfer.ts'
import { leaveOut } from '../left-out.ts'
import { certificateIn } from './certificate.ts'
import { bytes, onAndOn, place, refusal } from './place.ts'

const clock = systemClock()
const transfer = fileTransfer({ clock })
const script = fileURLToPath(new URL('ftp-server.py', import.meta.url))
const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

interface FtpServer {
  readonly port: string
  readonly directory: string
}

/** Undefined where pyftpdlib is not installed. */
async function ftpServer(...words: readonly string[]): Promise<FtpServer | undefined> {
  const directory = place()
  // The system's own: packages of the distribution are not there for another Python.
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
  const child = spawn(python, [script, directory, ...words], { stdio: ['ignore', 'pipe', 'ignore'] })
  closing.push(() => child.kill('SIGKILL'))
  const [port] = (await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'close'), once(child, 'error')])) as [unknown]
  return typeof port === 'string' && /^\d+$/.test(port) ? { port, directory } : undefined
}

const certificate = certificateIn(place())
const plain = await ftpServer()
const secure = certificate && (await ftpServer(certificate.file))
const implicit = certificate && (await ftpServer(certificate.file, 'implicit'))
if (plain === undefined) leaveOut('FTP: python3-pyftpdlib is not installed')
else if (secure === undefined || implicit === undefined) leaveOut('FTPS: openssl or python3-openssl is not installed')
const there = (server: FtpServer | undefined) => server as FtpServer

/** As a person types it: the password is `geh@im/#`, its slash encoded because it must be. */
const login = 'anna:geh@im%2F#'
const file = bytes(300_000)

test.skipIf(plain === undefined)('a download over FTP, with blanks and signs in its path', async () => {
  const { port, directory } = there(plain)
  mkdirSync(join(directory, 'a b'))
  writeFileSync(join(directory, 'a b', 'fw #1 100%?.bin'), file)
  const path = join(place(), 'firmware')
  await transfer.download(`ftp://${login}@127.0.0.1:${port}/a b/fw #1 100%?.bin`, path, onAndOn())
  expect(readFileSync(path).equals(file)).toBe(true)
})

test.skipIf(plain === undefined)('a download that breaks goes on where it broke', async () => {
  const { port, directory } = there(plain)
  writeFileSync(join(directory, 'broken.bin'), file)
  const path = join(place(), 'firmware')
  const pauses: string[] = []
  const after: typeof clock.after = (name, delay, run) => {
    pauses.push(name)
    return clock.after(name, delay, run)
  }
  const watched = fileTransfer({ clock: { ...clock, after } })
  await watched.download(`ftp://${login}@127.0.0.1:${port}/broken.bin`, path, onAndOn())
  expect(pauses).toContain('download goes on')
  expect(readFileSync(path).equals(file)).toBe(true)
})

test.skipIf(plain === undefined)('a wrong password, a file that is not there, a directory that is not ours', async () => {
  const { port } = there(plain)
  const from = (who: string, what: string) => refusal(transfer.download(`ftp://${who}@127.0.0.1:${port}/${what}`, join(place(), 'firmware'), onAndOn()))
  const wrong = await from('anna:wrongpass', 'fw.bin')
  expect(wrong.problem).toBe('permissionDenied')
  expect(wrong.message).not.toMatch(/wrongpass|anna/)
  expect(await from(login, 'nothing.bin')).toMatchObject({ problem: 'notFound' })
  expect(await from(login, 'directory/')).toMatchObject({ problem: 'badAddress' })
  const archive = join(place(), 'pilotwire.zip')
  writeFileSync(archive, file)
  expect(await refusal(transfer.upload(archive, `ftp://bob:bob@127.0.0.1:${port}/`, onAndOn()))).toMatchObject({ problem: 'permissionDenied' })
})

test.skipIf(plain === undefined)('an upload makes the directories it is told, and takes the name that an address ends in', async () => {
  const { port, directory } = there(plain)
  const archive = join(place(), 'pilotwire-CP-1.zip')
  writeFileSync(archive, file)
  const to = (what: string) => transfer.upload(archive, `ftp://${login}@127.0.0.1:${port}${what}`, onAndOn())
  await to('/made/by us/')
  await to('/made/no-slash')
  await to('/made/mine.zip')
  mkdirSync(join(directory, 'v1.2'))
  await to('/v1.2')
  await to('')
  for (const each of ['made/by us/pilotwire-CP-1.zip', 'made/no-slash/pilotwire-CP-1.zip', 'made/mine.zip', 'v1.2/pilotwire-CP-1.zip', 'pilotwire-CP-1.zip']) {
    expect(readFileSync(join(directory, each)).equals(file), each).toBe(true)
  }
  expect(readdirSync(join(directory, 'v1.2'))).toEqual(['pilotwire-CP-1.zip'])
})

test.skipIf(plain === undefined)('an upload goes on behind what a broken one has left', async () => {
  const { port, directory } = there(plain)
  const archive = join(place(), 'pilotwire-half.zip')
  writeFileSync(archive, file)
  const half = join(directory, 'pilotwire-half.zip')
  // Marked, to see that the beginning is not sent again.
  writeFileSync(half, Buffer.concat([Buffer.from('MARK'), file.subarray(4, 150_000)]))
  await transfer.upload(archive, `ftp://${login}@127.0.0.1:${port}/`, onAndOn())
  const whole = readFileSync(half)
  expect([whole.length, whole.subarray(0, 4).toString(), whole.subarray(4).equals(file.subarray(4))]).toEqual([file.length, 'MARK', true])
})

test.skipIf(secure === undefined || implicit === undefined)('FTPS: asked for on the usual port, or from the first byte on, and verified', async () => {
  const trusting = fileTransfer({ clock, roots: [certificate?.certificate ?? ''] })
  const archive = join(place(), 'pilotwire.zip')
  writeFileSync(archive, file)
  for (const [scheme, server] of [
    ['ftpes', secure],
    ['ftps', implicit],
  ] as const) {
    const { port, directory } = there(server)
    const url = `${scheme}://${login}@127.0.0.1:${port}/logs/`
    expect(await refusal(transfer.upload(archive, url, onAndOn())), scheme).toMatchObject({
      problem: 'unreachable',
      message: expect.stringContaining('certificate'),
    })
    await trusting.upload(archive, url, onAndOn())
    expect(readFileSync(join(directory, 'logs', 'pilotwire.zip')).equals(file)).toBe(true)
    const path = join(place(), 'firmware')
    await trusting.download(`${url}pilotwire.zip`, path, onAndOn())
    expect(readFileSync(path).equals(file)).toBe(true)
  }
})

test.skipIf(plain === undefined)('a disk that takes nothing here is our own fault, and said so', async () => {
  const { port, directory } = there(plain)
  writeFileSync(join(directory, 'fw.bin'), file)
  const path = join(place(), 'firmware')
  mkdirSync(`${path}.part`)
  chmodSync(`${path}.part`, 0o700)
  expect(await refusal(transfer.download(`ftp://${login}@127.0.0.1:${port}/fw.bin`, path, onAndOn()))).toMatchObject({ problem: 'local' })
})
