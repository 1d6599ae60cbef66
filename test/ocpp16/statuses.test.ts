import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evseStatuses, raisedFaults } from '../../src/core/charge-point.ts'
import { type ChargePointStatus, chargePointErrorCodes, chargePointStatuses } from '../../src/ocpp16/messages/types.ts'
import { complaintOf, mayFollow, pathFromAny, wireStatus } from '../../src/ocpp16/statuses.ts'
import { faults } from '../../src/safety/port.ts'

/** OCPP 1.6 §4.9 as a drawing, with B6 of errata 3.20: the rows are From, the columns To, in this order. */
const order = ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Reserved', 'Unavailable', 'Faulted'] as const
const matrix = `
  . x x x x . x x x
  x . x x x x . . x
  x . . x x x . x x
  x . x . x x . x x
  x . x x . x . x x
  x x . . . . . x x
  x x . . . . . x x
  x x x x x . . . x
  x x x x x x x x .`
const legal = new Set(
  matrix
    .trim()
    .split('\n')
    .flatMap((line, from) =>
      line
        .trim()
        .split(' ')
        .flatMap((cell, to) => (cell === 'x' ? [`${order[from]} ${order[to]}`] : [])),
    ),
)

const anyStatus = fc.constantFrom(...chargePointStatuses)

test('the drawing has as many pairs as the specification', () => {
  expect(legal.size).toBe(53)
})

test('a pair may follow exactly where the drawing says so', () => {
  for (const from of order) for (const to of order) expect(`${from} ${to} ${mayFollow(from, to)}`).toBe(`${from} ${to} ${legal.has(`${from} ${to}`)}`)
})

test('the way from any status to any other keeps to the drawing and is as short as it can be', () => {
  for (const from of order) {
    for (const to of order) {
      const path = pathFromAny([from], to)
      expect(path.at(-1)).toBe(to)
      if (from === to) continue
      expect(path.length).toBe(legal.has(`${from} ${to}`) ? 1 : 2)
      let at: ChargePointStatus = from
      for (const next of path) {
        expect(legal.has(`${at} ${next}`), `${at} to ${next} on the way from ${from} to ${to}`).toBe(true)
        at = next
      }
    }
  }
})

test('any walk reports legal pairs only', () => {
  fc.assert(
    fc.property(fc.array(anyStatus, { minLength: 1, maxLength: 30 }), (walk) => {
      const told: ChargePointStatus[] = []
      for (const next of walk) told.push(...pathFromAny(told.slice(-1), next))
      for (const [at, status] of told.entries()) {
        const before = told[at - 1]
        if (before !== undefined && before !== status && !legal.has(`${before} ${status}`)) return false
      }
      return true
    }),
  )
})

describe('what is wrong', () => {
  const view = { status: 'faulted', faults: [], raised: undefined } as const
  test('nothing is NoError', () => {
    for (const status of evseStatuses) expect(complaintOf({ ...view, status })).toEqual({ errorCode: 'NoError' })
  })
  test.each(faults)("the guard's %s has a code, and EVCommunicationError is not it", (fault) => {
    const { errorCode, vendorErrorCode } = complaintOf({ ...view, faults: [fault] })
    expect(chargePointErrorCodes).toContain(errorCode)
    expect(['NoError', 'EVCommunicationError']).not.toContain(errorCode)
    // OtherError alone would tell nothing.
    expect(errorCode !== 'OtherError' || vendorErrorCode !== undefined).toBe(true)
    expect(vendorErrorCode?.length ?? 0).toBeLessThanOrEqual(50)
  })
  test('each reported fault has its own code, and together they are all codes', () => {
    const codes = raisedFaults.map((raised) => complaintOf({ ...view, status: raised === 'evCommunication' ? 'preparing' : 'faulted', raised }).errorCode)
    expect(codes.toSorted()).toEqual(chargePointErrorCodes.filter((code) => code !== 'NoError').toSorted())
  })
  test('EVCommunicationError goes with Preparing, SuspendedEV, SuspendedEVSE and Finishing only (§7.6)', () => {
    const together = evseStatuses.filter((status) => complaintOf({ ...view, status, raised: 'evCommunication' }).errorCode === 'EVCommunicationError')
    expect(together.map((status) => wireStatus[status]).toSorted()).toEqual(['Finishing', 'Preparing', 'SuspendedEV', 'SuspendedEVSE'])
  })
})
