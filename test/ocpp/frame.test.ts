import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf } from '../../src/ocpp/call-error.ts'
import { cut, encodeCall, encodeError, encodeResult, parseFrame } from '../../src/ocpp/frame.ts'

test('the frames of the OCPP-J document are read', () => {
  expect(parseFrame('[2,"19223201","BootNotification",{"chargePointVendor":"VendorX"}]')).toEqual({
    kind: 'call',
    id: '19223201',
    action: 'BootNotification',
    payload: { chargePointVendor: 'VendorX' },
  })
  expect(parseFrame('[3,"19223201",{"status":"Accepted"}]')).toEqual({ kind: 'result', id: '19223201', payload: { status: 'Accepted' } })
  expect(parseFrame('[4, "162376037", "NotSupported", "SendLocalList.req not implemented", {}]')).toEqual({
    kind: 'error',
    id: '162376037',
    code: 'NotSupported',
    description: 'SendLocalList.req not implemented',
    details: {},
  })
})

test('an empty payload may be null or left out', () => {
  for (const text of ['[2,"1","Heartbeat",null]', '[2,"1","Heartbeat"]']) expect(parseFrame(text)).toMatchObject({ kind: 'call', payload: {} })
  for (const text of ['[3,"1",null]', '[3,"1"]']) expect(parseFrame(text)).toMatchObject({ kind: 'result', payload: {} })
  expect(parseFrame('[4,"1","GenericError"]')).toEqual({ kind: 'error', id: '1', code: 'GenericError', description: '', details: {} })
})

test('a CALL that cannot be read keeps its id, so that its sender can be told', () => {
  expect(parseFrame('[2,"7"]')).toEqual({ kind: 'malformed', reason: 'action is not a text', callId: '7' })
  expect(parseFrame('[2,"7","Reset","Hard"]')).toMatchObject({ kind: 'malformed', callId: '7' })
  expect(parseFrame('[2,"7","Reset",[]]')).toMatchObject({ kind: 'malformed', callId: '7' })
})

test('a message type of the future is no mistake', () => {
  expect(parseFrame('[6,"1","NotifyPeriodicEventStream",{}]')).toEqual({ kind: 'unknown', type: 6 })
  expect(parseFrame('["2","1","Heartbeat",{}]').kind).toBe('malformed')
})

test('ids longer than OCPP allows are taken, absurd ones are not', () => {
  expect(parseFrame(`[2,"${'x'.repeat(255)}","Heartbeat",{}]`).kind).toBe('call')
  expect(parseFrame(`[2,"${'x'.repeat(256)}","Heartbeat",{}]`)).toMatchObject({ kind: 'malformed' })
  expect(parseFrame('[2,12,"Heartbeat",{}]').kind).toBe('malformed')
})

test('nesting without end is refused before anything walks it, brackets in texts do not count', () => {
  expect(parseFrame(`[2,"1","A",${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]`).kind).toBe('malformed')
  expect(parseFrame('['.repeat(250_000)).kind).toBe('malformed')
  expect(parseFrame(JSON.stringify([2, '1', 'A', { a: `"${'[{'.repeat(1_000)}`, b: '\\' }])).kind).toBe('call')
})

test('no text makes the parser throw', () => {
  const kinds = ['call', 'result', 'error', 'malformed', 'unknown']
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => kinds.includes(parseFrame(text).kind)))
  fc.assert(fc.property(fc.json(), (text) => kinds.includes(parseFrame(text).kind)))
  const almost = fc.tuple(fc.constantFrom<unknown>(2, 3, 4, 5, '2', null), fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), fc.jsonValue())
  fc.assert(fc.property(almost, (parts) => kinds.includes(parseFrame(JSON.stringify(parts)).kind)))
})

test('what is written is read back', () => {
  const payload = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  const id = fc.string({ maxLength: 36 })
  fc.assert(
    fc.property(id, fc.string({ minLength: 1 }), payload, (each, action, body) => {
      const written = JSON.parse(JSON.stringify(body))
      expect(parseFrame(encodeCall(each, action, body))).toEqual({ kind: 'call', id: each, action, payload: written })
      expect(parseFrame(encodeResult(each, body))).toEqual({ kind: 'result', id: each, payload: written })
      expect(parseFrame(encodeError(each, 'GenericError', action, body))).toMatchObject({ kind: 'error', id: each, details: written })
    }),
  )
})

test('a long description is cut at 255 characters, never through one', () => {
  expect(cut('ab', 2)).toBe('ab')
  expect(cut('abc', 2)).toBe('ab')
  expect(cut('a\u{1f50c}', 2)).toBe('a')
  expect(JSON.parse(encodeError('1', 'InternalError', 'x'.repeat(300)))[3]).toHaveLength(255)
})

test('error codes are read in both spellings', () => {
  expect(codeOf('OccurenceConstraintViolation')).toBe('occurrenceConstraintViolation')
  expect(codeOf('OccurrenceConstraintViolation')).toBe('occurrenceConstraintViolation')
  expect(codeOf('FormationViolation')).toBe('formatViolation')
  expect(codeOf('FormatViolation')).toBe('formatViolation')
  expect(codeOf('notimplemented')).toBe('notImplemented')
  expect(codeOf('constructor')).toBeUndefined()
})
