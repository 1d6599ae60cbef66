import { describe, expect, test } from 'vitest'
import { violationOf } from '../../src/ocpp/message.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import { MeterValues, StartTransaction, StopTransaction } from '../../src/ocpp16/messages/core.ts'
import { SetChargingProfile } from '../../src/ocpp16/messages/smart-charging.ts'
import { actionsOf, demandsOf, officialSchemas, type Schema } from '../ocpp/official-schemas.ts'

const official = officialSchemas('ocpp1_6')

/** The only places where a declaration differs from the official schema, with the reason. */
const differences: Readonly<Record<string, string>> = {
  'chargingSchedule.chargingSchedulePeriod[].limit: multipleOf': 'in binary floating point it refuses a third of the legal values',
  'chargingSchedule.minChargingRate: multipleOf': 'the same',
}

describe('every declaration demands what the official schema demands', () => {
  const noted = new Set<string>()
  for (const [action, { message }] of messages16) {
    test.each([
      ['req', message.request],
      ['conf', message.response],
    ] as const)(`${action}.%s`, (kind, declared) => {
      const schema = official.get(`urn:${action}.${kind}`) as Schema
      expect(schema).toBeDefined()
      const ours = JSON.parse(JSON.stringify(declared)) as Schema
      expect(demandsOf(ours)).toEqual(demandsOf(schema, Object.keys(differences), noted))
    })
  }

  test('the catalogue has every official action and no other', () => {
    expect([...messages16.keys()].toSorted()).toEqual(actionsOf(official).toSorted())
    expect(official.size).toBe(78)
    expect(messages16.size).toBe(39)
    for (const [action, { message }] of messages16) expect(message.action).toBe(action)
  })

  test('every difference that is listed exists', () => {
    expect([...noted].toSorted()).toEqual(Object.keys(differences).toSorted())
  })
})

describe('what the field sends is read', () => {
  test('both spellings of the unit of temperature, in both messages', () => {
    for (const unit of ['Celcius', 'Celsius']) {
      const meterValue = [{ timestamp: '2026-03-01T12:00:00Z', sampledValue: [{ value: '31.5', measurand: 'Temperature', unit }] }]
      expect(violationOf(MeterValues.request, { connectorId: 1, meterValue })).toBeUndefined()
      const stop = { meterStop: 1, timestamp: '2026-03-01T12:00:00Z', transactionId: 1, transactionData: meterValue }
      expect(violationOf(StopTransaction.request, stop)).toBeUndefined()
    }
  })

  test('every limit from 0.0 to 40.0 with one decimal', () => {
    for (let tenths = 0; tenths <= 400; tenths++) {
      const chargingSchedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: Number((tenths / 10).toFixed(1)) }] }
      const csChargingProfiles = {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxDefaultProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule,
      }
      expect(violationOf(SetChargingProfile.request, { connectorId: 1, csChargingProfiles })).toBeUndefined()
    }
  })

  test.each(['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.123Z', '2026-03-01T12:00:00+01:00', '2026-03-01T12:00:00'])('the date %s', (timestamp) => {
    expect(violationOf(StartTransaction.request, { connectorId: 1, idTag: 'A', meterStart: 0, timestamp })).toBeUndefined()
  })
})

describe('a violation names the field and the rule', () => {
  const good = { connectorId: 1, idTag: '04A2B3C4', meterStart: 0, timestamp: '2026-03-01T12:00:00Z' }
  test.each([
    ['a missing field', { connectorId: 1, idTag: 'A', timestamp: good.timestamp }, 'occurrenceConstraintViolation', /meterStart/],
    ['a wrong type', { ...good, connectorId: '1' }, 'typeConstraintViolation', /connectorId/],
    ['a fraction', { ...good, meterStart: 0.5 }, 'typeConstraintViolation', /meterStart/],
    ['a text that is too long', { ...good, idTag: 'x'.repeat(21) }, 'propertyConstraintViolation', /idTag/],
    ['a date that is none', { ...good, timestamp: 'noon' }, 'propertyConstraintViolation', /timestamp/],
    ['an extra field', { ...good, colour: 'red' }, 'formatViolation', /payload: has no field colour/],
    ['no object', [], 'typeConstraintViolation', /payload/],
  ])('%s', (_what, payload, code, words) => {
    const violation = violationOf(StartTransaction.request, payload)
    expect(violation?.code).toBe(code)
    expect(violation?.description).toMatch(words)
  })
})
