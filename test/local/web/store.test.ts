import { expect, test } from 'vitest'
import { createStore } from '../../../src/local/web/state/store.ts'

/** Pictures that are drawn when the test says so. */
function pictures() {
  const waiting: (() => void)[] = []
  const draw = () => {
    for (const run of waiting.splice(0)) run()
  }
  return { soon: (run: () => void) => waiting.push(run), draw, waiting }
}

test('however often a value is set, those who look are told once per picture, and see the newest', () => {
  const { soon, draw, waiting } = pictures()
  const store = createStore(0, soon)
  const seen: number[] = []
  store.subscribe(() => seen.push(store.get()))
  for (let value = 1; value <= 100; value += 1) store.set(value)
  expect(waiting).toHaveLength(1)
  draw()
  expect(seen).toEqual([100])
  store.set(101)
  draw()
  expect(seen).toEqual([100, 101])
})

test('the same value again tells nobody, and nobody looking asks for no picture', () => {
  const { soon, waiting } = pictures()
  const store = createStore('a', soon)
  store.set('b')
  expect(waiting).toHaveLength(0)
  const stop = store.subscribe(() => undefined)
  store.set('b')
  expect(waiting).toHaveLength(0)
  stop()
  store.set('c')
  expect(waiting).toHaveLength(0)
  expect(store.get()).toBe('c')
})

test('who stops looking while the others are told hears nothing more', () => {
  const { soon, draw } = pictures()
  const store = createStore(0, soon)
  const heard: string[] = []
  const stop = store.subscribe(() => heard.push('second'))
  stop()
  store.subscribe(() => heard.push('first'))
  store.set(1)
  draw()
  expect(heard).toEqual(['first'])
})
