import { expect, test } from 'vitest'
import { buildCall, buildError, buildFrame, buildResult, parseFrame } from '../../../bench/scripts/frames.ts'

test.each([
  [buildCall('1', 'Heartbeat'), '[2,"1","Heartbeat",{}]', { kind: 'call', id: '1', action: 'Heartbeat', payload: {} }],
  [buildResult('1', { status: 'Accepted' }), '[3,"1",{"status":"Accepted"}]', { kind: 'result', id: '1', payload: { status: 'Accepted' } }],
  [buildError('1', 'NotImplemented'), '[4,"1","NotImplemented","",{}]', { kind: 'error', id: '1', code: 'NotImplemented', description: '', details: {} }],
] as const)('%s is built and read', (built, text, frame) => {
  expect(built).toBe(text)
  expect(parseFrame(text)).toEqual(frame)
  expect(buildFrame(frame)).toBe(text)
})

test('what is no frame is said, not thrown', () => {
  expect(parseFrame('nonsense')).toEqual({ kind: 'malformed', reason: 'not JSON' })
  expect(parseFrame('[5,"1"]')).toEqual({ kind: 'unknown', type: 5 })
})
