import { expect, test } from 'vitest'
import { joinCluster } from '../../../../bench/csms/cluster/join.ts'
import type { LiveEvent } from '../../../../bench/csms/live.ts'
import { silentLog } from '../../../../src/base/log.ts'
import { signal } from '../../../../src/base/signal.ts'
import { millis, seconds } from '../../../../src/base/units.ts'
import { root, start, world, yes } from './members.ts'

test('a command reaches the station that hangs on another process, whatever its id has in it', async () => {
  const { clock, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  for (const id of ['CP-1', '+', '#', 'a/b', '\u0000', '%2B', 'ü 1', '..']) {
    b.comes(id)
    await clock.settle()
    expect(await a.ask(id), id).toEqual(yes)
    expect(b.asked.at(-1)).toEqual({ station: id, request: start })
  }
  expect(a.asked).toEqual([])
  expect(await a.ask('nobody')).toEqual({ kind: 'disconnected' })
})

test('who joins later knows who is where, and who left is known to nobody', async () => {
  const { clock, broker, join } = world()
  const a = await join('a')
  a.comes('CP-1')
  a.comes('CP-2')
  await clock.advance(millis(1))
  const b = await join('b')
  await clock.advance(millis(1))
  expect(await b.ask('CP-1')).toEqual(yes)
  a.gone('CP-2')
  await clock.settle()
  expect(await b.ask('CP-2')).toEqual({ kind: 'disconnected' })
  a.gone('CP-1')
  await a.cluster.close()
  await b.cluster.close()
  expect([...broker.retained.keys()]).toEqual([])
  // And nothing goes on.
  await clock.settle()
  expect(clock.untilNext()).toBeUndefined()
})

test('who joins hears of every station even where the broker hands out little of what it retains', async () => {
  const { clock, broker, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  for (let count = 0; count < 2_500; count++) a.comes(`CP-${count}`)
  await clock.settle()
  b.comes('CP-7')
  await clock.settle()
  for (const topic of broker.retained.keys()) if (topic.includes('/station/')) broker.retained.delete(topic)
  const c = await join('c')
  await clock.advance(seconds(1))
  for (const id of ['CP-0', 'CP-2499', 'CP-7']) expect(await c.ask(id), id).toEqual(yes)
  expect([b.asked.length, a.dropped]).toEqual([1, ['CP-7']])
})

test('a station that comes back elsewhere is where it came last: the dead connection is closed, and commands go to the new one', async () => {
  const { clock, join } = world()
  const [a, b, c] = [await join('a'), await join('b'), await join('c')]
  await clock.advance(millis(1))
  a.comes('CP-1')
  await clock.settle()
  b.comes('CP-1')
  await clock.settle()
  expect([a.dropped, b.dropped]).toEqual([['CP-1'], []])
  for (const each of [a, c]) expect(await each.ask('CP-1')).toEqual(yes)
  expect(b.asked.length).toBe(2)
  // Back again, within the same millisecond.
  a.comes('CP-1')
  await clock.settle()
  expect([b.dropped, (await c.ask('CP-1')).kind, a.asked.length]).toEqual([['CP-1'], 'answered', 1])
})

test('the stations of a process that dies are gone until they come elsewhere, and the broker keeps nothing of it', async () => {
  const { clock, broker, rows, join } = world()
  const [a, b, c] = [await join('a'), await join('b'), await join('c')]
  await clock.advance(millis(1))
  a.cluster.live.watch?.('CP-9')
  for (const id of ['CP-1', 'CP-2']) a.comes(id)
  b.comes('CP-3')
  await clock.settle()
  a.answers(new Promise(() => {}))
  const waiting = c.ask('CP-1')
  a.dies()
  await clock.settle()
  expect(await waiting).toEqual({ kind: 'disconnected' })
  expect(await b.ask('CP-1')).toEqual({ kind: 'disconnected' })
  expect([...rows.at]).toEqual([['CP-3', 'b']])
  expect([...broker.retained.keys()].filter((topic) => /station|watch/.test(topic))).toEqual([`${root}/station/CP-3`])
  c.comes('CP-1')
  await clock.settle()
  expect(await b.ask('CP-1')).toEqual(yes)
})

test('what processes left behind that died while nobody listened is cleared away', async () => {
  const { clock, broker, rows, join } = world()
  rows.at.set('CP-1', 'long-dead')
  broker.retained.set(`${root}/station/CP-1`, JSON.stringify({ run: '0'.repeat(16), stamp: 5 }))
  broker.retained.set(`${root}/watch/${'0'.repeat(16)}`, '["CP-1"]')
  const a = await join('a')
  await clock.advance(seconds(20))
  // The others may not have found the broker yet.
  expect([rows.at.size, broker.retained.size]).toEqual([1, 3])
  await clock.advance(seconds(11))
  expect([rows.at.size, broker.retained.size]).toEqual([0, 1])
  await a.cluster.close()
})

test('without the broker own stations obey, others cannot be reached; when it comes back empty everything is told anew', async () => {
  const { clock, broker, rows, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  a.comes('CP-1')
  b.comes('CP-2')
  await clock.settle()
  b.answers(new Promise(() => {}))
  const waiting = a.ask('CP-2')
  broker.goAway()
  await clock.settle()
  // Whether the station has done it nobody knows.
  expect(await waiting).toEqual({ kind: 'timeout', action: 'start' })
  expect(await a.ask('CP-1')).toEqual(yes)
  expect(await a.ask('CP-2')).toMatchObject({ kind: 'impossible', description: expect.stringContaining('broker') })
  // It was here while nobody could be told.
  b.comes('CP-3')
  await clock.advance(seconds(20))
  b.answers(Promise.resolve(yes))
  broker.comeBack()
  await clock.advance(seconds(4))
  for (const id of ['CP-2', 'CP-3']) expect(await a.ask(id)).toEqual(yes)
  expect(await b.ask('CP-1')).toEqual(yes)
  await clock.advance(seconds(120))
  expect(rows.at.size).toBe(3)
})

test('a process that the broker had lost sets right what was written of its stations', async () => {
  const { clock, rows, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  a.comes('CP-1')
  await clock.settle()
  a.cut()
  await clock.settle()
  expect(rows.at.size).toBe(0)
  await clock.advance(seconds(10))
  expect([...rows.at]).toEqual([['CP-1', 'a']])
  expect(await b.ask('CP-1')).toEqual(yes)
  expect(a.dropped).toEqual([])
})

test('what changes is told to every process four times a second, each thing once', async () => {
  const { clock, broker, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  const before = broker.said.length
  for (let count = 0; count < 3_000; count++) a.cluster.live.publish({ topic: 'charger', charger: `CP-${count % 1_500}` })
  a.cluster.live.publish({ topic: 'site', site: 'north' })
  a.cluster.live.publish({ topic: 'transaction', transaction: 7, charger: 'CP-1' })
  expect(b.heard).toEqual([])
  await clock.advance(millis(250))
  expect(b.heard.length).toBe(1_502)
  expect(b.heard.at(-2)).toEqual({ topic: 'site', site: 'north' })
  expect(b.heard.at(-1)).toEqual({ topic: 'transaction', transaction: 7, charger: 'CP-1' })
  expect(broker.said.length - before).toBe(4)
  // Its own come at once, and not again.
  expect(a.heard.length).toBe(3_002)
})

test('frames go to another process only while somebody watches that charger there', async () => {
  const { clock, broker, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  const passes = async (charger: string) => {
    a.cluster.live.publish({
      topic: 'frame',
      charger,
      frame: { charger_id: charger, at: '2026-03-01T08:00:00.000Z', direction: 'in', kind: 'call', action: 'Heartbeat', message_id: '1', payload: {} },
    })
    await clock.advance(millis(250))
    return b.heard.length
  }
  const told = () => broker.said.filter(({ topic }) => topic.includes('/live/')).length
  expect([await passes('CP-1'), told()]).toEqual([0, 0])
  const stops = [b.cluster.live.watch?.('CP-1'), b.cluster.live.watch?.('CP-1')]
  await clock.settle()
  expect([await passes('CP-1'), await passes('CP-2'), told()]).toEqual([1, 1, 1])
  stops[0]?.()
  stops[0]?.()
  await clock.settle()
  expect(await passes('CP-1')).toBe(2)
  stops[1]?.()
  await clock.settle()
  expect(await passes('CP-1')).toBe(2)
})

test('what does not belong there is dropped, with a line in the log that does not come too often', async () => {
  const lines: unknown[] = []
  const { clock, broker, join } = world()
  const log = { ...silentLog, warn: (fields: unknown) => void lines.push(fields) }
  const [a, b] = [await join('a', log), await join('b')]
  await clock.advance(millis(1))
  a.comes('CP-1')
  b.comes('CP-2')
  await clock.settle()
  const run = [...broker.retained.keys()].map((topic) => /process\/(.*)/.exec(topic)?.[1]).find((each) => each !== undefined) ?? ''
  const respondTo = `${root}/answer/${run}`
  const ask = JSON.stringify({ station: 'CP-1', request: start })
  const nonsense: readonly (readonly [string, string, object?])[] = [
    [`ask/${run}`, ask],
    [`ask/${run}`, ask, { respondTo, correlation: 'x'.repeat(101) }],
    [`ask/${run}`, ask, { respondTo: `${root}/station/CP-1`, correlation: 'x' }],
    [`ask/${run}`, ask, { respondTo: 'homeassistant/x', correlation: 'x' }],
    [`ask/${run}`, ask, { respondTo, correlation: 'x', isRetained: true }],
    [`ask/${run}`, '{', { respondTo, correlation: 'x' }],
    [`ask/${run}`, '{"station":"CP-1","request":{"kind":"start"}}', { respondTo, correlation: 'x' }],
    [`ask/${run}`, '{"station":"CP-1","request":{"kind":"toString"}}', { respondTo, correlation: 'x' }],
    [`ask/${run}`, '{"station":"CP-1","request":{"kind":"limit","evse":0,"limit":{"watts":"all"}}}', { respondTo, correlation: 'x' }],
    [`ask/${run}`, `{"station":"CP-1","request":{"kind":"message","action":"A","payload":{"x":"${'x'.repeat(300_000)}"}}}`, { respondTo, correlation: 'x' }],
    [`answer/${run}`, JSON.stringify(yes), { correlation: 'x' }],
    [`answer/${run}`, JSON.stringify(yes)],
    ['process/not-a-run', '{"process":"x"}'],
    [`process/${'1'.repeat(16)}`, '[]'],
    [`process/${'1'.repeat(16)}`, 'null'],
    [`process/${'1'.repeat(16)}`, `{"process":"${'x'.repeat(3_000)}"}`],
    ['station/CP-1', '{"run":"x","stamp":1}'],
    ['station/CP-1', `{"run":"${'f'.repeat(16)}","stamp":9007199254740993}`],
    ['station/%', `{"run":"${'f'.repeat(16)}","stamp":1}`],
    ['station/', `{"run":"${'f'.repeat(16)}","stamp":1}`],
    [`live/${'1'.repeat(16)}`, '{"chargers":[1],"transactions":[],"frames":[]}'],
    [`live/${'1'.repeat(16)}`, '{"chargers":[],"transactions":[],"frames":[{"charger_id":"CP-1"}]}'],
    [`watch/${'1'.repeat(16)}`, '{"__proto__":1}'],
  ]
  for (const [topic, payload, more] of nonsense) broker.publish(`${root}/${topic}`, payload, more)
  await clock.settle()
  expect([a.asked, b.asked, a.heard, b.heard, a.dropped, b.dropped]).toEqual([[], [], [], [], [], []])
  expect(lines.length).toBe(1)
  await clock.advance(seconds(10))
  expect(lines.length).toBe(2)
  // And it still works.
  expect([await a.ask('CP-2'), await b.ask('CP-1')]).toEqual([yes, yes])
})

test('so many commands wait for another process and no more; the one without an answer ends by the clock', async () => {
  const { clock, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  b.comes('CP-1')
  await clock.settle()
  b.answers(new Promise(() => {}))
  const waiting = Array.from({ length: 500 }, () => a.ask('CP-1'))
  expect(await a.ask('CP-1')).toMatchObject({ kind: 'impossible', description: expect.stringContaining('later') })
  await clock.advance(seconds(101))
  expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(new Set(['timeout']))
  expect((await a.ask('CP-2')).kind).toBe('disconnected')
})

test('a made-up stamp from tomorrow moves no station', async () => {
  const { clock, broker, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  a.comes('CP-1')
  await clock.settle()
  broker.publish(`${root}/process/${'1'.repeat(16)}`, '{"process":"x"}', { isRetained: true })
  broker.publish(`${root}/station/CP-1`, JSON.stringify({ run: '1'.repeat(16), stamp: clock.now().epochMs + 86_400_001 }), { isRetained: true })
  await clock.settle()
  expect(a.dropped).toEqual([])
  expect(await b.ask('CP-1')).toEqual(yes)
  // What was written over is written again, for those who come later.
  broker.publish(`${root}/station/CP-1`, 'nonsense', { isRetained: true })
  await clock.settle()
  const c = await join('c')
  await clock.advance(millis(1))
  expect(await c.ask('CP-1')).toEqual(yes)
})

test('a process of which somebody says that it is dead says that it is not, and that its stations are there', async () => {
  const { clock, broker, rows, join } = world()
  const [a, b] = [await join('a'), await join('b')]
  await clock.advance(millis(1))
  a.comes('CP-1')
  b.comes('CP-2')
  await clock.settle()
  for (const topic of broker.retained.keys()) if (topic.includes('/process/')) broker.publish(topic, '', { isRetained: true })
  await clock.settle()
  expect([await a.ask('CP-2'), await b.ask('CP-1')]).toEqual([yes, yes])
  await clock.advance(seconds(10))
  expect([...rows.at.keys()].sort()).toEqual(['CP-1', 'CP-2'])
})

test.each(['', 'a/b', '#', '+', 'x'.repeat(65)])('a cluster cannot be named %j', async (cluster) => {
  const { broker, rows, clock } = world()
  const { dial } = broker.dialler()
  const options = { broker: dial, process: 'a', local: async () => yes, live: { events: signal<LiveEvent>(), publish() {} }, clock, log: silentLog, drop() {} }
  await expect(joinCluster({ ...options, cluster, store: { engine: 'postgres', ...rows } })).rejects.toThrow('--cluster')
  await expect(joinCluster({ ...options, store: { engine: 'sqlite', ...rows } })).rejects.toThrow('DATABASE_URL')
})
