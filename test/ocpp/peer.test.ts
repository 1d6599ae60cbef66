import { describe, expect, test, vi } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { CallError } from '../../src/ocpp/call-error.ts'
import { socketPair } from '../../src/ocpp/memory-socket.ts'
import { overSocket, peer, route, routesOf } from '../../src/ocpp/peer.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import { keptLog } from './log-lines.ts'
import { Ask, Change, peerAndSocket, spelling } from './two-peers.ts'

const question = { connectorId: 1, idTag: 'ABC' }
const accepted = { status: 'Accepted' } as const

test('one CALL is in flight, the others wait their turn in order', async () => {
  const { peer, heard, say } = peerAndSocket()
  const outcomes: unknown[] = []
  for (const idTag of ['A', 'B', 'C']) void peer.call(Ask, { connectorId: 1, idTag }).then((outcome) => outcomes.push([idTag, outcome.kind]))
  await say(9)
  expect(heard).toEqual([[2, 'id-1', 'Ask', { connectorId: 1, idTag: 'A' }]])
  expect([peer.isBusy, peer.waiting]).toEqual([true, 2])
  await say(3, 'id-1', accepted)
  expect(heard).toHaveLength(2)
  await say(4, 'id-2', 'GenericError', '', {})
  await say(3, 'id-3', accepted)
  expect(outcomes).toEqual([
    ['A', 'result'],
    ['B', 'error'],
    ['C', 'result'],
  ])
  expect([peer.isBusy, peer.waiting]).toEqual([false, 0])
})

test('a CALL of the other end is answered while ours is unanswered', async () => {
  const { peer, heard, say } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)) })
  void peer.call(Ask, question)
  await say(2, 'theirs', 'Ask', question)
  expect(heard[1]).toEqual([3, 'theirs', accepted])
  expect(peer.isBusy).toBe(true)
})

test('a CALL without an answer ends by time, and its late answer changes nothing', async () => {
  const { peer, clock, heard, say, log } = peerAndSocket({ timeout: () => seconds(30) })
  const first = peer.call(Ask, question)
  const second = peer.call(Ask, question)
  await clock.advance(seconds(30))
  expect(await first).toEqual({ kind: 'timeout' })
  expect(heard).toHaveLength(2)
  await say(3, 'id-1', { status: 'Rejected' })
  expect(peer.isBusy).toBe(true)
  await say(3, 'id-2', accepted)
  expect(await second).toEqual({ kind: 'result', payload: accepted })
  expect(log.events('info')).toContain('answer to no CALL of ours ignored: stray, late or sent twice')
})

test('an answer that comes twice, or to nothing, changes nothing', async () => {
  const { peer, say, log } = peerAndSocket()
  const first = peer.call(Ask, question)
  await say(3, 'id-1', accepted)
  await say(3, 'id-1', { status: 'Rejected' })
  await say(4, 'id-1', 'GenericError', '', {})
  await say(3, 'nobody', {})
  expect(await first).toEqual({ kind: 'result', payload: accepted })
  expect(log.events('info')).toHaveLength(3)
})

test('an answer that does not fit its declaration is invalid, and the next CALL leaves', async () => {
  const { peer, heard, say } = peerAndSocket()
  const first = peer.call(Ask, question)
  void peer.call(Ask, question)
  await say(3, 'id-1', { status: 'Perhaps' })
  expect(await first).toMatchObject({ kind: 'invalid', description: expect.stringContaining('status') })
  expect(heard).toHaveLength(2)
})

test('a drop of the socket ends the CALL in flight and those waiting, and tells which one may have arrived', async () => {
  const { peer, theirs, clock } = peerAndSocket()
  const all = [peer.call(Ask, question), peer.call(Ask, question)]
  await clock.settle()
  theirs.terminate()
  expect(await Promise.all(all)).toEqual([{ kind: 'disconnected', wasSent: true }, { kind: 'disconnected' }])
  expect(await peer.call(Ask, question)).toEqual({ kind: 'disconnected' })
  expect([peer.isBusy, clock.untilNext()]).toEqual([false, undefined])
})

test('what waited when the socket dropped is not sent on the next one', async () => {
  const clock = simulatedClock()
  const [mine, theirs] = socketPair(clock)
  const sent: string[] = []
  const port = { ...overSocket(mine), send: (text: string) => sent.push(JSON.parse(text)[3].idTag) > 0 }
  const one = peer({ port, clock, log: keptLog(), routes: new Map(), spelling, timeout: () => seconds(30) })
  for (const idTag of ['A', 'B', 'C']) void one.call(Ask, { connectorId: 1, idTag })
  theirs.terminate()
  await clock.settle()
  expect(one.waiting).toBe(0)
  void one.call(Ask, { connectorId: 1, idTag: 'D' })
  await clock.advance(seconds(90))
  expect(sent).toEqual(['A', 'D'])
})

test('a gap lets the end of a CALL rest before the next one leaves, and a new connection waits for none', async () => {
  const { peer, clock, heard, say, theirs } = peerAndSocket({ gap: 2_000, timeout: () => seconds(30) })
  for (const idTag of ['A', 'B', 'C', 'D']) void peer.call(Ask, { connectorId: 1, idTag })
  const sent = () => heard.map(([, , , payload]) => (payload as { idTag: string }).idTag).join('')
  await say(3, 'id-1', accepted)
  await clock.advance(1_999)
  expect(sent()).toBe('A')
  await clock.advance(1)
  expect(sent()).toBe('AB')
  // An error and a silence are ends, too.
  await say(4, 'id-2', 'GenericError', '', {})
  await clock.advance(2_000)
  expect(sent()).toBe('ABC')
  await clock.advance(seconds(30) + 1_999)
  expect(sent()).toBe('ABC')
  await clock.advance(1)
  expect(sent()).toBe('ABCD')
  // Nobody waits: the next one rests all the same.
  await say(3, 'id-4', accepted)
  await clock.advance(1_500)
  void peer.call(Ask, { connectorId: 1, idTag: 'E' })
  await clock.advance(499)
  expect(sent()).toBe('ABCD')
  theirs.terminate()
  await clock.settle()
  expect([peer.waiting, clock.untilNext()]).toEqual([0, undefined])
})

describe('with a gap, for central systems that refuse our CALL while theirs is open', () => {
  const slow = (gap?: number) => {
    const answer = Promise.withResolvers<{ readonly status: 'Accepted' }>()
    const routes = routesOf(route(Change, () => answer.promise))
    return { answer, ...peerAndSocket({ routes, ...(gap === undefined ? {} : { gap }) }) }
  }
  const change = { key: 'a', value: 'b' }
  const asked = (heard: readonly unknown[][]) => heard.filter(([type]) => type === 2).length

  test('ours waits until theirs is answered, and the gap after that', async () => {
    const { answer, peer, clock, heard, say } = slow(500)
    await say(2, 'x', 'Change', change)
    void peer.call(Ask, question)
    await clock.advance(seconds(3))
    expect(asked(heard)).toBe(0)
    answer.resolve({ status: 'Accepted' })
    await clock.advance(499)
    expect(heard).toEqual([[3, 'x', { status: 'Accepted' }]])
    await clock.advance(1)
    expect(asked(heard)).toBe(1)
  })
  test('but no longer than 15 s, however many of theirs come, and not on a new connection', async () => {
    const { peer, clock, heard, say, theirs } = slow(500)
    await say(2, 'x', 'Change', change)
    void peer.call(Ask, question)
    await clock.advance(seconds(14))
    await say(2, 'y', 'Change', change)
    expect(asked(heard)).toBe(0)
    await clock.advance(seconds(1))
    expect(asked(heard)).toBe(1)
    theirs.terminate()
    await clock.settle()
    expect(clock.untilNext()).toBeUndefined()
  })
  test('without a gap ours waits for nothing', async () => {
    const { peer, clock, heard, say } = slow()
    await say(2, 'x', 'Change', change)
    void peer.call(Ask, question)
    await clock.settle()
    expect(asked(heard)).toBe(1)
  })
})

test('a CALL that may not leave ends as disconnected and is not heard', async () => {
  const { peer, heard, clock } = peerAndSocket({ mayCall: (action) => action !== 'Ask' })
  expect(await peer.call(Ask, question)).toEqual({ kind: 'disconnected' })
  void peer.call(Change, { key: 'a', value: 'b' })
  await clock.settle()
  expect(heard.map((frame) => frame[2])).toEqual(['Change'])
})

test.each([
  ['an action nobody knows', [2, '1', 'Nonsense', {}], [4, '1', 'NotImplemented', 'Nonsense is not known', {}]],
  ['an action of the version without support', [2, '1', 'SendLocalList', {}], [4, '1', 'NotSupported', 'SendLocalList is not supported', {}]],
  ['a missing field', [2, '1', 'Ask', { connectorId: 1 }], [4, '1', 'OccurenceConstraintViolation', expect.stringContaining('idTag'), {}]],
  ['a wrong type', [2, '1', 'Ask', { connectorId: 'one', idTag: 'A' }], [4, '1', 'TypeConstraintViolation', expect.stringContaining('connectorId'), {}]],
  [
    'a text too long',
    [2, '1', 'Ask', { connectorId: 1, idTag: 'A'.repeat(21) }],
    [4, '1', 'PropertyConstraintViolation', expect.stringContaining('idTag'), {}],
  ],
  ['a field too many', [2, '1', 'Ask', { ...question, extra: 1 }], [4, '1', 'FormationViolation', expect.any(String), {}]],
  ['a payload that is no object', [2, '1', 'Ask', 'x'], [4, '1', 'FormationViolation', 'payload is not an object', {}]],
  ['no action', [2, '1'], [4, '1', 'FormationViolation', 'action is not a text', {}]],
])('%s is answered with its CALLERROR', async (_what, frame, answer) => {
  const { heard, say } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)), known: new Set(['Ask', 'SendLocalList']) })
  await say(...frame)
  expect(heard).toEqual([answer])
})

test('what is no CALL at all is not answered, and the conversation goes on', async () => {
  const { heard, say, theirs, log } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)) })
  for (const text of ['', 'nonsense', '{}', '[]', '[2]', '[2,null,"Ask",{}]', '[99,"1"]', '[3]', '[4,null]', '"2"', 'null']) theirs.send(text)
  await say(2, '1', 'Ask', question)
  expect(heard).toEqual([[3, '1', accepted]])
  expect(log.events('warn').length).toBeGreaterThan(5)
})

test('a handler that throws a CallError refuses with it; anything else is an internal error without its words', async () => {
  const { heard, say, log } = peerAndSocket({
    routes: routesOf(
      route(Ask, () => {
        throw new CallError('propertyConstraintViolation', `connectorId: ${'x'.repeat(300)}`, { connectorId: 7 })
      }),
      route(Change, () => Promise.reject(new Error('/secret/path is not writable'))),
    ),
  })
  await say(2, '1', 'Ask', question)
  await say(2, '2', 'Change', { key: 'a', value: 'b' })
  expect(heard[0]).toEqual([4, '1', 'PropertyConstraintViolation', `connectorId: ${'x'.repeat(300)}`.slice(0, 255), { connectorId: 7 }])
  expect(heard[1]).toEqual([4, '2', 'InternalError', 'the action could not be carried out', {}])
  expect(log.lines.find((line) => line.event === 'handler failed')?.fields.stack).toContain('/secret/path')
})

test.each([
  ['action', ['x'.repeat(100_000), {}]],
  ['field', ['Ask', { ...question, ['x'.repeat(100_000)]: 1 }]],
])('a hostile CALL with a huge %s fills no log', async (_what, [action, payload]) => {
  const { say, log } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)) })
  await say(2, 'theirs', action, payload)
  expect(log.events('warn')).toEqual(['call refused'])
  expect(JSON.stringify(log.lines.filter(({ level }) => level !== 'debug')).length).toBeLessThan(1_000)
})

test('answers leave in the order in which they are ready, each once', async () => {
  const ready: (() => void)[] = []
  const { heard, say, clock } = peerAndSocket({
    routes: routesOf(route(Ask, () => new Promise((resolve) => ready.push(() => resolve(accepted))))),
  })
  await say(2, 'a', 'Ask', question)
  await say(2, 'b', 'Ask', question)
  await say(2, 'a', 'Ask', question)
  expect(ready).toHaveLength(2)
  ready[1]?.()
  await clock.settle()
  ready[0]?.()
  await clock.settle()
  expect(heard).toEqual([
    [3, 'b', accepted],
    [3, 'a', accepted],
  ])
})

test('a flood of CALLs is refused before it fills the memory', async () => {
  const { heard, say } = peerAndSocket({ routes: routesOf(route(Ask, () => new Promise(() => {}))) })
  for (let i = 0; i < 70; i++) await say(2, `${i}`, 'Ask', question)
  expect(heard).toHaveLength(6)
  expect(heard[0]).toEqual([4, '64', 'GenericError', 'too many CALLs at once', {}])
})

test('CALLs that were answered make room, and their ids may come again', async () => {
  const { heard, say } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)) })
  for (let i = 0; i < 100; i++) await say(2, `${i}`, 'Ask', question)
  await say(2, '0', 'Ask', question)
  expect(heard).toHaveLength(101)
  expect(heard.every(([type]) => type === 3)).toBe(true)
})

test('what follows an answer runs after it was sent, and its failure is only logged', async () => {
  const order: string[] = []
  const { peer, say, theirs, log } = peerAndSocket({
    routes: routesOf(
      route(Ask, (_request, { after }) => {
        after(() => {
          order.push('after')
          throw new Error('boom')
        })
        after(() => void peer.call(Change, { key: 'a', value: 'b' }))
        return accepted
      }),
    ),
  })
  theirs.received.on((text) => order.push(JSON.parse(text)[0] === 3 ? 'answer' : 'call'))
  peer.frames.on(({ kind, direction }) => direction === 'out' && order.push(`sent ${kind}`))
  await say(2, '1', 'Ask', question)
  expect(order).toEqual(['sent result', 'after', 'sent call', 'answer', 'call'])
  expect(log.events('error')).toEqual(['what follows an answer failed'])
})

test('an answer that is ready after the socket dropped is not sent on the next one', async () => {
  const clock = simulatedClock()
  const [mine, theirs] = socketPair(clock)
  const sent: string[] = []
  const after = vi.fn()
  let ready = () => {}
  const handler = route(Ask, (_request, context) => {
    context.after(after)
    return new Promise((resolve) => {
      ready = () => resolve(accepted)
    })
  })
  // The port outlives its socket, as a link does.
  const port = { ...overSocket(mine), send: (text: string) => sent.push(text) > 0 }
  peer({ port, clock, log: keptLog(), routes: routesOf(handler), spelling, timeout: () => seconds(30) })
  theirs.send(JSON.stringify([2, '1', 'Ask', question]))
  await clock.settle()
  theirs.terminate()
  await clock.settle()
  ready()
  await clock.settle()
  expect(sent).toEqual([])
  expect(after).not.toHaveBeenCalled()
})

test('a gate leaves CALLs without an answer, or refuses them', async () => {
  let gate: 'ignore' | 'answer' | CallError = 'ignore'
  const { heard, say } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)), gate: () => gate })
  await say(2, '1', 'Ask', question)
  await say(2, '1')
  expect(heard).toEqual([])
  gate = new CallError('securityError', 'not accepted yet')
  await say(2, '2', 'Ask', question)
  gate = 'answer'
  await say(2, '3', 'Ask', question)
  expect(heard).toEqual([
    [4, '2', 'SecurityError', 'not accepted yet', {}],
    [3, '3', accepted],
  ])
})

test('every frame is logged and tapped, and no secret with it', async () => {
  const seen: FrameSeen[] = []
  const redact = (action: string, payload: unknown) => (action === 'Change' ? { ...(payload as object), value: '***' } : payload)
  const { peer, say, log } = peerAndSocket({ routes: routesOf(route(Change, () => accepted)), redact })
  peer.frames.on((frame) => seen.push(frame))
  await say(2, '1', 'Change', { key: 'AuthorizationKey', value: 'hunter2hunter2' })
  void peer.call(Change, { key: 'AuthorizationKey', value: 'hunter2hunter2' })
  await say(3, 'id-1', accepted)
  await say(2, '2', 'Change', { key: 'AuthorizationKey', value: ['hunter2hunter2'] })
  await say(2, '3', 'Change', 'hunter2hunter2')
  expect(seen.map(({ direction, kind, action, id }) => [direction, kind, action, id])).toEqual([
    ['in', 'call', 'Change', '1'],
    ['out', 'result', 'Change', '1'],
    ['out', 'call', 'Change', 'id-1'],
    ['in', 'result', 'Change', 'id-1'],
    ['in', 'call', 'Change', '2'],
    ['out', 'error', 'Change', '2'],
    ['in', 'malformed', undefined, '3'],
    ['out', 'error', 'unknown', '3'],
  ])
  expect(log.lines.filter((line) => line.event === 'frame')).toHaveLength(8)
  expect(JSON.stringify([seen, log.lines])).not.toContain('hunter2')
})

test('a redaction that stumbles over a hostile payload shows nothing', async () => {
  const seen: FrameSeen[] = []
  const { peer, say } = peerAndSocket({
    redact: () => {
      throw new Error('no such field')
    },
  })
  peer.frames.on((frame) => seen.push(frame))
  await say(2, '1', 'Change', { value: 'hunter2' })
  expect(JSON.stringify(seen)).not.toContain('hunter2')
})

test('an answer that nobody waits for any more shows its payload, but none that names a password', async () => {
  const seen: FrameSeen[] = []
  const { peer, say } = peerAndSocket({ redact: (_action, payload) => payload })
  peer.frames.on((frame) => seen.push(frame))
  await say(3, 'late', { configurationKey: [{ key: 'AuthorizationKey', value: 'hunter2' }] })
  await say(3, 'later', accepted)
  expect(seen.map(({ payload }) => payload)).toEqual(['[not shown]', accepted])
})

test('the time of the last frame sent counts CALLs and answers alike', async () => {
  const { peer, clock, say } = peerAndSocket({ routes: routesOf(route(Ask, () => accepted)) })
  expect(peer.lastSentAt).toBe(0)
  await clock.advance(seconds(5))
  await say(2, '1', 'Ask', question)
  expect(peer.lastSentAt).toBe(5_000)
  await clock.advance(seconds(5))
  await say(9)
  expect(peer.lastSentAt).toBe(5_000)
})

test('a timeout below a second is taken for one, or no answer would ever be in time', async () => {
  const { peer, clock, heard, say } = peerAndSocket({ timeout: () => 0 })
  void peer.call(Ask, question)
  await clock.advance(999)
  expect(peer.isBusy).toBe(true)
  await clock.advance(1)
  expect(peer.isBusy).toBe(false)
  void peer.call(Ask, question)
  await say(3, 'id-1', accepted)
  expect(heard).toHaveLength(2)
  expect(peer.isBusy).toBe(true)
})

test('what a handler sets going leaves after its answer', async () => {
  const { peer, heard, say } = peerAndSocket({
    routes: routesOf(
      route(Ask, () => {
        void peer.call(Ask, question)
        return accepted
      }),
    ),
  })
  await say(2, 'theirs', 'Ask', question)
  expect(heard).toEqual([
    [3, 'theirs', accepted],
    [2, 'id-1', 'Ask', question],
  ])
})
