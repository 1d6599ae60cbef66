import { describe, expect, test } from 'vitest'
import type { EvseStatus } from '../../src/core/charge-point.ts'
import { type StatusInputs, statusOf } from '../../src/core/status.ts'

type Running = NonNullable<StatusInputs['transaction']>

const free: StatusInputs = { isFaulted: false, isOperative: true, isReserved: false, isWaiting: false, hasCable: false, isDone: false, transaction: undefined }
const running: Running = { stopping: 'no', isClosed: false, isOffered: true, isSettled: true }

describe('without a transaction', () => {
  test.each<readonly [string, Partial<StatusInputs>, EvseStatus]>([
    ['nothing there', {}, 'available'],
    ['a cable, nobody has shown a card', { hasCable: true }, 'preparing'],
    ['a card, no cable', { isWaiting: true }, 'preparing'],
    ['a card and a cable', { isWaiting: true, hasCable: true }, 'preparing'],
    ['a cable whose session is over', { hasCable: true, isDone: true }, 'finishing'],
    ['a session is over and the cable is gone', { isDone: true }, 'available'],
    ['a card at a car whose session is over', { hasCable: true, isDone: true, isWaiting: true }, 'preparing'],
    ['reserved', { isReserved: true }, 'reserved'],
    ['reserved, and a stranger plugs in (reference rule 49)', { isReserved: true, hasCable: true }, 'reserved'],
    ['reserved, and its owner is here', { isReserved: true, isWaiting: true }, 'preparing'],
    ['out of use', { isOperative: false }, 'unavailable'],
    ['out of use with a cable', { isOperative: false, hasCable: true }, 'unavailable'],
    ['out of use while a card waits', { isOperative: false, isWaiting: true }, 'unavailable'],
    ['out of use and reserved', { isOperative: false, isReserved: true }, 'unavailable'],
    ['a fault', { isFaulted: true }, 'faulted'],
    ['a fault while out of use', { isFaulted: true, isOperative: false }, 'faulted'],
    ['a fault with a cable whose session is over', { isFaulted: true, hasCable: true, isDone: true }, 'faulted'],
  ])('%s', (_what, inputs, status) => expect(statusOf({ ...free, ...inputs })).toBe(status))
})

describe('with a transaction', () => {
  test.each<readonly [string, Partial<Running>, EvseStatus]>([
    ['the contacts are closed', { isClosed: true }, 'charging'],
    ['offered, the EV has not had its time to ask', { isSettled: false }, 'preparing'],
    ['offered, the EV does not ask', {}, 'suspendedEv'],
    ['nothing offered', { isOffered: false }, 'suspendedEvse'],
    ['nothing offered, and the EV does not ask either: SuspendedEVSE wins', { isOffered: false, isSettled: true }, 'suspendedEvse'],
    ['nothing offered from the start', { isOffered: false, isSettled: false }, 'suspendedEvse'],
    ['it stops, the contacts are still closed', { stopping: 'measuring', isClosed: true }, 'charging'],
    ['it stops, its register is being read', { stopping: 'measuring' }, 'charging'],
    ['its register is read', { stopping: 'measured' }, 'finishing'],
    ['its register is read, and the offer is gone', { stopping: 'measured', isOffered: false }, 'finishing'],
  ])('%s', (_what, inputs, status) => expect(statusOf({ ...free, hasCable: true, transaction: { ...running, ...inputs } })).toBe(status))

  test('no availability and no reservation changes it, a fault does', () => {
    const charging = { ...free, hasCable: true, transaction: { ...running, isClosed: true } }
    expect(statusOf({ ...charging, isOperative: false, isReserved: true })).toBe('charging')
    expect(statusOf({ ...charging, isFaulted: true })).toBe('faulted')
  })
})
