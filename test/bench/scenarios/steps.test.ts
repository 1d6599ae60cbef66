import { expect, test } from 'vitest'
import { failureOf, played, scenarioOf } from './played.ts'

const session = '  - await: Online\n  - plug: 1\n  - tag: TAG1\n  - await: Charging\n'

test('a crash and a stop keep the memory, the meter and the car; the start that was told is not told again', async () => {
  for (const how of ['crash', 'stop']) {
    const words = await failureOf(
      `${session}  - wait: 5m\n  - restart: ${how}\n  - {expect: BootNotification, within: 1m}\n  - {expect: StartTransaction, never: true, within: 1m}\n` +
        '  - unplug: 1\nfinally: {status: {"1": Available}, transactions: [{isEnded: true, energyWh: {$min: 100}}]}\n',
    )
    expect([how, words]).toEqual([how, ''])
  }
})

test('a silent network is noticed by the station and by nobody else, and a network comes back by itself', async () => {
  const settings = 'settings: {WebSocketPingInterval: "10"}\n'
  expect(
    await failureOf('  - await: Online\n  - network: silent\n  - {await: Offline, within: 2m}\n  - network: up\n  - {await: Online, within: 5m}\n', settings),
  ).toBe('')
  expect(await failureOf('  - await: Online\n  - {network: down, for: 30s}\n  - network: down\n  - wait: 5m\n  - {await: Online, within: 5m}\n')).toMatch(
    /expected the station to be Online/,
  )
  expect(await failureOf('  - await: Online\n  - {network: down, for: 30s}\n  - await: Offline\n  - {await: Online, within: 5m}\n')).toBe('')
})

test('variables, remembered values and the time are written with a dollar, and keep their type', async () => {
  const path = scenarioOf(
    `  - await: Online\n  - plug: $connector\n  - tag: "$card-1"\n  - {expect: StartTransaction, with: {connectorId: $connector, idTag: "$card-1"}, answer: {transactionId: $any}, remember: {id2: answer.transactionId}}\n` +
      `  - await: Charging\n  - {csms: RemoteStopTransaction, with: {transactionId: $id2}, answer: {status: Accepted}}\n` +
      `  - {expect: StopTransaction, with: {transactionId: $id2, timestamp: {$min: $now-1m, $max: $now+1m}}}\n`,
    'variables: {card: A, connector: 1}\n',
  )
  expect(await played(path)).toMatchObject({ outcome: 'passed' })
  const set = await played(path, {}, new Map([['card', 'B']]))
  expect([set.outcome, set.frames.some((line) => line.includes('"idTag":"B-1"'))]).toEqual(['passed', true])
})

test('what the central system refuses, answers late, or not at all is seen by the station so', async () => {
  const refused = '  - await: Online\n  - behave: {refuses: {Heartbeat: InternalError}}\n  - {expect: Heartbeat, error: /^Internal/, within: 6m}\n'
  expect(await failureOf(refused)).toBe('')
  const late = '  - await: Online\n  - behave: {slow: {Heartbeat: 20s}}\n  - {expect: Heartbeat, answer: {}, within: 310s}\n'
  expect(await failureOf(late)).toMatch(/answer: expected \{\}, came no answer/)
})

test('several frames in any order are each their own', async () => {
  const two =
    '  - inAnyOrder:\n      - {expect: StatusNotification, with: {connectorId: 1}}\n      - {expect: StatusNotification, with: {connectorId: 0}}\n      - {expect: BootNotification}\n'
  expect(await failureOf(two)).toBe('')
  const same = '  - inAnyOrder:\n      - {expect: BootNotification}\n      - {expect: BootNotification}\n    within: 1s\n'
  expect(await failureOf(same)).toMatch(/expected BootNotification/)
})

test('keys that somebody changes at the station work at once', async () => {
  expect(await failureOf(`  - await: Online\n  - set: {HeartbeatInterval: "20"}\n  - {expect: Heartbeat, count: 3, within: 65s}\n`)).toBe('')
})

test('an answer that is sent twice comes twice, and the station goes on', async () => {
  const { outcome, frames } = await played(scenarioOf(session, 'csms: {twice: [Authorize]}\n'))
  expect([outcome, frames.filter((line) => /csms -> station.*idTagInfo/.test(line) && !line.includes('transactionId')).length]).toEqual(['passed', 2])
})

test('a request that is taken in and never answered is known to the central system when it comes again', async () => {
  const words = await failureOf(
    '  - await: Online\n  - behave: {silent: [StartTransaction]}\n  - plug: 1\n  - tag: TAG1\n  - {expect: StartTransaction, remember: {at: with.timestamp}}\n' +
      '  - behave: {silent: []}\n  - {expect: StartTransaction, with: {timestamp: $at}, answer: {transactionId: 1}, within: 5m}\n',
  )
  expect(words).toBe('')
})
