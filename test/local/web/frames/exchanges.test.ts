import { expect, test } from 'vitest'
import { outcomeOf, traffic, wireOf } from '../../../../src/local/web/frames/exchanges.ts'
import { passing } from './passing.ts'

test('a request and its answer are one exchange, whoever asked', () => {
  const { call, result } = passing()
  const seen = traffic()
  // Each side counts its own ids: the same id passes both ways at once.
  for (const frame of [
    call('out', '1', 'Heartbeat'),
    call('in', '1', 'Reset'),
    result('out', '1', { status: 'Accepted' }),
    result('in', '1', { currentTime: 'x' }),
  ])
    seen.add(frame)
  expect(seen.exchanges.map(({ first, answer }) => [first.action, first.direction, answer?.payload])).toEqual([
    ['Heartbeat', 'out', { currentTime: 'x' }],
    ['Reset', 'in', { status: 'Accepted' }],
  ])
})

test('how an exchange went: waiting, answered, accepted, refused, failed, and unanswered once the next request passed', () => {
  const { call, result, error, malformed } = passing()
  const seen = traffic()
  const frames = [
    ...[call('out', '1', 'Heartbeat'), result('in', '1', { currentTime: 'x' })],
    ...[call('out', '2', 'Authorize'), result('in', '2', { idTagInfo: { status: 'Accepted' } })],
    ...[call('in', '3', 'Reset'), result('out', '3', { status: 'Rejected' })],
    ...[call('in', '4', 'Dance'), error('out', '4', 'NotImplemented', 'no such action')],
    malformed('in'),
    call('out', '5', 'MeterValues'),
    call('out', '6', 'MeterValues'),
  ]
  for (const frame of frames) seen.add(frame)
  expect(seen.exchanges.map((each) => Object.values(outcomeOf(each)))).toEqual([
    ['answered', 'OK'],
    ['accepted', 'Accepted'],
    ['refused', 'Rejected'],
    ['failed', 'NotImplemented'],
    ['failed', 'malformed'],
    ['unanswered', 'no answer'],
    ['waiting', 'waiting…'],
  ])
  seen.add(result('in', '5'))
  expect(outcomeOf(seen.exchanges[5] as never).outcome, 'late, but answered').toBe('answered')
})

test('only the newest are kept; an answer whose request is gone stands alone', () => {
  const { call, result } = passing()
  const seen = traffic(3)
  for (const id of ['1', '2', '3', '4']) seen.add(call('out', id, 'Heartbeat'))
  expect(seen.exchanges.map(({ first }) => first.id)).toEqual(['2', '3', '4'])
  seen.add(result('in', '1'))
  expect(seen.exchanges.map(({ first }) => [first.kind, first.id])).toEqual([
    ['call', '3'],
    ['call', '4'],
    ['result', '1'],
  ])
  expect(seen.count).toBe(5)
})

test('the ring that is fetched after a lost connection adds only what was missed', () => {
  const { call } = passing()
  const ring = ['1', '2', '3', '4'].map((id) => call('out', id, 'Heartbeat'))
  const seen = traffic()
  seen.load(ring.slice(0, 2))
  seen.load(ring)
  for (const frame of ring) seen.add(frame)
  expect(seen.exchanges.map(({ first }) => first.id)).toEqual(['1', '2', '3', '4'])
})

test('a station that began anew counts from 1 again, whatever its clock says: its frames come behind the old ones', () => {
  const before = passing()
  const seen = traffic()
  seen.load(['1', '2', '3'].map((id) => before.call('out', id, 'Heartbeat')))
  const anew = passing()
  seen.load([anew.call('out', 'boot', 'BootNotification')])
  seen.add(anew.call('out', 'next', 'Heartbeat'))
  expect(seen.exchanges.map(({ first }) => first.id)).toEqual(['1', '2', '3', 'boot', 'next'])
  const keys = seen.exchanges.map(({ key }) => key)
  expect(keys).toEqual(keys.toSorted((a, b) => a - b))
  expect(new Set(keys).size).toBe(5)
})

test('cleared is empty, and what passes from then on is there', () => {
  const { call, result } = passing()
  const seen = traffic()
  seen.add(call('out', '1', 'Heartbeat'))
  seen.clear()
  expect(seen.exchanges).toEqual([])
  seen.add(result('in', '1'))
  seen.add(call('out', '2', 'Heartbeat'))
  expect(seen.exchanges.map(({ first }) => first.id)).toEqual(['1', '2'])
})

test('a frame is copied as the array that OCPP-J sends', () => {
  const { call, result, error, malformed } = passing()
  expect(wireOf(call('out', '1', 'Heartbeat', { a: 1 }))).toBe('[2,"1","Heartbeat",{"a":1}]')
  expect(wireOf(result('in', '1', { a: 1 }))).toBe('[3,"1",{"a":1}]')
  expect(wireOf(error('in', '1', 'NotSupported', 'never heard of it'))).toBe('[4,"1","NotSupported","never heard of it",{}]')
  expect(wireOf(malformed('in'))).toBeUndefined()
})

test('however large the frames are, what is kept stays below its bound, the newest goes on, and cleared is empty', () => {
  const { call, result } = passing()
  const seen = traffic(2_000, 10_000)
  const large = { data: 'x'.repeat(2_000) }
  for (let id = 1; id <= 20; id++) {
    seen.add(call('out', `${id}`, 'DataTransfer', large))
    seen.add(result('in', `${id}`, large))
  }
  expect(seen.exchanges.map(({ first }) => first.id)).toEqual(['19', '20'])
  expect(seen.exchanges.every(({ answer }) => answer !== undefined)).toBe(true)

  seen.add(call('in', '21', 'DataTransfer', { data: 'x'.repeat(50_000) }))
  expect(seen.exchanges.map(({ first }) => first.id)).toEqual(['21'])
  seen.clear()
  for (const id of ['22', '23', '24']) seen.add(call('in', id, 'DataTransfer', large))
  expect(seen.exchanges).toHaveLength(3)
})
