import { expect, test } from 'vitest'
import { memoryWatch } from '../../src/core/memory-watch.ts'
import { StoreError } from '../../src/store/store-error.ts'

function watched(freeBytes: () => number | undefined) {
  const infos: (string | undefined)[] = []
  let takes = true
  const security = {
    note(_event: string, info?: string) {
      if (takes) infos.push(info)
      return takes
    },
  }
  return {
    watch: memoryWatch(freeBytes, security),
    infos,
    takes: (so: boolean) => {
      takes = so
    },
  }
}

test('a disk that runs short is said once, and again after there was room', () => {
  let free = 50_000_000
  const w = watched(() => free)
  for (free of [50_000_000, 9_999_999, 5_000_000, 15_000_000, 9_000_000]) w.watch.check()
  expect(w.infos).toEqual(['9999 kB left'])
  for (free of [25_000_000, 1_000]) w.watch.check()
  expect(w.infos).toEqual(['9999 kB left', '1 kB left'])
})

test('a write that found no room is said as soon as there is some for the event', () => {
  const w = watched(() => undefined)
  w.watch.check()
  w.takes(false)
  w.watch.refused(new StoreError('full', 'no room'))
  w.watch.check()
  w.watch.check()
  expect(w.infos).toEqual([])
  w.takes(true)
  w.watch.check()
  w.watch.check()
  expect(w.infos).toEqual(['the state directory took no more'])
})

test('other failures of the disk are not about room', () => {
  const w = watched(() => undefined)
  w.watch.refused(new StoreError('medium', 'broken'))
  w.watch.check()
  expect(w.infos).toEqual([])
})
