import { expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'

test('listeners hear each value at once, in the order they came, until they leave', () => {
  const heard: string[] = []
  const changed = signal<number>()
  const leave = changed.on((value) => heard.push(`a${value}`))
  changed.on((value) => heard.push(`b${value}`))
  changed.emit(1)
  leave()
  leave()
  changed.emit(2)
  expect(heard).toEqual(['a1', 'b1', 'b2'])
})

test('a function that listens twice leaves once for each', () => {
  const heard: number[] = []
  const changed = signal<number>()
  const listener = (value: number) => void heard.push(value)
  const leave = changed.on(listener)
  changed.on(listener)
  changed.emit(1)
  leave()
  leave()
  changed.emit(2)
  expect(heard).toEqual([1, 1, 2])
})

test('a listener that comes or goes during an emission changes only the next one', () => {
  const heard: string[] = []
  const changed = signal<void>()
  const leave = changed.on(() => {
    heard.push('a')
    leave()
    changed.on(() => heard.push('c'))
  })
  changed.on(() => heard.push('b'))
  changed.emit()
  expect(heard).toEqual(['a', 'b'])
  changed.emit()
  expect(heard).toEqual(['a', 'b', 'b', 'c'])
})
