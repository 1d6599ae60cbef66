import { afterEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import { CommandError, type ConnectOptions, ControlConnectionError, ControlTimeoutError, connect } from '../../src/client/control.ts'
import { command, optional, quantity } from '../../src/local/command.ts'
import { commands } from '../../src/local/commands.ts'
import { type ControlAddress, type ControlDoor, openControl } from '../../src/local/control.ts'
import { type Desk, desk } from '../local/desk.ts'

const toClose: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0)) await close()
})

/** Answers when the desk's clock says so, as the simulated board's row does. */
const wait = command({
  name: 'wait',
  parameters: [optional(quantity('s', 'seconds', 0, 60))],
  help: '',
  run: ({ clock }, [s]) => new Promise((resolve) => clock.after('wait', seconds(s ?? 5), () => resolve('ok waited'))),
})

async function open(at: Desk = desk(), address: Partial<ControlAddress> = {}): Promise<ControlDoor> {
  const door = await openControl({ host: '127.0.0.1', port: 0, ...address }, commands(at.context, [wait]), silentLog, at.clock)
  toClose.push(() => door.close())
  return door
}
async function clientOf(door: ControlDoor, options: ConnectOptions = {}) {
  const client = await connect(`ws://127.0.0.1:${door.port}`, options)
  toClose.push(() => client.close())
  return client
}
/** A socket's round through this machine. */
const settled = (at: Desk) => at.clock.settle()

describe('the client of the control door', () => {
  test('asks typed commands and gets their words', async () => {
    const at = desk()
    const client = await clientOf(await open(at))
    expect(await client.tag('MY CARD', 1)).toBe('waiting for the cable')
    expect(await client.current(10)).toBe('')
    expect(at.asked).toEqual(['present MY CARD 1', 'limit all local 10'])
    // @ts-expect-error a typing mistake in a command does not compile
    expect(client.plugn).toBeUndefined()
    // @ts-expect-error an argument of another type does not compile
    await expect(client.current('ten')).rejects.toThrow('amps "ten" is not a number from 0 to 80')
    // @ts-expect-error nor does a word that the command does not know
    await expect(client.status('chargin')).rejects.toThrow('is not one of available')
  })

  test('reads the state', async () => {
    const client = await clientOf(await open(desk({ connectors: 2 })))
    const state = await client.status()
    expect(state.connectors[0].status).toBe('available')
    expect(state.connectors[1]?.connector).toBe(2)
    expect(state.reports).toEqual({ waiting: 2, undeliverable: 1 })
  })

  test("a refusal is an error with the charger's words", async () => {
    const client = await clientOf(await open())
    const refused = await client.stop(1).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(CommandError)
    expect(refused).toMatchObject({ name: 'CommandError', message: 'no transaction runs at connector 1', line: 'stop 1' })
    await expect(client.run('plugn')).rejects.toThrow('unknown command "plugn"')
  })

  test('lines are answered in the order of the calls', async () => {
    const at = desk()
    const client = await clientOf(await open(at))
    const done: string[] = []
    const waiting = client.run('wait 5').then((words) => done.push(words))
    const all = [client.current(10), client.current(11), client.info()].map((each, place) => each.then(() => done.push(String(place))))
    while (at.clock.untilNext() === undefined) await settled(at)
    expect(at.asked).toEqual([])
    await at.clock.advance(seconds(5))
    await Promise.all([waiting, ...all])
    expect(done).toEqual(['waited', '0', '1', '2'])
    expect(at.asked).toEqual(['limit all local 10', 'limit all local 11'])
  })

  test('an answer that comes too late belongs to nobody', async () => {
    const at = desk()
    const client = await clientOf(await open(at))
    await expect(client.run('wait 5', { timeoutMs: 20 })).rejects.toThrow(new ControlTimeoutError('no answer to "wait 5" within 20 ms'))
    const info = client.info()
    await at.clock.advance(seconds(5))
    expect(await info).toContain('1: available')
  })

  test('the patience of one client is not that of the other', async () => {
    const client = await clientOf(await open())
    await expect(client.within(20).run('wait 5')).rejects.toBeInstanceOf(ControlTimeoutError)
  })

  test('waits for a state', async () => {
    const at = desk()
    const client = await clientOf(await open(at))
    let looks = 0
    const state = await client.until(({ connectors: [first] }) => {
      if (++looks === 2) at.change(1, { status: 'preparing' })
      return first.status === 'preparing'
    })
    expect(state.connectors[0].status).toBe('preparing')
    await expect(client.until(({ connectors: [first] }) => first.plugged, { timeoutMs: 1 })).rejects.toThrow(
      /^not so within 1 ms: .*plugged; it is 1 preparing$/,
    )
  })

  test('a line with a line break in it is none', async () => {
    const client = await clientOf(await open())
    await expect(client.run('info\nquit')).rejects.toThrow('a line has no line break')
  })

  test('drives several stations at once', async () => {
    const ats = [desk({ connectors: 1 }), desk({ connectors: 3 })]
    const clients = await Promise.all(ats.map(async (at) => clientOf(await open(at))))
    const states = await Promise.all(clients.map((each) => each.status()))
    expect(states.map(({ connectors }) => connectors.length)).toEqual([1, 3])
  })
})

describe('a connection', () => {
  test.each([
    [undefined, 'wants a token'],
    ['wrong', 'wants another token'],
  ])('with the token %s is refused in words', async (token, words) => {
    const { port } = await open(desk(), { token: 'secret' })
    const refused = connect(`ws://127.0.0.1:${port}/?x=secret`, { patienceMs: 5_000, ...(token === undefined ? {} : { token }) })
    await expect(refused).rejects.toThrow(new ControlConnectionError(`the control door at ws://127.0.0.1:${port}/ ${words} (HTTP 401)`))
  })

  test('with the token is served', async () => {
    const client = await clientOf(await open(desk(), { token: 'secret' }), { token: 'secret' })
    expect(await client.info()).toContain('available')
  })

  test.each(['http://127.0.0.1:1', 'nonsense', 'ws://'])('to %s is none', async (url) => {
    await expect(connect(url)).rejects.toThrow(`${url} is no address of a control door: expected ws://HOST:PORT`)
  })

  test('to where nobody listens is refused in words, and made as soon as somebody does', async () => {
    const door = await open()
    await door.close()
    await expect(connect(`ws://127.0.0.1:${door.port}`)).rejects.toThrow(new ControlConnectionError(`nothing listens at ws://127.0.0.1:${door.port}`))
    const coming = connect(`ws://127.0.0.1:${door.port}`, { patienceMs: 10_000 })
    await open(desk(), { port: door.port })
    const client = await coming
    expect(await client.info()).toContain('available')
    await client.close()
  })

  test('that closes rejects what was asked, says so, and takes nothing more', async () => {
    const at = desk()
    const door = await open(at)
    const client = await clientOf(door)
    const asked = Promise.allSettled([client.run('wait 5'), client.info()])
    while (at.clock.untilNext() === undefined) await settled(at)
    await door.close()
    const results = await asked
    expect(results.map((each) => each.status === 'rejected' && each.reason instanceof ControlConnectionError)).toEqual([true, true])
    expect(await client.closed).toMatch(/^the control door closed the connection \(1001 /)
    await expect(client.info()).rejects.toThrow('the control door closed the connection')
  })

  test('that this side closes rejects what was asked', async () => {
    const client = await clientOf(await open())
    const asked = client.run('wait 5').catch((error: Error) => error.message)
    await client.close()
    expect(await asked).toBe('this client closed the connection')
    await client.close()
  })

  test('comes back by itself where that is wished: the line on its way is lost, the others wait', async () => {
    const at = desk()
    const door = await open(at)
    const client = await clientOf(door, { reconnect: true })
    const lost = client.run('wait 5').catch((error: Error) => error.message)
    const later = client.info()
    while (at.clock.untilNext() === undefined) await settled(at)
    await door.close()
    await open(desk(), { port: door.port })
    expect(await lost).toMatch(/^the control door closed the connection .*: whether "wait 5" was done is not known$/)
    expect(await later).toContain('1: available')
  })

  test('whose end nobody waits for leaves no rejection behind', async () => {
    const unhandled: unknown[] = []
    const hear = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', hear)
    const door = await open()
    const clients = await Promise.all([clientOf(door), clientOf(door, { reconnect: true })])
    await door.close()
    await clients[0].closed
    await clients[1].close()
    await desk().clock.settle()
    process.off('unhandledRejection', hear)
    expect(unhandled).toEqual([])
  })
})
