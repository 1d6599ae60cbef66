import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildBoard } from '../../hal/build.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { obeying } from '../../src/run/simulated-world.ts'
import { guard } from '../../src/safety/guard.ts'
import type { GuardPort, Offer, PresentedToken, Report } from '../../src/safety/port.ts'
import { remotePort } from '../../src/safety/remote-port.ts'
import { servePort } from '../../src/safety/serve-port.ts'
import { calls, longestCall, readCall } from '../../src/safety/wire.ts'
import { socketBoard, withEvses } from '../stories/world.ts'
import { streamPair } from './stream-pair.ts'

/** A guard over a simulated board, its port served, and what was asked of it. */
async function yard(board = socketBoard) {
  const clock = simulatedClock()
  const { board: hardware, simulation } = buildBoard(board, { clock })
  if (simulation === undefined) throw new Error('not simulated')
  const keeper = guard(hardware, clock, silentLog)
  const asked: [string, ...unknown[]][] = []
  const port = new Proxy(keeper, {
    get(target, name: keyof GuardPort) {
      const found = target[name]
      if (typeof found !== 'function' || name === ('report' as string)) return found
      return (...values: unknown[]) => {
        asked.push([name, ...values])
        return (found as (...values: unknown[]) => unknown)(...values)
      }
    },
  })
  const said: string[] = []
  const say = (_: object, event: string) => void said.push(event)
  const log: Log = { ...silentLog, info: say, warn: say, with: () => log }
  const server = servePort(port, { clock, log, board: 'simulated', isSimulated: true, world: obeying(simulation) })
  await clock.advance(seconds(1))
  const join = () => {
    const [inner, outer] = streamPair()
    return { inner, outer, refusal: server.take(inner, 'test') }
  }
  const connect = async () => {
    const [inner, outer] = streamPair()
    const ready = remotePort(outer, clock)
    server.take(inner, 'test')
    await clock.settle()
    return { inner, outer, port: await ready }
  }
  const plant = simulation.plants[0]
  if (plant === undefined) throw new Error('no plant')
  return { clock, keeper, server, simulation, plant, asked, said, join, connect }
}

const offerFor = (port: GuardPort, now: number, more: Partial<Offer> = {}): Offer => ({
  evse: 1,
  plugIn: port.report(1).plugIn,
  transaction: 'T1',
  close: true,
  amps: 16,
  phases: 3,
  sequence: 1,
  issuedAt: now,
  expiresAt: now + seconds(10),
  ...more,
})

describe('the port over a stream', () => {
  test('says what the board has, and every report as the guard has it', async () => {
    const { clock, keeper, plant, connect } = await yard(withEvses(2))
    const { port } = await connect()
    expect(port.evses).toEqual(keeper.evses)
    expect(port.hello).toMatchObject({ board: 'simulated', isSimulated: true })
    const heard: Report[] = []
    port.reported.on((report) => heard.push(report))
    plant.plugIn()
    await clock.advance(seconds(3))
    expect(heard.length).toBeGreaterThan(1)
    for (const evse of [1, 2]) expect(port.report(evse)).toEqual(keeper.report(evse))
    expect(() => port.report(3)).toThrow(RangeError)
  })

  test('carries a session: adopt, offer, renewals, withdraw, unlock', async () => {
    const { clock, plant, connect } = await yard()
    const { port } = await connect()
    plant.plugIn()
    await clock.advance(seconds(2))
    port.adopt(1, port.report(1).plugIn, 'T1')
    let sequence = 0
    const renewal = clock.every('renewal', seconds(1), () => port.offer(offerFor(port, clock.monotonic(), { sequence: ++sequence })))
    await clock.advance(seconds(30))
    expect(port.report(1)).toMatchObject({ contactor: 'closed', transaction: 'T1', isOffering: true })
    expect(plant.isClosed).toBe(true)
    expect(port.report(1).reading?.importWh).toBeGreaterThan(10)
    renewal.stop()
    port.withdraw(1)
    const unlocked = port.unlock(1)
    await clock.advance(seconds(10))
    expect(port.report(1)).toMatchObject({ contactor: 'open', isOffering: false })
    expect(await unlocked).toBe('unlocked')
    const service = port.serviceData(1)
    await clock.settle()
    expect(await service).toMatchObject({ cycles: 1 })
  })

  test('hands for the simulated world reach it, and only it', async () => {
    const { clock, plant, connect } = await yard()
    const { port } = await connect()
    const told = [port.world('plugIn 1'), port.world('plugIn 1'), port.world('plugIn 2'), port.world('__proto__ 1'), port.world('want 1 NaN')]
    await clock.settle()
    expect(await Promise.all(told)).toEqual([true, false, false, false, false])
    expect(plant.isPlugged).toBe(true)
  })

  test('a call that waits for an answer is not left waiting when the guard goes', async () => {
    const { clock, connect } = await yard()
    const { inner, port } = await connect()
    const unlocked = port.unlock(1)
    const service = port.serviceData(1).catch((error: Error) => error.message)
    inner.close('now')
    await clock.settle()
    expect(await unlocked).toBe('failed')
    expect(await service).toMatch(/did not answer/)
    expect(await port.unlock(1)).toBe('failed')
    expect(await port.closed).toBe('the guard is gone')
  })
})

test('a thousand limits a second reach the guard as the newest of each tick, and never after what follows them', async () => {
  const { clock, plant, asked, connect } = await yard()
  const { port, inner } = await connect()
  plant.plugIn()
  await clock.advance(seconds(2))
  asked.length = 0
  for (let sequence = 1; sequence <= 3_000; sequence++) {
    port.offer(offerFor(port, clock.monotonic(), { sequence, amps: 6 + (sequence % 20) }))
    await clock.advance(1)
  }
  port.offer(offerFor(port, clock.monotonic(), { sequence: 3_001 }))
  port.withdraw(1)
  await clock.advance(seconds(1))
  expect(inner.isClosed).toBe(false)
  const offers = asked.filter(([call]) => call === 'offer') as [string, Offer][]
  expect(offers.length).toBeGreaterThan(140)
  expect(offers.length).toBeLessThan(160)
  expect(asked.at(-1)).toEqual(['withdraw', 1, false])
  port.offer(offerFor(port, clock.monotonic(), { sequence: 4_000 }))
  await clock.settle()
  expect(asked.at(-1)?.[0]).toBe('offer')
})

describe('a core that does not read', () => {
  test('costs the guard no memory, and then gets the newest report of each EVSE, not all of them', async () => {
    const { clock, simulation, join } = await yard(withEvses(3))
    const { inner, outer } = join()
    let text = ''
    outer.received.on((bytes) => {
      text += Buffer.from(bytes).toString()
    })
    inner.stall(100)
    for (let round = 0; round < 200; round++) {
      for (const plant of simulation.plants) round % 2 === 0 ? plant.plugIn() : plant.unplug()
      await clock.advance(seconds(0.5))
    }
    const before = inner.written.length
    await clock.advance(seconds(60))
    expect(inner.written.length).toBe(before)
    text = ''
    inner.flow()
    await clock.settle()
    const heard = text.split('\n').flatMap((line) => (line.includes('"report"') ? [(JSON.parse(line) as { report: Report }).report] : []))
    expect(heard.length).toBeLessThanOrEqual(6)
    for (const evse of [1, 2, 3]) expect(heard.findLast((each) => each.evse === evse)?.plugIn).toBe(100)
  })

  test('of the grid too it gets the newest reading, once', async () => {
    const { clock, join } = await yard({ ...socketBoard, grid: { loadA: [4, 5, 6] } })
    const { inner, outer } = join()
    let text = ''
    outer.received.on((bytes) => {
      text += Buffer.from(bytes).toString()
    })
    inner.stall(100)
    await clock.advance(seconds(2.5))
    const before = inner.written.length
    await clock.advance(seconds(120))
    expect(inner.written.length).toBe(before)
    text = ''
    inner.flow()
    await clock.settle()
    // What was on the way, and the newest.
    const heard = text.split('\n').flatMap((line) => (line.startsWith('{"grid"') ? [(JSON.parse(line) as { grid: { at: number } }).grid.at] : []))
    expect(heard.length).toBeLessThanOrEqual(3)
    expect(clock.monotonic() - (heard.at(-1) ?? 0)).toBeLessThanOrEqual(1_000)
  })

  test('a card waits 5 s for a core, and not longer', async () => {
    const { clock, simulation, connect } = await yard()
    const cards = async (waitS: number) => {
      simulation.present('CARD', 1)
      await clock.advance(seconds(waitS))
      const heard: PresentedToken[] = []
      const { outer, port } = await connect()
      port.tokens.on((token) => heard.push(token))
      await clock.settle()
      outer.close('now')
      return heard.map(({ id }) => id)
    }
    // The card comes with the first reports, before anybody listens.
    expect(await cards(4)).toEqual(['CARD'])
    expect(await cards(6)).toEqual([])
  })
})

describe('who is taken for hung', () => {
  test('a core that says nothing for 3 s; and it may then be replaced, a living one not', async () => {
    const { clock, server, connect, join } = await yard()
    let hung = 0
    server.hung.on(() => hung++)
    const living = await connect()
    await clock.advance(seconds(60))
    expect([hung, server.isServing]).toEqual([0, true])
    expect(join().refusal).toMatch(/another core is connected/)
    living.port.close()
    const { outer, inner } = join()
    outer.write('{"call":"beat","n":1}\n')
    await clock.advance(seconds(2.4))
    expect(hung).toBe(0)
    await clock.advance(seconds(1.1))
    expect([hung, inner.isClosed]).toEqual([1, false])
    expect(join().refusal).toBeUndefined()
    expect(inner.isClosed).toBe(true)
  })

  test('a core that never says anything, after 20 s', async () => {
    const { clock, server, join } = await yard()
    let hung = 0
    server.hung.on(() => hung++)
    join()
    await clock.advance(seconds(19))
    expect(hung).toBe(0)
    await clock.advance(seconds(1))
    expect([hung, server.isServing]).toEqual([1, false])
  })

  test('a guard that acknowledges nothing for 3 s, or never says hello', async () => {
    const { clock, connect } = await yard()
    const { inner, port } = await connect()
    let acknowledged = 0
    port.acknowledged.on(() => acknowledged++)
    await clock.advance(seconds(10))
    expect(acknowledged).toBe(10)
    inner.stall(1)
    await clock.advance(seconds(5))
    expect(await port.closed).toBe('the guard has not answered for 3 s')
    const [silent] = streamPair()
    const refused = remotePort(silent, clock).catch((error: Error) => error.message)
    await clock.advance(seconds(5))
    expect(await refused).toBe('the guard has not answered for 3 s')
  })
})

describe('what a core in strange hands says', () => {
  const good = {
    call: 'offer',
    n: 1,
    with: [{ evse: 1, plugIn: 1, transaction: 'T', close: true, amps: 16, phases: 3, sequence: 1, issuedAt: 1, expiresAt: 2 }],
  }
  const spoilt = (field: string, value: string) => JSON.stringify(good).replace(new RegExp(`"${field}":[^,}]+`), `"${field}":${value}`)

  test.each([
    ...['1e999', '-1e999', '"16"', 'null', 'NaN', '-1', '1001', '[16]', '{}'].map((value) => spoilt('amps', value)),
    ...['1e999', '0.5', '9007199254740993', '-1', '"1"'].map((value) => spoilt('sequence', value)),
    ...['1e13', 'null'].map((value) => spoilt('expiresAt', value)),
    ...['2', '0', '"3"'].map((value) => spoilt('phases', value)),
    ...['1', '"true"', 'null'].map((value) => spoilt('close', value)),
    spoilt('transaction', `"${'x'.repeat(101)}"`),
    spoilt('evse', '2'),
    spoilt('n', '0'),
    '{"call":"offer","n":1}',
    '{"call":"report","n":1,"with":[1]}',
    '{"call":"close","n":1}',
    '{"call":"__proto__","n":1}',
    '{"call":"constructor","n":1,"with":[]}',
    '{"call":"withdraw","n":1,"with":[1,"yes"]}',
    '{"call":"withdraw","n":1,"with":[1,true,1]}',
    '{"call":"world","n":1,"with":["",""]}',
    '[]',
    '',
    'null',
    '['.repeat(2_000),
    'x'.repeat(longestCall + 1),
  ])('%j is not believed, and ends the connection', async (line) => {
    const { clock, asked, join, server } = await yard()
    const { outer, inner } = join()
    outer.write(`${line}\n${JSON.stringify(good)}\n`)
    await clock.settle()
    expect(asked).toEqual([])
    expect([inner.isClosed, inner.written.includes('"refused"')]).toEqual([true, true])
    await clock.advance(seconds(5))
    expect(server.isServing).toBe(false)
    // The guard serves the next one.
    expect(join().refusal).toBeUndefined()
  })

  test('the same line with nothing wrong is', async () => {
    const { clock, asked, join } = await yard()
    const { outer, inner } = join()
    outer.write(`${JSON.stringify(good)}\n`)
    await clock.settle()
    expect(asked).toEqual([['offer', good.with[0]]])
    expect(inner.isClosed).toBe(false)
  })

  test('who comes and is sent away over and over, or comes and goes, does not fill the log', async () => {
    const y = await yard()
    for (let times = 0; times < 200; times++) {
      const { outer } = y.join()
      if (times % 2 === 0) outer.write('nonsense\n')
      else outer.close('now')
      await y.clock.advance(100)
    }
    expect(y.said.length).toBeLessThanOrEqual(3)
    await y.clock.advance(seconds(11))
    y.join().outer.close('now')
    await y.clock.settle()
    expect(y.said.at(-1)).toBe('the core is gone')
  })
  test('a flood ends the connection', async () => {
    const { clock, asked, join } = await yard()
    const { outer, inner } = join()
    for (let n = 1; n <= 2_000; n++) outer.write(`{"call":"clear","n":${n},"with":[1]}\n`)
    await clock.settle()
    expect(inner.isClosed).toBe(true)
    expect(asked.length).toBeLessThanOrEqual(1_000)
  })

  test('questions whose answers nobody reads do not pile up', async () => {
    const { clock, asked, join } = await yard()
    const { outer, inner } = join()
    inner.stall(1)
    for (let n = 1; n <= 500; n++) {
      outer.write(`{"call":"serviceData","n":${n},"with":[1]}\n`)
      await clock.advance(20)
    }
    expect(inner.isClosed).toBe(true)
    expect(asked.length).toBeLessThanOrEqual(40)
  })

  test('a line without end is not kept', async () => {
    const { clock, join } = await yard()
    const { outer, inner } = join()
    for (let bytes = 0; bytes <= longestCall; bytes++) outer.write('{')
    await clock.settle()
    expect(inner.isClosed).toBe(true)
  })

  test('whatever it is, the guard does not crash and hears only what fits', async () => {
    const word = fc.oneof(fc.constantFrom(...Object.keys(calls), '__proto__', 'report'), fc.string())
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(1, 2, true, 'T', 'none'), fc.record({ evse: fc.integer(), amps: fc.double() }))
    const line = fc.oneof(
      fc
        .record({ call: word, n: fc.oneof(fc.nat(), fc.double(), fc.string()), with: fc.oneof(fc.array(value, { maxLength: 4 }), value) })
        .map((each) => JSON.stringify(each)),
      fc.json(),
      fc.string(),
    )
    const { clock, asked, join } = await yard()
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), async (lines, piece) => {
        const { outer } = join()
        const text = `${lines.join('\n')}\n`
        for (let at = 0; at < text.length; at += piece) outer.write(text.slice(at, at + piece))
        await clock.advance(20)
        outer.close('now')
        await clock.settle()
      }),
      { numRuns: 300 },
    )
    for (const [call, ...values] of asked) expect(() => readCall(JSON.stringify({ call, n: 1, with: values }))).not.toThrow()
  })
})

test('a guard that speaks another version, or of an EVSE that it did not name, is left', async () => {
  const clock = simulatedClock()
  const wordsAfter = async (...lines: readonly string[]) => {
    const [near, far] = streamPair()
    const port = remotePort(near, clock).catch((error: Error) => error.message)
    far.write(lines.map((each) => `${each}\n`).join(''))
    await clock.settle()
    return await port
  }
  const hello = (version: number) => JSON.stringify({ hello: { version, board: 'b', isSimulated: false, evses: [] } })
  expect(await wordsAfter(hello(99))).toMatch(/speaks version 99 and this core 1/)
  expect(await wordsAfter('{"refused":"another core is connected"}')).toMatch(/sends this core away: another core/)
  expect(await wordsAfter('{"report":{"evse":1}}')).toMatch(/does not understand: report.at/)
  expect(await wordsAfter('rubbish')).toMatch(/does not understand/)
  // What a later version adds beside is no reason to part.
  expect(await wordsAfter('{"weather":"fine"}', hello(1))).toMatchObject({ hello: { board: 'b' } })
})

describe('readings of the grid', () => {
  const hello = JSON.stringify({ hello: { version: 1, board: 'b', isSimulated: false, evses: [] } })
  const reading = { at: 1_000, importWh: 0, phases: [{ currentA: 9 }] }
  const joined = async () => {
    const clock = simulatedClock()
    const [near, far] = streamPair()
    const ready = remotePort(near, clock)
    far.write(`${hello}\n`)
    await clock.settle()
    const port = await ready
    let isClosed = false
    void port.closed.then(() => {
      isClosed = true
    })
    return {
      port,
      async says(grid: unknown) {
        far.write(`${typeof grid === 'string' ? grid : JSON.stringify({ grid })}\n`)
        await clock.settle()
        return { newest: port.grid?.newest, isClosed }
      },
    }
  }

  test('a guard that knows nothing of them: none, and no reason to part', async () => {
    const { port } = await joined()
    expect(port.grid?.newest).toBeUndefined()
  })

  test('one that fits is known, and told', async () => {
    const { port, says } = await joined()
    const heard: unknown[] = []
    port.grid?.read.on((each) => heard.push(each))
    expect(await says({ ...reading, more: 'of a later version' })).toEqual({ newest: reading, isClosed: false })
    expect(heard).toEqual([reading])
  })

  test('a number that is none comes as a phase that says nothing', async () => {
    const { says } = await joined()
    expect(await says({ ...reading, phases: [{ currentA: Number.NaN }, {}, {}] })).toEqual({ newest: { ...reading, phases: [{}, {}, {}] }, isClosed: false })
  })

  test.each([
    ['nothing', null],
    ['a phase too many', { ...reading, phases: Array.from({ length: 4 }, () => ({})) }],
    ['a current that is huge', '{"grid":{"at":1,"importWh":0,"phases":[{"currentA":1e300}]}}'],
    ['a current in words', { ...reading, phases: [{ currentA: '9' }] }],
    ['no time', { importWh: 0, phases: [] }],
    ['a time that is none', { ...reading, at: -1 }],
    ['a line without end', `{"grid":"${'9'.repeat(70_000)}`],
  ])('%s: the guard is left, and nothing of it is believed', async (_words, grid) => {
    const { says } = await joined()
    expect(await says(grid)).toEqual({ newest: undefined, isClosed: true })
  })
})
