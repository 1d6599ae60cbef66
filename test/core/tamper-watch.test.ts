import { expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import type { EvseView, Fault } from '../../src/core/charge-point.ts'
import { watchTampering } from '../../src/core/tamper-watch.ts'

const view = (evse: number, ...faults: Fault[]) => ({ evse, faults }) as unknown as EvseView

test('each opening of a tamper contact is noted once, one that was open at the start too', () => {
  const infos: (string | undefined)[] = []
  const changed = signal<EvseView>()
  const off = watchTampering([view(1, 'tamper'), view(2)], changed, { note: (_event, info) => infos.push(info) > 0 })
  expect(infos).toEqual(['outlet 1'])
  for (const each of [view(1, 'tamper', 'board'), view(2, 'board'), view(1), view(2, 'tamper'), view(2, 'tamper'), view(1, 'tamper')]) changed.emit(each)
  expect(infos).toEqual(['outlet 1', 'outlet 2', 'outlet 1'])
  off()
  changed.emit(view(2))
  changed.emit(view(2, 'tamper'))
  expect(infos).toHaveLength(3)
})
