import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failureOf, played } from './played.ts'

test('the scenario that must fail does, and says what was expected, what came nearest, where it departs, and how things stand', async () => {
  const path = join(import.meta.dirname, 'must-fail.yaml')
  const { outcome, words } = await played(path)
  expect(outcome).toBe('failed')
  const lines = words.split('\n')
  expect(lines[0]).toBe(
    `${path}:7: step 4 (expect): expected StartTransaction from station with {"connectorId":1,"idTag":"TAG2"} within 10s, and it did not come`,
  )
  expect(lines[2]).toMatch(/station -> csms {2}StartTransaction \{"connectorId":1,"idTag":"TAG1"/)
  expect(lines[3]?.trim()).toBe('with.idTag: expected "TAG2", came "TAG1"')
  expect(words).toMatch(/the last frames:\n.*\n[\s\S]*StatusNotification \(answer\) \{\}/)
  expect(words).toMatch(/the station: connected; connector 1 charging, transaction of TAG1; reports that wait 0/)
})

describe('each step says what it missed', () => {
  test.each([
    ['a status', '  - {await: Charging, within: 2s}\n', /expected connector 1 to be Charging within 2s, and it is available/],
    ['a connection', '  - network: down\n  - {await: Online, within: 2s}\n', /expected the station to be Online/],
    ['a reply', '  - await: Online\n  - run: unplug\n', /expected the reply ok to "unplug", and the station said: error nothing is plugged in/],
    ['another reply', '  - await: Online\n  - {run: unplug, reply: /missing/}\n', /expected the reply \/missing\//],
    ['a frame of which there was none', '  - {expect: StartTransaction, within: 1s}\n', /no StartTransaction from station came at all/],
    [
      'a frame that came before',
      '  - await: Online\n  - {csms: ClearCache, with: {}}\n  - {expect: BootNotification, within: 1s}\n',
      /the last BootNotification came before/,
    ],
    ['a frame too many', '  - {expect: BootNotification, never: true, within: 1s}\n', /1 came, and none was to come\n.*BootNotification/],
    ['a wrong number', '  - {expect: StatusNotification, count: 3, within: 1s}\n', /2 came, and 3 were to come, no more and no fewer/],
    ['an answer', '  - {expect: BootNotification, answer: {status: Pending}, within: 1s}\n', /answer\.status: expected "Pending", came "Accepted"/],
    ['a refusal', '  - {expect: BootNotification, error: NotImplemented, within: 1s}\n', /error: expected NotImplemented, came the answer/],
    ['one of several', '  - inAnyOrder: [{expect: BootNotification}, {expect: Authorize}]\n    within: 1s\n', /expected Authorize from station within 1s/],
    [
      'the answer of the station',
      '  - await: Online\n  - {csms: Reset, with: {type: Soft}, answer: {status: Rejected}, within: 1s}\n',
      /answer\.status: expected "Rejected", came "Accepted"/,
    ],
    ['a payload that is none', '  - await: Online\n  - {csms: Reset, with: {type: Warm}}\n', /no Reset of OCPP 1\.6: type/],
    [
      'a station that is not there',
      '  - network: down\n  - await: Offline\n  - {csms: ClearCache, with: {}}\n',
      /ClearCache cannot be sent: the station is not connected/,
    ],
    ['a value to remember', '  - {expect: BootNotification, remember: {x: with.iccid}}\n', /BootNotification has no with\.iccid to be remembered as \$x/],
    ['a key', '  - set: {MeterValueSampleInterval: "often"}\n', /key MeterValueSampleInterval could not be set to "often": refused/],
  ])('%s', async (_what, steps, words) => {
    expect(await failureOf(steps)).toMatch(words)
  })

  test('the end', async () => {
    const ending = (text: string) => `  - await: Online\nfinally: {within: 2s, ${text}}\n`
    expect(await failureOf(ending('status: {"1": Charging}'))).toMatch(/at the end: expected connector 1 to be Charging at the end, and it is available/)
    expect(await failureOf(ending('transactions: [{isEnded: true}]'))).toMatch(/expected 1 transactions, and 0 were told/)
    const offline = '  - await: Online\n  - plug: 1\n  - tag: TAG1\n  - await: Charging\n  - network: down\n  - tag: TAG1\nfinally: {within: 2s}\n'
    expect(await failureOf(offline)).toMatch(/expected 0 reports that the central system was not told, and there are 1 that wait/)
    const bill = '  - await: Online\n  - plug: 1\n  - tag: TAG1\n  - await: Charging\nfinally: {within: 2s, transactions: [{idTag: TAG1, isEnded: true}]}\n'
    expect(await failureOf(bill)).toMatch(
      /transaction 1 is not as expected: isEnded: expected true, came false; the central system was told of:\n.*"idTag":"TAG1"/,
    )
  })
})
