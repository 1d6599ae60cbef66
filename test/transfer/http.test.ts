import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { fileTransfer } from '../../src/transfer/transfer.ts'
import { leaveOut } from '../left-out.ts'
import { certificateIn } from './certificate.ts'
import { bytes, onAndOn, place, refusal } from './place.ts'

const transfer = fileTransfer({ clock: systemClock() })
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

interface Heard {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A server on loopback; `answer` runs when the request is there in full, `early` before its body. */
async function server(answer: RequestListener, { early, tls }: { readonly early?: RequestListener; readonly tls?: { cert: string; key: string } } = {}) {
  const heard: Heard[] = []
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    heard.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) })
    answer(request, response)
  }
  const listening = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  if (early !== undefined) listening.on('checkContinue', early)
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  closing.push(() => {
    listening.closeAllConnections()
    listening.close()
  })
  const { port } = listening.address() as AddressInfo
  return { heard, host: `127.0.0.1:${port}`, url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}` }
}

const answering = (status: number, headers: Record<string, string> = {}, body: string | Buffer = '') =>
  ((_request, response) => {
    response.writeHead(status, headers).end(body)
  }) satisfies RequestListener

const file = bytes(300_000)

test('a download ends under its own name, whole, and asks with the credentials of its address', async () => {
  const csms = await server(answering(200, {}, file))
  const path = join(place(), 'deeper', 'firmware')
  await transfer.download(`http://anna:geh@im%2F@${csms.host}/a b/fw 100%.bin?x=1#y`, path, onAndOn())
  expect(readFileSync(path).equals(file)).toBe(true)
  expect(existsSync(`${path}.part`)).toBe(false)
  expect(csms.heard[0]).toMatchObject({ method: 'GET', path: '/a%20b/fw%20100%25.bin?x=1', headers: { authorization: `Basic ${btoa('anna:geh@im/')}` } })
})

/** Serves `file` in pieces: each connection breaks after 100 kB. */
const breaking =
  (tag: string | undefined, ranges: (string | undefined)[] = []): RequestListener =>
  (request, response) => {
    ranges.push(request.headers.range)
    const from = tag !== undefined && request.headers['if-range'] === tag ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0
    const piece = file.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': piece.length,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {}),
      ...(tag === undefined ? {} : { etag: tag }),
    })
    if (piece.length <= 100_000) response.end(piece)
    else response.write(piece.subarray(0, 100_000), () => response.destroy())
  }

test('a connection that breaks is made again and goes on where it broke', async () => {
  const ranges: (string | undefined)[] = []
  const csms = await server(breaking('"v1"', ranges))
  const path = join(place(), 'firmware')
  await transfer.download(`${csms.url}/fw.bin`, path, onAndOn())
  expect(readFileSync(path).equals(file)).toBe(true)
  expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-'])
})

test('what a program before this one had of the file is gone on with, unless the server has another version now', async () => {
  const ranges: (string | undefined)[] = []
  const csms = await server(breaking('"v2"', ranges))
  const path = join(place(), 'firmware')
  writeFileSync(`${path}.part`, file.subarray(0, 250_000))
  writeFileSync(`${path}.version`, '"v2"')
  await transfer.download(`${csms.url}/fw.bin`, path, onAndOn())
  expect(ranges).toEqual(['bytes=250000-'])
  expect(readFileSync(path).equals(file)).toBe(true)
  const another = join(place(), 'firmware')
  writeFileSync(`${another}.part`, 'of another version')
  writeFileSync(`${another}.version`, '"v1"')
  await transfer.download(`${csms.url}/fw.bin`, another, onAndOn())
  expect(readFileSync(another).equals(file)).toBe(true)
})

test('a server that knows no versions is asked for the whole again, by whoever tries again', async () => {
  const csms = await server(breaking(undefined))
  const path = join(place(), 'firmware')
  expect(await refusal(transfer.download(`${csms.url}/fw.bin`, path, onAndOn()))).toMatchObject({ problem: 'unreachable' })
  expect(csms.heard).toHaveLength(1)
  expect(existsSync(path)).toBe(false)
})

test('a connection that brings nothing any more is given up', async () => {
  const csms = await server((_request, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('some')
  })
  const impatient = fileTransfer({ clock: systemClock(), bounds: { stall: 200 } })
  const { problem, message } = await refusal(impatient.download(`${csms.url}/fw.bin`, join(place(), 'firmware'), onAndOn()))
  expect([problem, message]).toEqual(['unreachable', expect.stringContaining('nothing moved for 0.2 s')])
})

test('one that trickles does not go on for ever, and one that is called off ends at once', async () => {
  const csms = await server((_request, response) => {
    response.writeHead(200).write('some')
  })
  const impatient = fileTransfer({ clock: systemClock(), bounds: { longest: 200 } })
  expect(await refusal(impatient.download(`${csms.url}/fw.bin`, join(place(), 'firmware'), onAndOn()))).toMatchObject({ problem: 'unreachable' })
  const stop = new AbortController()
  const called = refusal(transfer.download(`${csms.url}/fw.bin`, join(place(), 'firmware'), stop.signal))
  stop.abort()
  expect(await called).toMatchObject({ problem: 'local', message: expect.stringContaining('called off') })
})

test.each([
  [403, 'permissionDenied'],
  [401, 'permissionDenied'],
  [404, 'notFound'],
  [500, 'unreachable'],
] as const)('%i is said to be %s, and never with the password', async (status, problem) => {
  const csms = await server(answering(status))
  const failure = await refusal(transfer.download(`http://anna:secret@${csms.host}/fw.bin?signature=abc`, join(place(), 'firmware'), onAndOn()))
  expect(failure.problem).toBe(problem)
  expect(failure.message).toContain(`http://${csms.host}/fw.bin: the server answered ${status}`)
  expect(failure.message).not.toMatch(/secret|anna|abc/)
})

test('nobody there is unreachable; an address that is none, or of another protocol, is said so', async () => {
  const path = join(place(), 'firmware')
  expect(await refusal(transfer.download('http://127.0.0.1:1/fw', path, onAndOn()))).toMatchObject({ problem: 'unreachable' })
  for (const wrong of ['C:', '', 'http://', 'fw.bin', 'http://host/a\nb']) {
    expect(await refusal(transfer.download(wrong, path, onAndOn())), wrong).toMatchObject({ problem: 'badAddress' })
  }
  expect(await refusal(transfer.download('sftp://anna:secret@host/x', path, onAndOn()))).toMatchObject({
    problem: 'notSupported',
    message: 'sftp is not among FTP, FTPS, HTTP, HTTPS: sftp://host/x',
  })
})

test('more than there is room for is refused, announced or not', async () => {
  const small = fileTransfer({ clock: systemClock(), bounds: { largest: 1_000 } })
  for (const headers of [{ 'content-length': String(file.length) }, { 'transfer-encoding': 'chunked' }]) {
    const csms = await server(answering(200, headers as Record<string, string>, file))
    const path = join(place(), 'firmware')
    expect(await refusal(small.download(`${csms.url}/fw.bin`, path, onAndOn()))).toMatchObject({ problem: 'tooLarge' })
    expect(existsSync(path)).toBe(false)
  }
})

test('redirects are followed, not for ever, and credentials stay where they belong', async () => {
  const elsewhere = await server(answering(200, {}, file))
  const csms = await server((request, response) => {
    const location = request.url === '/start' ? '/again' : request.url === '/again' ? `http://localhost:${elsewhere.host.split(':')[1]}/fw.bin` : request.url
    response.writeHead(302, { location: String(location) }).end()
  })
  const path = join(place(), 'firmware')
  await transfer.download(`http://anna:secret@${csms.host}/start`, path, onAndOn())
  expect(readFileSync(path).equals(file)).toBe(true)
  expect(csms.heard.map(({ headers }) => headers.authorization)).toEqual([`Basic ${btoa('anna:secret')}`, `Basic ${btoa('anna:secret')}`])
  expect(elsewhere.heard[0]?.headers.authorization).toBeUndefined()
  expect(await refusal(transfer.download(`${csms.url}/for-ever`, path, onAndOn()))).toMatchObject({ message: expect.stringContaining('redirects') })
})

function archive() {
  const path = join(place(), 'pilotwire-CP-1.zip')
  writeFileSync(path, file)
  return path
}

test('an upload into a directory takes the name of the file, one to an address the name it has', async () => {
  const csms = await server(answering(201))
  await transfer.upload(archive(), `${csms.url}/logs/`, onAndOn())
  await transfer.upload(archive(), `http://anna:secret@${csms.host}/mine.zip?signature=abc`, onAndOn())
  expect(csms.heard.map(({ method, path, headers, body }) => [method, path, headers['content-length'], body.equals(file)])).toEqual([
    ['PUT', '/logs/pilotwire-CP-1.zip', '300000', true],
    ['PUT', '/mine.zip?signature=abc', '300000', true],
  ])
  expect(csms.heard[1]?.headers.authorization).toBe(`Basic ${btoa('anna:secret')}`)
})

test('a server that does not PUT is sent a form, and one that knows neither a file below the address', async () => {
  const formOnly = await server((request, response) => response.writeHead(request.method === 'POST' ? 200 : 405).end())
  await transfer.upload(archive(), `${formOnly.url}/upload`, onAndOn())
  const form = formOnly.heard.at(-1)
  expect(form?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(form?.body.includes(file)).toBe(true)
  expect(form?.body.toString('latin1')).toContain('name="file"; filename="pilotwire-CP-1.zip"')
  const directory = await server((request, response) => response.writeHead(request.url === '/logs/pilotwire-CP-1.zip' ? 201 : 404).end())
  await transfer.upload(archive(), `${directory.url}/logs`, onAndOn())
  expect(directory.heard.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /logs', 'POST /logs', 'PUT /logs/pilotwire-CP-1.zip'])
})

test('an upload that is refused says the first refusal, and a server that refuses before the file comes is not sent it', async () => {
  const csms = await server(answering(500), { early: answering(403) })
  expect(await refusal(transfer.upload(archive(), `${csms.url}/logs/`, onAndOn()))).toMatchObject({ problem: 'permissionDenied' })
  expect(csms.heard).toEqual([])
  const deaf = await server(answering(405))
  expect(await refusal(transfer.upload(archive(), `${deaf.url}/logs/`, onAndOn()))).toMatchObject({ problem: 'notSupported' })
})

test('a server that never says "continue" is sent the file after a second', async () => {
  const bodies: Buffer[] = []
  const csms = await server(answering(500), {
    early: async (request, response) => {
      for await (const part of request) bodies.push(part as Buffer)
      response.writeHead(200).end()
    },
  })
  await transfer.upload(archive(), `${csms.url}/logs/`, onAndOn())
  expect(Buffer.concat(bodies).equals(file)).toBe(true)
})

test('a server that does not want to be asked first is sent the file', async () => {
  const csms = await server(answering(201), { early: answering(417) })
  await transfer.upload(archive(), `${csms.url}/logs/`, onAndOn())
  expect(csms.heard.map(({ headers, body }) => [headers.expect, body.equals(file)])).toEqual([[undefined, true]])
})

const tls = certificateIn(place())
if (tls === undefined) leaveOut('HTTPS: openssl is not installed')
test.skipIf(tls === undefined)('a certificate that nobody known has signed is refused; redirects do not leave TLS', async () => {
  const { certificate: cert, key } = tls as NonNullable<typeof tls>
  const plain = await server(answering(200, {}, file))
  const csms = await server((request, response) => response.writeHead(request.url === '/fw' ? 200 : 302, { location: `${plain.url}/fw` }).end(file), {
    tls: { cert, key },
  })
  const path = join(place(), 'firmware')
  expect(await refusal(transfer.download(`${csms.url}/fw`, path, onAndOn()))).toMatchObject({
    problem: 'unreachable',
    message: expect.stringContaining('certificate'),
  })
  const trusting = fileTransfer({ clock: systemClock(), roots: [cert] })
  await trusting.download(`${csms.url}/fw`, path, onAndOn())
  expect(readFileSync(path).equals(file)).toBe(true)
  expect(await refusal(trusting.download(`${csms.url}/away`, path, onAndOn()))).toMatchObject({ problem: 'permissionDenied' })
  expect(plain.heard).toEqual([])
})
