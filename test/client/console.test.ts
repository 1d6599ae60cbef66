import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { runConsole } from '../../src/client/console.ts'
import { commands } from '../../src/local/commands.ts'
import { type ControlAddress, type ControlDoor, openControl } from '../../src/local/control.ts'
import { type Desk, desk } from '../local/desk.ts'

const toClose: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

async function open(at: Desk = desk(), address: Partial<ControlAddress> = {}): Promise<ControlDoor> {
  const door = await openControl({ host: '127.0.0.1', port: 0, ...address }, commands(at.context, []), silentLog, at.clock)
  toClose.push(() => door.close())
  return door
}

function sit(address: string, isTerminal: boolean, token?: string) {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()]
  let printed = ''
  let hear = () => {}
  output.on('data', (data) => {
    printed += String(data)
    hear()
  })
  return {
    input,
    exitCode: runConsole({ address, token, clock: systemClock(), input, output, errors, isTerminal }),
    get lines() {
      return stripVTControlCharacters(printed).replaceAll('\r', '').split('\n').slice(0, -1)
    },
    get errors() {
      return String(errors.read() ?? '')
    },
    /** Resolves when the words were printed. */
    async printed(words: string) {
      while (!printed.includes(words)) await new Promise<void>((resolve) => (hear = resolve))
    },
  }
}

describe('on a pipe', () => {
  test('each line gets its reply, in order, and the end of the input ends it', async () => {
    const at = desk()
    const { port } = await open(at)
    const console = sit(`${port}`, false)
    console.input.end('current 10\n\ntag\n')
    expect(await console.exitCode).toBe(0)
    expect(console.lines).toEqual(['ok', 'ok waiting for the cable'])
    expect(at.asked).toEqual(['limit all local 10', 'present DEFAULT'])
    expect(console.errors).toBe('')
  })

  test('a line that was answered error makes the exit code 1, and the others are answered all the same', async () => {
    const { port } = await open()
    const console = sit(`127.0.0.1:${port}`, false)
    console.input.end('stop\ncurrent 10\n')
    expect(await console.exitCode).toBe(1)
    expect(console.lines).toEqual(['error no transaction runs', 'ok'])
  })

  test('nothing is asked behind exit', async () => {
    const at = desk()
    const { port } = await open(at)
    const console = sit(`ws://127.0.0.1:${port}`, false)
    console.input.write('current 10\nexit\ncurrent 11\n')
    expect(await console.exitCode).toBe(0)
    expect(at.asked).toEqual(['limit all local 10'])
    expect(console.lines).toEqual(['ok', 'ok'])
  })

  test('a door that closes is told, with the exit code 1', async () => {
    const door = await open()
    const console = sit(`${door.port}`, false)
    console.input.write('info\n')
    await console.printed('ok 1: available')
    await door.close()
    expect(await console.exitCode).toBe(1)
    expect(console.errors).toMatch(/^pilotwire: the control door closed the connection \(1001 .*\)\n$/)
  })
})

test('a door that refuses is told, with the exit code 1', async () => {
  const { port } = await open(desk(), { token: 'secret' })
  const console = sit(`${port}`, false, 'wrong')
  expect(await console.exitCode).toBe(1)
  expect(console.errors).toBe(`pilotwire: the control door at ws://127.0.0.1:${port} wants another token (HTTP 401)\n`)
  const right = sit(`${port}`, false, 'secret')
  right.input.end('info\n')
  expect(await right.exitCode).toBe(0)
})

describe('for a person', () => {
  test('help lists the commands with what they mean, and the tab key completes their names', async () => {
    const { port } = await open()
    const console = sit(`${port}`, true)
    await console.printed('Type help')
    console.input.write('help\n')
    await console.printed('stops the charge point')
    expect(console.lines.join('\n')).toContain('  unlock [c]                ends the transaction and lets the plug go, once that is safe')
    console.input.write('shu\t')
    await console.printed('shutdown')
    console.input.write('\n')
    expect(await console.exitCode).toBe(0)
  })

  test('a connection that breaks comes back, and is told', async () => {
    const at = desk()
    const door = await open(at)
    const console = sit(`${door.port}`, true)
    await console.printed('Type help')
    await door.close()
    await console.printed('dialled again and again')
    await open(at, { port: door.port })
    await console.printed('connected again')
    console.input.write('current 10\n')
    await console.printed('ok')
    console.input.end()
    expect(await console.exitCode).toBe(0)
    expect(at.asked).toEqual(['limit all local 10'])
  })
})
