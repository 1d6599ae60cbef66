import { expect, test } from 'vitest'
import { attempted, StoreError } from '../../src/store/store-error.ts'

test('a write that the store would not take is told and goes on; a bug does not', () => {
  const told: string[] = []
  const refused = (error: StoreError) => void told.push(error.problem)
  const failing = (error: Error) => () => {
    throw error
  }
  expect(attempted(() => {}, refused)).toBe(true)
  expect(attempted(failing(new StoreError('full', 'no room')), refused)).toBe(false)
  expect(() => attempted(failing(new TypeError('a bug')), refused)).toThrow('a bug')
  expect(told).toEqual(['full'])
})
