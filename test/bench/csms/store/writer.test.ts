import { expect, test } from 'vitest'
import type { Engine } from '../../../../bench/csms/store/engine.ts'
import { ask, putAll, type Statement, type Steps } from '../../../../bench/csms/store/steps.ts'
import { writerTo } from '../../../../bench/csms/store/writer.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { simulatedClock } from '../../../../src/base/simulated-clock.ts'

/** A database that notes what was committed, fails at `bad`, and is gone while `isGone`. */
function world() {
  const commits: string[][] = []
  const state = { isGone: false, gate: Promise.resolve() }
  const engine: Engine = {
    name: 'postgres',
    db: undefined as never,
    slot: 0,
    async transact<T>(steps: () => Steps<T>) {
      await state.gate
      if (state.isGone) throw new Error('gone')
      const texts: string[] = []
      const running = steps()
      let next = running.next([])
      while (next.done !== true) {
        texts.push(textOf(next.value))
        if (texts.at(-1) === 'bad') throw new TypeError('bad')
        next = running.next([])
      }
      commits.push(texts)
      return next.value
    },
    isItsOwn: (error) => !(error instanceof TypeError),
    async close() {},
  }
  const said: string[] = []
  const say = (_: unknown, event: string) => void said.push(event)
  const log = { ...silentLog, error: say, info: say }
  return { commits, state, said, writer: writerTo(engine, { clock: simulatedClock(), log }) }
}

const textOf = (wanted: Statement) => ('text' in wanted ? wanted.text : wanted.insert)

test('writes that come together are committed together, those of a station in their order', async () => {
  const { writer, commits } = world()
  await Promise.all(['b1', 'a1', 'b2', 'a2'].map((text) => writer.write(text[0] ?? '', () => ask(text))))
  expect(commits).toEqual([['a1', 'a2', 'b1', 'b2']])
})

test('a write of no station stays where it is among the others', async () => {
  const { writer, commits } = world()
  await Promise.all(['b', 'a', '', 'd', 'c', '', 'e'].map((station) => writer.write(station, () => ask(station === '' ? '-' : station))))
  expect(commits).toEqual([['a', 'b', '-', 'c', 'd', '-', 'e']])
})

test('writes that come while a commit is under way go together in the next one', async () => {
  const { writer, commits, state } = world()
  const { promise, resolve } = Promise.withResolvers<void>()
  state.gate = promise
  const first = writer.write('', () => ask('first'))
  await new Promise((turned) => process.nextTick(turned))
  const others = Promise.resolve().then(() => Promise.all([1, 2, 3].map((each) => writer.write('', () => ask(`other ${each}`)))))
  resolve()
  await Promise.all([first, others])
  expect(commits.flat()).toEqual(['first', 'other 1', 'other 2', 'other 3'])
  expect(commits.length).toBeLessThanOrEqual(2)
})

test('a bad write is refused by itself, and the others are done', async () => {
  const { writer, commits } = world()
  const outcomes = await Promise.allSettled(['one', 'bad', 'two'].map((text) => writer.write('', () => ask(text))))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(commits).toEqual([['one'], ['two']])
})

test('a database that is gone refuses everything that waits, and so much may wait', async () => {
  const { writer, commits, state, said } = world()
  state.isGone = true
  const outcomes = await Promise.allSettled(Array.from({ length: 10_001 }, () => writer.write('', () => ask('late'))))
  const words = outcomes.map((each) => (each.status === 'rejected' ? String(each.reason) : ''))
  expect(words.at(-1)).toBe('DatabaseError: the database does not keep up: 10000 writes wait')
  expect(new Set(words.slice(0, -1))).toEqual(new Set(['DatabaseError: the database takes nothing: gone']))
  state.isGone = false
  await writer.write('', () => ask('again'))
  expect(commits).toEqual([['again']])
  expect(said).toEqual(['the database takes nothing', 'the database takes writes again'])
})

test('riders go with a group, and closing waits for them', async () => {
  const { writer, commits } = world()
  let rides = 0
  writer.rider(() => (rides++ < 2 ? () => putAll('ride', [[1]]) : undefined))
  await writer.write('', () => ask('write'))
  await writer.close()
  expect(commits).toEqual([['write', 'ride'], ['ride']])
  await expect(writer.write('', () => ask('late'))).rejects.toThrow('the database is closed')
})

test('what rides only is written at the end, too', async () => {
  const { writer, commits } = world()
  let rides = 0
  writer.rider(() => (rides++ < 2 ? () => putAll('ride', [[1]]) : undefined))
  await writer.close()
  expect(commits).toEqual([['ride'], ['ride']])
})

test('at the end a database that is gone is tried once, not for each that waits', async () => {
  const { writer, state } = world()
  let tries = 0
  Object.defineProperty(state, 'isGone', { get: () => ++tries > 0 })
  writer.rider(() => () => putAll('ride', [[1]]))
  const waiting = Array.from({ length: 1_000 }, () => writer.write('', () => ask('late')))
  const outcomes = Promise.allSettled(waiting)
  await writer.close()
  expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['rejected']))
  expect(tries).toBe(1)
})
