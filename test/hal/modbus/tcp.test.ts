import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Modbus } from '../../../hal/bus/modbus.ts'
import { modbusRtu } from '../../../hal/bus/modbus-rtu.ts'
import { modbusTcp } from '../../../hal/bus/modbus-tcp.ts'
import { openTcp } from '../../../hal/bus/tcp.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { DeviceError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { signal } from '../../../src/base/signal.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { memoryLine, type Wire } from './lines.ts'
import { type Fault, modbusSlave, type Unit } from './slave.ts'

const unit: Unit = { read: (_from, at) => (at < 500 ? at : undefined), write: () => true }
const units = new Map([[1, unit]])

function bench(faults: (Fault | undefined)[] = []) {
  const clock = simulatedClock()
  const memory = memoryLine('gateway:502')
  modbusSlave(memory.wire, { clock, units, framing: 'tcp', fault: () => faults.shift() })
  const master = modbusTcp('net', memory.line, { gapMs: 10, retries: 0 }, { clock, log: silentLog })
  return { clock, memory, master, faults }
}

const read = (master: Modbus, at: number, count = 2) =>
  master.read({ unit: 1, from: 'input', at, count }).then(
    (words): unknown => [...words],
    (error: unknown): unknown => (error instanceof DeviceError ? error.problem : error),
  )

test('a late reply is told by its number, though all replies are of one length', async () => {
  for (let byMs = 0; byMs <= 5_000; byMs += 50) {
    const { clock, master, faults } = bench([{ kind: 'late', byMs }])
    const first = read(master, 100)
    await clock.advance(520)
    expect(await first).toEqual(byMs < 485 ? [100, 101] : 'timeout')
    faults.push(...Array.from({ length: 20 }, () => (byMs > 600 ? ({ kind: 'silence' } as const) : undefined)))
    for (let at = 200; at < 220; at += 2) {
      const other = read(master, at)
      await clock.advance(600)
      expect([[at, at + 1], 'timeout']).toContainEqual(await other)
    }
  }
})

test('another unit, another function and a frame in pieces', async () => {
  const { clock, master } = bench([
    { kind: 'wrong unit', unit: 2 },
    { kind: 'wrong function', fn: 3 },
    { kind: 'torn', first: 5, restByMs: 100 },
  ])
  const all = Promise.all([read(master, 10), read(master, 20), read(master, 30)])
  await clock.advance(3_000)
  expect(await all).toEqual(['timeout', 'timeout', [30, 31]])
  const others = Promise.all([master.write({ unit: 1, at: 7, values: [3] }), read(master, 900)])
  await clock.advance(1_000)
  expect((await others)[1]).toMatchObject({ name: 'ModbusException', code: 2 })
})

test('a gateway that has no answer from the meter is a time-out; what is no Modbus ends the connection', async () => {
  const { clock, memory, master, faults } = bench([{ kind: 'exception', code: 11 }])
  const silent = read(master, 10)
  await clock.advance(100)
  expect(await silent).toBe('timeout')
  memory.wire.send(Uint8Array.from(Buffer.from('HTTP/1.1 400 Bad Request')))
  expect(memory.reopened).toBe(1)
  const good = read(master, 10)
  await clock.advance(100)
  expect(await good).toEqual([10, 11])
  for (let poll = 0; poll < 25; poll++) {
    faults.push({ kind: 'silence' })
    const none = read(master, 10)
    await clock.advance(1_000)
    expect(await none).toBe('timeout')
  }
  expect(memory.reopened).toBe(3)
})

test('what waits when it is closed is refused, and no timer is left', async () => {
  const { clock, master } = bench([{ kind: 'silence' }])
  const waiting = [read(master, 10), read(master, 20)]
  await clock.advance(100)
  master.close()
  expect(await Promise.all(waiting)).toEqual(['absent', 'absent'])
  expect(clock.untilNext()).toBe(undefined)
})

let cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.reverse()) await each()
  cleanUp = []
})

/** A server with the slave behind each connection. */
async function serve(framing: 'tcp' | 'rtu', port = 0): Promise<{ readonly server: Server; readonly sockets: Socket[]; readonly port: number }> {
  const clock = systemClock()
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    const received = signal<Uint8Array>()
    socket.on('data', (bytes: Uint8Array) => received.emit(bytes))
    socket.on('error', () => undefined)
    const wire: Wire = { received, send: (bytes) => void socket.write(bytes) }
    modbusSlave(wire, { clock, units, framing, replyMs: 0 })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return { server, sockets, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

test.each(['tcp', 'rtu'] as const)('real sockets, %s: a connection that is lost is made again', async (framing) => {
  const clock = systemClock()
  const { sockets, port } = await serve(framing)
  const line = openTcp('127.0.0.1', port, { clock, log: silentLog })
  const opened = () => new Promise<void>((resolve) => void line.opened.on(resolve))
  await opened()
  const master = (framing === 'tcp' ? modbusTcp : modbusRtu)('net', line, { gapMs: 0 }, { clock, log: silentLog })
  cleanUp.push(() => master.close())
  expect(await read(master, 10)).toEqual([10, 11])
  const again = opened()
  for (const socket of sockets) socket.destroy()
  await again
  expect(await read(master, 20)).toEqual([20, 21])
})

test('a server that is not there is told with a remedy, and tried again', async () => {
  const clock = simulatedClock()
  const { port, server } = await serve('tcp')
  await new Promise((resolve) => server.close(resolve))
  const problems: unknown[] = []
  const waiting = signal<void>()
  const log = {
    ...silentLog,
    warn: (fields: Readonly<Record<string, unknown>>) => {
      problems.push(fields['problem'])
      waiting.emit()
    },
  }
  const failed = new Promise<void>((resolve) => void waiting.on(resolve))
  const line = openTcp('127.0.0.1', port, { clock, log })
  cleanUp.push(() => line.close())
  await failed
  expect(problems[0]).toMatch(/cannot be reached \(.*ECONNREFUSED.*\)\. Check address/)
  await expect(line.write(Uint8Array.of(1))).rejects.toMatchObject({ name: 'DeviceError', problem: 'absent' })
  const opened = new Promise<void>((resolve) => void line.opened.on(resolve))
  await serve('tcp', port)
  await clock.advance(1_000)
  await opened
  expect(line.isOpen).toBe(true)
})
