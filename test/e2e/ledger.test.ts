import { expect, test } from 'vitest'
import { central } from './central.ts'
import { controlOf, freshDirectory, pilotwire } from './program.ts'

test('pilotwire ledger prints the facts of a station that runs, a line each; without one it says what to give', async () => {
  const state = freshDirectory()
  const csms = await central()
  const station = pilotwire(['run', '--id', 'CP-1', '--csms', csms.url, '--state', state, '--control', '0'])
  const door = await controlOf(station)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  expect(await door.ask('status charging')).toBe('ok charging')
  const { code, out } = await pilotwire(['ledger', '--state', state]).ended
  expect(code).toBe(0)
  const facts = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { sequence: number; fact: { kind: string } })
  expect(facts.map(({ fact }) => fact.kind)).toContain('transactionStarted')
  expect((await pilotwire(['ledger', '--state', state, '--undeliverable']).ended).out).toBe('')
  await station.end()
  const lost = await pilotwire(['ledger']).ended
  expect([lost.code, lost.err]).toEqual([2, expect.stringMatching(/--id ID or --state DIR/)])
  const empty = await pilotwire(['ledger', '--state', freshDirectory()]).ended
  expect([empty.code, empty.err]).toEqual([2, expect.stringMatching(/no ledger in it/)])
})
