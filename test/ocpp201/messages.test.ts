import { describe, expect, test } from 'vitest'
import { codeOf } from '../../src/ocpp/call-error.ts'
import { type ResponseOf, violationOf } from '../../src/ocpp/message.ts'
import { StatusNotification } from '../../src/ocpp201/messages/availability.ts'
import { errorSpelling201 } from '../../src/ocpp201/messages/call-errors.ts'
import { messages201 } from '../../src/ocpp201/messages/catalogue.ts'
import { DataTransfer } from '../../src/ocpp201/messages/data-transfer.ts'
import { GetVariables } from '../../src/ocpp201/messages/provisioning.ts'
import { TransactionEvent } from '../../src/ocpp201/messages/transactions.ts'
import { actionsOf, demandsOf, officialSchemas, type Schema } from '../ocpp/official-schemas.ts'

const official = officialSchemas('ocpp2_0_1')

describe('every declaration demands what the official schema demands', () => {
  for (const [action, { message }] of messages201) {
    test.each([
      ['req', message.request],
      ['conf', message.response],
    ] as const)(`${action}.%s`, (kind, declared) => {
      const schema = official.get(`urn:${action}.${kind}`) as Schema
      expect(schema).toBeDefined()
      expect(demandsOf(JSON.parse(JSON.stringify(declared)) as Schema)).toEqual(demandsOf(schema))
    })
  }

  test('the catalogue has every official action and no other', () => {
    expect([...messages201.keys()].toSorted()).toEqual(actionsOf(official).toSorted())
    expect(official.size).toBe(128)
    expect(messages201.size).toBe(64)
    for (const [action, { message }] of messages201) expect(message.action).toBe(action)
  })

  test('a station sends 25 of them, a CSMS 40, DataTransfer both', () => {
    const sentBy = (end: string) => [...messages201.values()].filter(({ sender }) => sender === end || sender === 'both').length
    expect([sentBy('chargePoint'), sentBy('centralSystem')]).toEqual([25, 40])
  })
})

describe('what the field sends is read', () => {
  const evse = { id: 1, connectorId: 1 }
  const event = {
    eventType: 'Started',
    timestamp: '2026-03-01T12:00:00Z',
    triggerReason: 'CablePluggedIn',
    seqNo: 0,
    transactionInfo: { transactionId: '9d1f' },
    evse,
  }

  test('what a vendor adds, at any depth, under the name of the vendor', () => {
    const customData = { vendorId: 'org.example', colour: ['red'], deep: { er: 1 } }
    expect(violationOf(TransactionEvent.request, { ...event, evse: { ...evse, customData }, customData })).toBeUndefined()
    expect(violationOf(TransactionEvent.request, { ...event, customData: { colour: 'red' } })?.description).toMatch(/^customData: .*vendorId/)
    expect(violationOf(TransactionEvent.request, { ...event, evse: { ...evse, colour: 'red' } })?.description).toBe('evse: has no field colour')
  })

  test.each(['text', 1.5, false, null, [1], { a: { b: 'c' } }])('data that is %j', (data) => {
    expect(violationOf(DataTransfer.request, { vendorId: 'org.example', data })).toBeUndefined()
  })

  test.each(['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.123456Z', '2026-03-01T12:00:00+01:00', '2026-03-01T12:00:00'])('the date %s', (timestamp) => {
    expect(violationOf(StatusNotification.request, { timestamp, connectorStatus: 'Occupied', evseId: 1, connectorId: 1 })).toBeUndefined()
  })

  test('an empty list where at least one is demanded breaks the occurrence', () => {
    expect(violationOf(GetVariables.request, { getVariableData: [] })).toEqual({
      code: 'occurrenceConstraintViolation',
      description: expect.stringMatching(/^getVariableData: /),
    })
  })
})

test('the types follow from the declarations', () => {
  const result: ResponseOf<typeof GetVariables>['getVariableResult'][number] = {
    attributeStatus: 'Accepted',
    attributeValue: '600',
    component: { name: 'OCPPCommCtrlr', evse: { id: 1 } },
    variable: { name: 'HeartbeatInterval', customData: { vendorId: 'org.example' } },
  }
  expect(violationOf(GetVariables.response, { getVariableResult: [result] })).toBeUndefined()
})

test('errors are spelled as Part 4 spells them, and read back', () => {
  expect(errorSpelling201.formatViolation).toBe('FormatViolation')
  expect(errorSpelling201.occurrenceConstraintViolation).toBe('OccurrenceConstraintViolation')
  for (const [code, wire] of Object.entries(errorSpelling201)) expect(codeOf(wire)).toBe(code)
})
