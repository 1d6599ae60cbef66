import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import { command, optional, quantity } from '../../src/local/command.ts'
import { commands } from '../../src/local/commands.ts'
import { type ControlAddress, type ControlDoor, openControl } from '../../src/local/control.ts'
import { type Desk, desk } from './desk.ts'

let doors: ControlDoor[] = []
afterEach(async () => {
  await Promise.all(doors.map((each) => each.close()))
  doors = []
})

/** Answers when the desk's clock says so, as the simulated board's row does. */
const wait = command({
  name: 'wait',
  parameters: [optional(quantity('s', 'seconds', 0, 60))],
  help: '',
  run: ({ clock }, [s]) => new Promise((resolve) => clock.after('wait', seconds(s ?? 5), () => resolve('ok'))),
})

async function open(at: Desk = desk(), address: Partial<ControlAddress> = {}): Promise<ControlDoor> {
  const door = await openControl({ host: '127.0.0.1', port: 0, ...address }, commands(at.context, [wait]), silentLog, at.clock)
  doors.push(door)
  return door
}
async function client(door: ControlDoor, options: ClientOptions = {}, path = '/') {
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}${path}`, options)
  const lines: string[] = []
  const waiting: (() => void)[] = []
  socket.on('message', (data) => {
    lines.push(String(data))
    for (const each of waiting.splice(0)) each()
  })
  await once(socket, 'open')
  return {
    socket,
    lines,
    async ask(line: string) {
      socket.send(line)
      await new Promise<void>((resolve) => waiting.push(resolve))
      return lines.at(-1)
    },
    async heard(count: number) {
      while (lines.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
      return lines
    },
    async closed() {
      const [code] = await once(socket, 'close')
      return code as number
    },
  }
}
/** The HTTP status that a handshake was refused with. */
async function refusal(door: ControlDoor, options: ClientOptions = {}, path = '/'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}${path}`, options)
  const answered = Promise.withResolvers<number>()
  socket.on('unexpected-response', (_request, response) => {
    answered.resolve(response.statusCode ?? 0)
    response.resume()
  })
  socket.on('open', () => {
    answered.resolve(101)
    socket.terminate()
  })
  socket.on('error', () => {})
  return await answered.promise
}

describe('a line in, a line out', () => {
  test('replies come in the order of the lines, also behind one that takes its time', async () => {
    const at = desk()
    const door = await open(at)
    const { socket, lines, ask, heard } = await client(door)
    expect(await ask('tag\n')).toBe('ok waiting for the cable')
    socket.send('wait 5')
    socket.send('current 10\r\nconnect')
    await (await client(door)).ask('disconnect')
    expect(lines).toHaveLength(1)
    expect(at.asked).toEqual(['present DEFAULT', 'disconnect'])
    await at.clock.advance(seconds(5))
    expect(await heard(4)).toEqual(['ok waiting for the cable', 'ok', 'ok', 'ok'])
    expect(at.asked.slice(2)).toEqual(['limit all local 10', 'connect'])
  })

  test('exit ends this session only, after its reply', async () => {
    const door = await open()
    const [one, other] = [await client(door), await client(door)]
    const closed = one.closed()
    expect(await one.ask('exit')).toBe('ok')
    expect(await closed).toBe(1000)
    expect(await other.ask('connect')).toBe('ok')
  })

  test('quit stops the program after its reply', async () => {
    const at = desk()
    const { ask } = await client(await open(at))
    expect(await ask('quit')).toBe('ok')
    await expect.poll(() => at.stopped).toBe(1)
  })

  test('closing the door ends every client and gives the port back', async () => {
    const door = await open()
    const one = await client(door)
    const closed = one.closed()
    await door.close()
    await closed
    await open(desk(), { port: door.port })
  })
})

describe('who only holds a place', () => {
  const held = (door: ControlDoor, localAddress: string) =>
    new Promise<Socket | undefined>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: door.port, localAddress })
      socket.on('error', () => {})
      socket.on('close', () => resolve(undefined))
      socket.on('data', () => resolve(socket))
      // Who is sent away hears of it at once; who is not is answered.
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    })

  test('does not hold up the closing of the door', async () => {
    const door = await open()
    const half = connect(door.port, '127.0.0.1')
    half.on('error', () => {})
    half.write('GET / HTTP/1.1\r\nHost: localh')
    const silent = connect(door.port, '127.0.0.1')
    silent.on('error', () => {})
    await Promise.all([half, silent].map((each) => once(each, 'connect')))
    // Both were accepted: a third is answered.
    await refusal(door, { origin: 'http://evil.example' })
    const gone = Promise.all([half, silent].map((each) => once(each, 'close')))
    await door.close()
    await gone
  })

  test('leaves places for others: so many for one address, and so many in all', async () => {
    const door = await open()
    const one = await Promise.all(Array.from({ length: 60 }, () => held(door, '127.0.0.2')))
    expect(one.filter((each) => each !== undefined)).toHaveLength(33)
    const other = await Promise.all(Array.from({ length: 80 }, (_, at) => held(door, `127.0.0.${3 + (at % 4)}`)))
    expect(other.filter((each) => each !== undefined)).toHaveLength(67)
    for (const each of [...one, ...other]) each?.destroy()
    await expect.poll(() => held(door, '127.0.0.2').then((each) => each?.destroy() !== undefined)).toBe(true)
  })
})

test('so many clients at once', async () => {
  const door = await open()
  const clients = await Promise.all(Array.from({ length: 32 }, () => client(door)))
  expect(await refusal(door)).toBe(503)
  const left = clients[0]?.closed()
  clients[0]?.socket.close()
  await left
  await expect.poll(() => refusal(door)).toBe(101)
})

describe('who may come in', () => {
  test.each([
    ['http://evil.example', 403],
    ['http://localhost.evil.example', 403],
    ['http://127.0.0.1.evil.example:80', 403],
    ['null', 403],
    ['http://localhost:5173', 101],
    ['http://127.0.0.1', 101],
    ['http://[::1]:80', 101],
  ])('a page of %s: %i', async (origin, code) => {
    expect(await refusal(await open(), { origin })).toBe(code)
  })

  test('beyond loopback the door does not open without a token', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'charger.local']) {
      await expect(openControl({ host, port: 0 }, commands(desk().context), silentLog, desk().clock)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining('token'),
      })
    }
  })

  test('a token is asked for, as bearer or in the address', async () => {
    const door = await open(desk(), { host: '0.0.0.0', token: 's3cret/+' })
    expect(await refusal(door)).toBe(401)
    expect(await refusal(door, { headers: { authorization: 'Bearer wrong' } })).toBe(401)
    expect(await refusal(door, {}, '/?token=s3cret')).toBe(401)
    expect(await refusal(door, { headers: { authorization: 'Bearer s3cret/+' } })).toBe(101)
    expect(await refusal(door, {}, `/?token=${encodeURIComponent('s3cret/+')}`)).toBe(101)
  })

  test.each([
    ['evil.example', 421],
    ['127.0.0.1.evil.example:80', 421],
    ['localhost', 101],
    ['[::1]:9100', 101],
    ['bench.example.com', 101],
  ])('called as %s: %i', async (host, code) => {
    expect(await refusal(await open(desk(), { hosts: ['bench.example.com'] }), { headers: { host } })).toBe(code)
  })

  test('the sixth token has to wait, and is let in when the time is over', async () => {
    const at = desk()
    const door = await open(at, { token: 'right' })
    for (let tried = 0; tried < 5; tried++) expect(await refusal(door, {}, '/?token=wrong')).toBe(401)
    expect(await refusal(door, {}, '/?token=right')).toBe(429)
    await at.clock.advance(seconds(30))
    expect(await refusal(door, {}, '/?token=right')).toBe(101)
  })

  test('who knocks too often is told to wait', async () => {
    const at = desk()
    const door = await open(at)
    const codes: number[] = []
    for (let knocked = 0; knocked < 301; knocked++) codes.push(await refusal(door, { origin: 'http://evil.example' }))
    expect(new Set(codes.slice(0, 300))).toEqual(new Set([403]))
    expect(codes[300]).toBe(429)
    await at.clock.advance(seconds(1))
    expect(await refusal(door)).toBe(101)
  })

  test('a port in use is a configuration error with a remedy', async () => {
    const { port } = await open()
    await expect(open(desk(), { port })).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(new RegExp(`port ${port} .*in use.*another port`)),
    })
  })

  test('an address that this machine does not have is one too', async () => {
    await expect(openControl({ host: '192.0.2.1', port: 0, token: 'x' }, commands(desk().context), silentLog, desk().clock)).rejects.toMatchObject({
      name: 'ConfigError',
    })
  })
})

describe('what a client may not do', () => {
  test('a line over 4 KiB, a binary frame and bytes that are no text end the session, not the door', async () => {
    const door = await open()
    const long = await client(door)
    long.socket.send('x'.repeat(4_097))
    expect(await long.closed()).toBe(1009)
    const binary = await client(door)
    binary.socket.send(Buffer.from('status'))
    expect(await binary.closed()).toBe(1003)
    expect(await (await client(door)).ask(`tag ${'x'.repeat(4_000)}`)).toMatch(/^error/)
  })

  test('lines do not pile up without end', async () => {
    const { socket, closed } = await client(await open())
    socket.send('wait 60')
    for (let line = 0; line < 1_001; line++) socket.send('connect')
    expect(await closed()).toBe(1008)
  })

  test('something that is no WebSocket is answered and forgotten', async () => {
    const door = await open()
    const raw = connect(door.port, '127.0.0.1')
    raw.write('\x16\x03\x01 nonsense\r\n\r\n')
    const [answer] = await once(raw, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400/)
    raw.destroy()
    expect(await (await client(door)).ask('connect')).toBe('ok')
  })
})
