import { expect, test } from 'vitest'
import { frameLines, type StampedFrame } from '../../src/ocpp/frame-lines.ts'

const at = (bootMs: number) => ({ bootMs, boot: 'b', epochMs: Date.UTC(2026, 2, 1, 8) + bootMs, trusted: true })
const call: StampedFrame = { direction: 'out', kind: 'call', action: 'Authorize', id: '1', payload: { idTag: 'A' }, at: at(0) }
const result: StampedFrame = { direction: 'in', kind: 'result', action: 'Authorize', id: '1', payload: { idTagInfo: {} }, at: at(12) }

test('a request and its answer, from a charge point', () => {
  const lines = frameLines('charger')
  expect(lines('CP-1', call)).toEqual([
    '2026-03-01T08:00:00.000Z [OCPP-CALL-SEND] CP-1 Authorize id=1',
    '2026-03-01T08:00:00.000Z [OCPP-PAYLOAD-SEND] CP-1 Authorize id=1 {"idTag":"A"}',
    '2026-03-01T08:00:00.000Z [CHARGER-SEND] CP-1 Authorize id=1 [2,"1","Authorize",{"idTag":"A"}]',
  ])
  expect(lines('CP-1', result)).toEqual([
    '2026-03-01T08:00:00.012Z [OCPP-RAW-RECV] CP-1 Authorize id=1 latency=12ms [3,"1",{"idTagInfo":{}}]',
    '2026-03-01T08:00:00.012Z [OCPP-CALLRESULT-RECV] CP-1 Authorize id=1 latency=12ms',
    '2026-03-01T08:00:00.012Z [OCPP-RESPONSE-RECV] CP-1 Authorize id=1 latency=12ms {"idTagInfo":{}}',
    '2026-03-01T08:00:00.012Z [CHARGER-RECV] CP-1 Authorize id=1 latency=12ms [3,"1",{"idTagInfo":{}}]',
  ])
})

test('the other way round, refusals, and what is no frame', () => {
  const tags = (frame: StampedFrame) => frameLines('charger')('CP-1', frame).map((line) => line.split(' ')[1])
  expect(tags({ ...call, direction: 'in' })).toEqual(['[OCPP-RAW-RECV]', '[OCPP-CALL-RECV]', '[OCPP-PAYLOAD-RECV]', '[CHARGER-RECV]'])
  expect(tags({ ...result, direction: 'out' })).toEqual(['[OCPP-CALLRESULT-SEND]', '[OCPP-RESPONSE-SEND]', '[CHARGER-SEND]'])
  const error: StampedFrame = { ...result, kind: 'error', payload: { code: 'InternalError', description: 'no', details: {} } }
  expect(tags(error)).toEqual(['[OCPP-RAW-RECV]', '[OCPP-CALLERROR-RECV]', '[CHARGER-RECV]'])
  expect(tags({ ...error, direction: 'out' })).toEqual(['[OCPP-CALLERROR-SEND]', '[CHARGER-SEND]'])
  expect(frameLines('charger')('CP-1', error).at(-1)).toMatch(/\[4,"1","InternalError","no",\{\}\]$/)
  const malformed: StampedFrame = { ...result, kind: 'malformed', action: undefined, id: undefined, payload: { reason: 'not JSON' } }
  expect(frameLines('charger')('CP-1', malformed)[1]).toMatch(/\[OCPP-MALFORMED-RECV\] CP-1 - id=- \{"reason":"not JSON"\}$/)
})

test('a central system has one line of each frame, and tells stations with the same ids apart', () => {
  const lines = frameLines('server')
  lines('CP-1', { ...call, direction: 'in' })
  lines('CP-2', { ...call, direction: 'in', at: at(10) })
  expect(lines('CP-2', { ...result, direction: 'out' })).toEqual([
    '2026-03-01T08:00:00.012Z [SERVER-SEND] CP-2 Authorize id=1 latency=2ms [3,"1",{"idTagInfo":{}}]',
  ])
  expect(lines('CP-1', { ...result, direction: 'out' })[0]).toMatch(/latency=12ms/)
  // Answered already: whatever comes again has no request.
  expect(lines('CP-1', { ...result, direction: 'out' })[0]).not.toMatch(/latency/)
})

test('whatever the other end writes, a line stays one line, in its columns, and harmless on a terminal', () => {
  const hostile: StampedFrame = { ...call, direction: 'in', action: 'A\nB [X] \u001b[31m', id: 'i d\u0007', payload: { a: '\u001b[2J\u202e\n\ud800\u{e0001}' } }
  for (const line of frameLines('charger')('CP 1\n', hostile)) {
    expect(line).not.toMatch(/[^\P{C}]/u)
    const [, tag, station, action, id] = line.split(' ')
    expect([tag, station, action, id]).toEqual([tag, 'CP?1?', 'A?B?[X]??[31m', 'id=i?d?'])
  }
  expect(JSON.parse(frameLines('charger')('CP', hostile)[2]?.replace(/^[^{]*/, '') ?? '')).toEqual(hostile.payload)
})

test('requests that are never answered are forgotten', () => {
  const lines = frameLines('charger')
  for (let id = 0; id <= 1_000; id++) lines('CP-1', { ...call, id: String(id) })
  expect(lines('CP-1', { ...result, id: '0' })[0]).not.toMatch(/latency/)
  expect(lines('CP-1', { ...result, id: '1000' })[0]).toMatch(/latency/)
})
