import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { availability, type StoredAvailability } from '../../src/core/availability.ts'
import { openStore } from '../../src/store/open.ts'

function desk() {
  const documents = openStore({ directory: undefined, log: silentLog }).documents<StoredAvailability>('availability')
  return { documents, ...availability(documents) }
}

test('everything may be used until somebody says otherwise', () => {
  const d = desk()
  expect([d.isOperative(0), d.isOperative(1), d.freed(1)]).toEqual([true, true, false])
})

test('a busy outlet changes when it is free, and only what was scheduled', () => {
  const d = desk()
  expect(d.set(1, false, true)).toBe('scheduled')
  expect(d.isOperative(1)).toBe(true)
  expect(d.freed(1)).toBe(true)
  expect(d.isOperative(1)).toBe(false)
  expect(d.freed(1)).toBe(false)
})

test('asking for the present state takes a schedule back', () => {
  const d = desk()
  d.set(1, false, true)
  expect(d.set(1, true, true)).toBe('accepted')
  d.freed(1)
  expect(d.isOperative(1)).toBe(true)
})

test('a schedule and a state survive a restart', () => {
  const d = desk()
  d.set(1, false, true)
  d.set(2, false, false)
  const again = availability(d.documents)
  expect([again.isOperative(1), again.isOperative(2)]).toEqual([true, false])
  again.freed(1)
  expect(again.isOperative(1)).toBe(false)
})

test('the station follows the last of its outlets, or the one whose schedule is taken back', () => {
  const d = desk()
  for (const evse of [1, 2, 0]) d.set(evse, false, true)
  d.freed(1)
  expect(d.isOperative(0)).toBe(true)
  d.freed(2)
  expect(d.isOperative(0)).toBe(false)
  const e = desk()
  for (const evse of [1, 0]) e.set(evse, false, true)
  e.set(1, true, true)
  expect([e.isOperative(0), e.isOperative(1)]).toEqual([false, true])
})

test('while it is held no outlet may be used, whatever was set; the station stays what it is, and a restart lets go', () => {
  const d = desk()
  d.set(2, false, false)
  expect([d.hold(true), d.hold(true)]).toEqual([true, false])
  expect([d.isOperative(0), d.isOperative(1), d.isOperative(2)]).toEqual([true, false, false])
  d.set(2, true, false)
  expect(d.isOperative(2)).toBe(false)
  expect(availability(d.documents).isOperative(1)).toBe(true)
  d.hold(false)
  expect([d.isOperative(1), d.isOperative(2)]).toEqual([true, true])
})
