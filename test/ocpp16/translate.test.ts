import { describe, expect, test } from 'vitest'
import type { Moment } from '../../src/base/moment.ts'
import { type Fact, type MeterSampled, type SampledValue, stopReasons, type TransactionEnded } from '../../src/core/facts.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import { MeterValues, StartTransaction, StopTransaction } from '../../src/ocpp16/messages/core.ts'
import { authorizationStatuses } from '../../src/ocpp16/messages/types.ts'
import { meterValuesRequest, startRequest, stopRequest, tokenInfoOf, wireValue } from '../../src/ocpp16/translate.ts'
import type { Entry } from '../../src/store/store.ts'

const at = (second: number): Moment => ({ bootMs: second * 1_000, boot: 'boot', epochMs: Date.UTC(2026, 2, 1, 12, 0, second), trusted: true })
const entry = <F extends Fact>(fact: F, second = 0): Entry<Fact> & { readonly fact: F } => ({ sequence: second + 1, at: at(second), subject: 'T', fact })
const wh = (value: number): SampledValue => ({ measurand: 'Energy.Active.Import.Register', unit: 'Wh', value })
const sampled = (context: MeterSampled['context'], endValues: readonly SampledValue[], second = 0) =>
  entry<MeterSampled>({ kind: 'meterSampled', evse: 1, transaction: 'T', context, values: [], endValues }, second)
const ended: TransactionEnded = { kind: 'transactionEnded', transaction: 'T', evse: 1, reason: 'local', meterWh: 99.9 }

test('a start is told in whole Wh with its own time, and a reservation only if there was one', () => {
  const fact = { kind: 'transactionStarted', transaction: 'T', evse: 2, token: 'TAG', source: 'local', meterWh: 1_234.99 } as const
  expect(startRequest(entry(fact), fact)).toEqual({ connectorId: 2, idTag: 'TAG', meterStart: 1_234, timestamp: '2026-03-01T12:00:00.000Z' })
  expect(startRequest(entry(fact), { ...fact, reservation: 5 })).toMatchObject({ reservationId: 5 })
  expect(violationOf(StartTransaction.request, startRequest(entry(fact), fact))).toBeUndefined()
})

describe('a stop', () => {
  test.each(stopReasons)('with the reason %s fits its declaration', (reason) => {
    const request = stopRequest(entry({ ...ended, reason }), { ...ended, reason }, 7, [])
    expect(violationOf(StopTransaction.request, request)).toBeUndefined()
    expect(request.reason?.toLowerCase()).toBe(reason.toLowerCase())
  })
  test('names the card only when one stopped it, and leaves out what is empty', () => {
    expect(stopRequest(entry(ended), ended, -1, [])).toEqual({ transactionId: -1, meterStop: 99, timestamp: '2026-03-01T12:00:00.000Z', reason: 'Local' })
    expect(stopRequest(entry(ended), { ...ended, token: 'TAG' }, 7, [])).toMatchObject({ idTag: 'TAG' })
  })
  test('carries what waited for the end of the transaction', () => {
    const history = [sampled('begin', [wh(1)], 0), sampled('periodic', [], 10), sampled('clock', [wh(2)], 20), sampled('end', [wh(3)], 30)]
    const data = stopRequest(entry(ended), ended, 7, history).transactionData
    expect(data?.map(({ timestamp, sampledValue }) => [timestamp.slice(17, 19), sampledValue[0]?.context, sampledValue[0]?.value])).toEqual([
      ['00', 'Transaction.Begin', '1'],
      ['20', 'Sample.Clock', '2'],
      ['30', 'Transaction.End', '3'],
    ])
  })
  test.each([1, 999, 1_000, 1_001, 5_000, 30_000])('with %i samples keeps the first, the last and as many between as fit, evenly', (count) => {
    const history = Array.from({ length: count }, (_, second) =>
      sampled(second === 0 ? 'begin' : second === count - 1 ? 'end' : 'periodic', [wh(second)], second),
    )
    const values = stopRequest(entry(ended), ended, 7, history).transactionData?.map(({ sampledValue }) => Number(sampledValue[0]?.value)) ?? []
    expect([values[0], values.at(-1)]).toEqual([0, count - 1])
    expect(values.length).toBeLessThanOrEqual(1_001)
    expect(values.length).toBeGreaterThanOrEqual(Math.min(count, 500))
    const steps = values.slice(0, -1).map((value, index) => value - (values[index - 1] ?? value - 1))
    expect(new Set(steps.slice(1)).size).toBeLessThanOrEqual(1)
  })
})

describe('a value', () => {
  test.each<readonly [SampledValue, string, string | undefined]>([
    [{ measurand: 'Energy.Active.Import.Register', unit: 'Wh', value: 1_234.99 }, '1234', 'Wh'],
    [{ measurand: 'Voltage', unit: 'V', value: 230.123456 }, '230.123', 'V'],
    [{ measurand: 'Current.Import', unit: 'A', value: 0.1 + 0.2 }, '0.3', 'A'],
    [{ measurand: 'Current.Import', unit: 'A', value: 1e-7 }, '0', 'A'],
    [{ measurand: 'Power.Active.Import', unit: 'W', value: 22_000 }, '22000', 'W'],
    [{ measurand: 'Frequency', unit: 'Hz', value: 50.02 }, '50.02', undefined],
    [{ measurand: 'Power.Factor', unit: 'none', value: 0.99 }, '0.99', undefined],
    [{ measurand: 'SoC', unit: 'Percent', value: 80 }, '80', 'Percent'],
  ])('%j is %s %s', (value, told, unit) => {
    const wire = wireValue(value, 'periodic')
    expect([wire.value, wire.unit]).toEqual([told, unit])
    const request = meterValuesRequest(entry(sampled('periodic', []).fact), { ...sampled('periodic', []).fact, values: [value] }, undefined)
    expect(violationOf(MeterValues.request, request)).toBeUndefined()
    expect(request).not.toHaveProperty('transactionId')
  })
  test("degrees are spelled as each message's official schema wants them", () => {
    const heat: SampledValue = { measurand: 'Temperature', unit: 'Celsius', value: 40, location: 'Body' }
    expect([wireValue(heat, 'periodic').unit, wireValue(heat, 'end', 'StopTransaction').unit]).toEqual(['Celsius', 'Celcius'])
    expect(wireValue(heat, 'periodic').location).toBe('Body')
  })
})

describe('what is said of a card', () => {
  test.each(authorizationStatuses)('%s has a word of our own', (status) => {
    expect(tokenInfoOf({ status }).status).toBe(status === 'ConcurrentTx' ? 'concurrent' : status.toLowerCase())
  })
  test('with its parent and its last day; an empty parent is none, a date that is none is none', () => {
    expect(tokenInfoOf({ status: 'Accepted', parentIdTag: 'FAMILY', expiryDate: '2027-01-01T00:00:00+01:00' })).toEqual({
      status: 'accepted',
      group: 'FAMILY',
      expiresAt: Date.UTC(2026, 11, 31, 23),
    })
    expect(tokenInfoOf({ status: 'Accepted', parentIdTag: '' })).toEqual({ status: 'accepted' })
  })
})
