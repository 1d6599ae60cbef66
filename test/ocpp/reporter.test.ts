import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { type Delivery, type ReporterOptions, reporter } from '../../src/ocpp/reporter.ts'
import { openStore } from '../../src/store/open.ts'
import { keptLog } from './log-lines.ts'

interface Note {
  readonly kind: 'note'
  readonly text: string
}

type Outcome = Delivery['outcome'] | Delivery | 'throws'

/** A reporter over a real store in memory. Each entry is delivered as `answers` says, and well when it says nothing. */
function reporting(options: Partial<ReporterOptions<Note>> = {}) {
  const clock = simulatedClock()
  const log = keptLog()
  const store = openStore({ directory: undefined, log })
  const ledger = store.ledger<Note>()
  const sent: { readonly text: string; readonly at: number }[] = []
  const answers = new Map<string, Outcome[]>()
  const world = { online: true, underWay: 0 }
  const deliver: ReporterOptions<Note>['deliver'] = async ({ fact }) => {
    sent.push({ text: fact.text, at: clock.monotonic() / 1_000 })
    expect(++world.underWay).toBe(1)
    await Promise.resolve()
    world.underWay--
    const answer = answers.get(fact.text)?.shift() ?? 'delivered'
    if (answer === 'throws') throw new Error('bug')
    return typeof answer === 'string' ? { outcome: answer } : answer
  }
  const start = () =>
    reporter<Note>({
      store,
      ledger,
      reader: 'ocpp1.6',
      clock,
      log,
      deliver,
      mayDeliver: () => world.online,
      attempts: () => 3,
      retryInterval: () => seconds(60),
      ...options,
    })
  const one = start()
  const append = (...texts: string[]) => {
    for (const text of texts) ledger.append(clock.now(), { kind: 'note', text }, { durability: 'durable' })
  }
  const settle = async () => {
    for (let i = 0; i < 50; i++) await clock.settle()
  }
  return { clock, log, store, ledger, sent, answers, world, start, reporter: one, append, settle, texts: () => sent.map(({ text }) => text).join('') }
}

test('entries leave in order, one at a time, and the cursor follows', async () => {
  const w = reporting()
  w.append('a', 'b')
  w.reporter.wake()
  w.append('c')
  w.reporter.wake()
  await w.settle()
  expect(w.texts()).toBe('abc')
  expect([w.ledger.position('ocpp1.6'), w.reporter.behind]).toEqual([3, 0])
  w.append('d')
  w.reporter.wake()
  await w.settle()
  expect(w.texts()).toBe('abcd')
})

test('a new program goes on where the old one stood', async () => {
  const w = reporting()
  w.append('a', 'b')
  w.reporter.wake()
  await w.settle()
  w.reporter.stop()
  w.append('c')
  w.reporter.wake()
  await w.settle()
  expect(w.texts()).toBe('ab')
  w.start().wake()
  await w.settle()
  expect(w.texts()).toBe('abc')
})

test('a failed entry is sent again after the interval times its transmissions, then given up, and later ones leave', async () => {
  const w = reporting()
  w.answers.set('a', ['failed', 'throws', { outcome: 'failed', reason: 'InternalError' }])
  w.append('a', 'b')
  w.reporter.wake()
  await w.clock.advance(minutes(10))
  expect(w.sent).toEqual([
    { text: 'a', at: 0 },
    { text: 'a', at: 60 },
    { text: 'a', at: 180 },
    { text: 'b', at: 180 },
  ])
  expect(w.ledger.undeliverable('ocpp1.6')).toMatchObject([{ entry: { fact: { text: 'a' } }, reason: 'InternalError' }])
  expect(w.log.events('error')).toContain('entry given up; it stays in the ledger as undeliverable')
})

test('of a long reason the beginning is kept: a central system chose its words', async () => {
  const w = reporting()
  const answer = { outcome: 'failed', reason: 'x'.repeat(200_000) } as const
  w.answers.set('a', [answer, answer, answer])
  w.append('a')
  w.reporter.wake()
  await w.clock.advance(minutes(10))
  expect(w.ledger.undeliverable('ocpp1.6')[0]?.reason).toHaveLength(500)
})

test('the failures of one entry do not count against the next', async () => {
  const w = reporting()
  w.answers.set('a', ['failed', 'failed'])
  w.answers.set('b', ['failed', 'failed'])
  w.append('a', 'b')
  w.reporter.wake()
  await w.clock.advance(minutes(30))
  expect(w.texts()).toBe('aaabbb')
  expect(w.ledger.undeliverable('ocpp1.6')).toEqual([])
})

test('a new entry does not cut the wait of a failed one short', async () => {
  const w = reporting()
  w.answers.set('a', ['failed'])
  w.append('a')
  w.reporter.wake()
  await w.settle()
  w.append('b')
  w.reporter.wake()
  await w.clock.advance(seconds(59))
  expect(w.texts()).toBe('a')
  await w.clock.advance(seconds(1))
  expect(w.texts()).toBe('aab')
})

test('a new connection cuts the wait short, save that before the last transmission', async () => {
  const w = reporting()
  w.answers.set('a', ['failed', 'failed', 'failed'])
  w.append('a')
  w.reporter.wake()
  await w.settle()
  w.reporter.resume()
  await w.settle()
  w.reporter.resume()
  await w.settle()
  expect(w.texts()).toBe('aa')
  await w.clock.advance(seconds(120))
  expect(w.texts()).toBe('aaa')
})

test('being offline is no attempt, and what was cut off is sent at once on the next connection', async () => {
  const w = reporting({ attempts: () => 1 })
  w.answers.set('a', ['disconnected', 'disconnected'])
  w.append('a', 'b')
  for (let i = 0; i < 2; i++) {
    w.world.online = true
    w.reporter.resume()
    w.world.online = false
    await w.clock.advance(hours(5))
  }
  expect(w.texts()).toBe('aa')
  w.world.online = true
  w.reporter.resume()
  await w.settle()
  expect(w.texts()).toBe('aaab')
  expect(w.ledger.undeliverable('ocpp1.6')).toEqual([])
})

test('nothing is tried while nothing may leave', async () => {
  const w = reporting()
  w.world.online = false
  w.append('a')
  w.reporter.wake()
  await w.clock.advance(hours(1))
  expect([w.texts(), w.clock.untilNext()]).toEqual(['', undefined])
})

test('a central system that hangs up at one message does not silence the later ones', async () => {
  const w = reporting()
  w.answers.set('a', Array<Outcome>(100).fill('disconnected'))
  w.append('a', 'b')
  w.reporter.wake()
  await w.clock.advance(hours(1))
  expect(w.texts()).toBe(`${'a'.repeat(15)}b`)
  expect(w.ledger.undeliverable('ocpp1.6')).toHaveLength(1)
})

test.each([0, -1, Number.NaN])('%d attempts mean one transmission: neither none nor endless ones', async (attempts) => {
  const w = reporting({ attempts: () => attempts })
  w.answers.set('a', ['failed'])
  w.append('a', 'b')
  w.reporter.wake()
  await w.settle()
  expect(w.texts()).toBe('ab')
})

test('hostile retry settings neither flood nor silence', async () => {
  const flood = reporting({ attempts: () => 1e9, retryInterval: () => 0 })
  flood.answers.set('a', Array<Outcome>(1_000).fill('failed'))
  flood.append('a')
  flood.reporter.wake()
  await flood.clock.advance(seconds(10))
  expect(flood.sent.length).toBeLessThanOrEqual(11)
  const silence = reporting({ retryInterval: () => seconds(1e9) })
  silence.answers.set('a', ['failed'])
  silence.append('a')
  silence.reporter.wake()
  await silence.clock.advance(hours(24))
  expect(silence.texts()).toBe('aa')
})

test('what this version does not report is passed, with one write per run of it', async () => {
  const w = reporting({ mayDeliver: () => true })
  const moves: [number, string][] = []
  const { moveTo } = w.ledger
  w.ledger.moveTo = (reader, sequence, durability) => {
    moves.push([sequence, durability])
    moveTo(reader, sequence, durability)
  }
  for (const text of ['x', 'y', 'z']) w.answers.set(text, ['nothing'])
  w.append('x', 'y', 'a', 'z')
  w.reporter.wake()
  await w.settle()
  expect(moves).toEqual([
    [3, 'durable'],
    [4, 'grouped'],
  ])
  expect(w.reporter.behind).toBe(0)
})

test('the cursor never goes back', async () => {
  const w = reporting()
  w.answers.set('x', ['nothing'])
  w.append('x', 'a')
  w.reporter.wake()
  await w.settle()
  expect(w.ledger.position('ocpp1.6')).toBe(2)
  w.append('b')
  w.start().wake()
  await w.settle()
  expect(w.texts()).toBe('xab')
})

test('what an answer brought is written in one step with the cursor, and neither without the other', async () => {
  const w = reporting()
  const numbers = w.store.documents<number>('transaction-numbers')
  let diskIsFull = true
  const commit = () => {
    numbers.put('a', 7)
    if (diskIsFull) throw new Error('disk full')
  }
  w.answers.set('a', [{ outcome: 'delivered', commit }])
  w.append('a', 'b')
  w.reporter.wake()
  await w.clock.advance(seconds(25))
  expect([numbers.get('a'), w.ledger.position('ocpp1.6'), w.texts()]).toEqual([undefined, 0, 'a'])
  expect(w.log.events('error')).toContain('cursor cannot be written; it is tried again')
  diskIsFull = false
  await w.clock.advance(seconds(10))
  expect([numbers.get('a'), w.ledger.position('ocpp1.6'), w.texts()]).toEqual([7, 2, 'ab'])
})

test('once stopped, a cursor that could not be written is tried no more', async () => {
  const w = reporting()
  let tries = 0
  const commit = () => {
    tries++
    throw new Error('disk full')
  }
  w.answers.set('a', [{ outcome: 'delivered', commit }])
  w.append('a')
  w.reporter.wake()
  await w.clock.advance(seconds(25))
  w.reporter.stop()
  expect(tries).toBe(3)
  await w.clock.advance(minutes(5))
  expect([tries, w.clock.untilNext()]).toEqual([3, undefined])
})

test('an entry given up is told in one step with its note', async () => {
  const given: string[] = []
  const w = reporting({ attempts: () => 1, givenUp: (entry, reason) => given.push(`${entry.fact.text}: ${reason}`) })
  w.answers.set('a', [{ outcome: 'failed', reason: 'timeout' }])
  w.append('a')
  w.reporter.wake()
  await w.settle()
  expect(given).toEqual(['a: timeout'])
})

test('the end of the ledger is told once for each way to it', async () => {
  const w = reporting()
  let drained = 0
  w.reporter.drained.on(() => {
    drained++
    w.reporter.wake()
  })
  w.reporter.wake()
  await w.settle()
  expect(drained).toBe(0)
  w.append('a', 'b')
  w.reporter.wake()
  await w.settle()
  expect(drained).toBe(1)
})

test('whatever happens, every entry is delivered once or noted as given up, in order', async () => {
  const outcome = fc.constantFrom<Outcome>('delivered', 'failed', 'disconnected', 'nothing', 'throws')
  const event = fc.oneof(fc.constantFrom('append', 'wake', 'resume', 'off', 'on'), fc.nat(90_000))
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(outcome, { maxLength: 8 }), { minLength: 1, maxLength: 8 }),
      fc.array(event, { maxLength: 25 }),
      async (scripts, events) => {
        const ended: string[] = []
        const w = reporting({ givenUp: (entry) => ended.push(entry.fact.text) })
        const expected = scripts.map((_script, i) => `e${i}`)
        for (const [i, script] of scripts.entries()) {
          const last = script.findIndex((each) => each === 'delivered' || each === 'nothing')
          const told = last < 0 ? script : script.slice(0, last)
          w.answers.set(`e${i}`, [...told, { outcome: script[last] === 'nothing' ? 'nothing' : 'delivered', commit: () => ended.push(`e${i}`) }])
        }
        const waiting = [...expected]
        for (const each of events) {
          if (typeof each === 'number') await w.clock.advance(each)
          else if (each === 'append') w.append(...waiting.splice(0, 1))
          else if (each === 'on' || each === 'off') w.world.online = each === 'on'
          else w.reporter[each]()
        }
        w.append(...waiting)
        w.world.online = true
        w.reporter.resume()
        await w.clock.advance(hours(2))
        expect(ended).toEqual(expected)
        expect(w.reporter.behind).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
})

test('the drops under one entry do not count against the next', async () => {
  const w = reporting({ attempts: () => 1 })
  w.answers.set('a', ['disconnected', 'disconnected', 'disconnected'])
  w.answers.set('b', ['disconnected', 'disconnected', 'disconnected', 'disconnected'])
  w.append('a', 'b')
  w.reporter.wake()
  await w.clock.advance(minutes(1))
  expect(w.texts()).toBe('aaaabbbbb')
  expect(w.ledger.undeliverable('ocpp1.6')).toEqual([])
})

test.each(['stopped', 'offline'])('once %s, what was passed is kept, and nothing more leaves', async (how) => {
  const w = reporting()
  w.append('a', 'b', 'c')
  w.answers.set('a', ['nothing'])
  w.answers.set('b', ['nothing'])
  w.reporter.wake()
  // While the second one is on its way.
  while (w.texts() !== 'ab') await Promise.resolve()
  if (how === 'stopped') w.reporter.stop()
  else w.world.online = false
  await w.settle()
  expect([w.texts(), w.ledger.position('ocpp1.6')]).toEqual(['ab', 2])
  w.reporter.resume()
  await w.settle()
  expect(w.texts()).toBe('ab')
})

test('a ledger that cannot be read is tried again a minute later', async () => {
  const w = reporting()
  const { after } = w.ledger
  Object.assign(w.ledger, {
    after: () => {
      throw new Error('the disk failed')
    },
  })
  w.append('a')
  w.reporter.wake()
  await w.settle()
  Object.assign(w.ledger, { after })
  await w.clock.advance(seconds(59))
  expect(w.texts()).toBe('')
  await w.clock.advance(seconds(1))
  expect(w.texts()).toBe('a')
})
