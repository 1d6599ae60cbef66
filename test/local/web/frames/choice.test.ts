import { expect, test } from 'vitest'
import { chosen, everything, linesOf } from '../../../../src/local/web/frames/choice.ts'
import { traffic } from '../../../../src/local/web/frames/exchanges.ts'
import { passing } from './passing.ts'

function someTraffic() {
  const { call, result } = passing()
  const seen = traffic()
  for (const frame of [
    ...[call('out', '1', 'Heartbeat'), result('in', '1', { currentTime: '2026' })],
    ...[call('in', '2', 'Reset', { type: 'Soft' }), result('out', '2', { status: 'Rejected' })],
    ...[call('out', '3', 'StatusNotification', { status: 'Charging' }), result('in', '3')],
    call('out', '4', 'Heartbeat'),
  ])
    seen.add(frame)
  return seen.exchanges
}
const idsOf = (choice: Partial<typeof everything>) => chosen(someTraffic(), { ...everything, ...choice }).shown.map(({ first }) => first.id)

test('each filter leaves out what is not like it, and together they narrow', () => {
  expect(idsOf({})).toEqual(['1', '2', '3', '4'])
  expect(idsOf({ action: 'Heartbeat' })).toEqual(['1', '4'])
  expect(idsOf({ direction: 'in' })).toEqual(['2'])
  expect(idsOf({ kind: 'waiting' })).toEqual(['4'])
  expect(idsOf({ kind: 'trouble' })).toEqual(['2'])
  expect(idsOf({ kind: 'answered' })).toEqual(['1', '3'])
  expect(idsOf({ text: 'CHARGING' })).toEqual(['3'])
  expect(idsOf({ text: 'rejected' }), 'in the answer too').toEqual(['2'])
  expect(idsOf({ action: 'Heartbeat', kind: 'waiting' })).toEqual(['4'])
})

test('actions are counted as the other filters leave them, and the one that was picked stays in the list', () => {
  expect(chosen(someTraffic(), everything).counts).toEqual([
    ['Heartbeat', 2],
    ['Reset', 1],
    ['StatusNotification', 1],
  ])
  expect(chosen(someTraffic(), { ...everything, action: 'Heartbeat', direction: 'in' }).counts).toEqual([
    ['Heartbeat', 0],
    ['Reset', 1],
  ])
})

test('the file has a frame in each line, in the order in which they passed', () => {
  const lines = linesOf(someTraffic()).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).number)).toEqual([1, 2, 3, 4, 5, 6, 7])
})
