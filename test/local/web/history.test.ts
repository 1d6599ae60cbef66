import { expect, test } from 'vitest'
import type { SessionWithTrace, Station } from '../../../src/local/rest/shapes.ts'
import { createHistories } from '../../../src/local/web/state/history.ts'

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString()
const atS = (second: number) => Date.UTC(2026, 2, 1, 12, 0, second) / 1_000

/** A picture of a station as far as a plot needs it. */
function picture(second: number, sessions: readonly (string | null)[], powerW = 7_000): Station {
  const evses = sessions.map((id, index) => ({ evse: index + 1, powerW, offeredA: 16, offeredW: null, session: id === null ? null : { id } }))
  return { now: at(second), evses } as unknown as Station
}

function trace(seconds: readonly number[]): SessionWithTrace {
  return {
    trace: seconds.map((second) => ({ at: at(second), powerW: 3_000, currentA: 13, offeredA: 10, offeredW: null, energyWh: 0 })),
  } as unknown as SessionWithTrace
}

const atOnce = (run: () => void) => run()

test('what the charger kept comes before what the page saw', async () => {
  const loaded = Promise.withResolvers<SessionWithTrace>()
  const histories = createHistories(() => loaded.promise, atOnce)
  histories.take(picture(30, ['a']))
  expect(histories.plots.get().get('a')).toEqual([[atS(30)], [7], [16]])
  loaded.resolve(trace([0, 10, 20]))
  await loaded.promise
  histories.take(picture(31, ['a']))
  expect(histories.plots.get().get('a')).toEqual([[0, 10, 20, 30, 31].map(atS), [3, 3, 3, 7, 7], [10, 10, 10, 16, 16]])
})

test('ten pictures in a second make one point and one new plot', () => {
  const histories = createHistories(() => Promise.reject(new Error('away')), atOnce)
  const shown = new Set<unknown>()
  for (let tenth = 0; tenth < 10; tenth += 1) {
    histories.take(picture(5, ['a'], 7_000 + tenth))
    shown.add(histories.plots.get())
  }
  expect(histories.plots.get().get('a')?.[0]).toEqual([atS(5)])
  expect(shown.size).toBe(1)
})

test('a session that has ended is forgotten, and its late answer too', async () => {
  const loaded = Promise.withResolvers<SessionWithTrace>()
  const histories = createHistories(() => loaded.promise, atOnce)
  histories.take(picture(0, ['a', 'b']))
  histories.take(picture(1, [null, 'b']))
  loaded.resolve(trace([0]))
  await loaded.promise
  expect([...histories.plots.get().keys()]).toEqual(['b'])
})

test('a session is asked for once, also when the charger does not know it', () => {
  const asked: string[] = []
  const histories = createHistories((id) => {
    asked.push(id)
    return Promise.reject(new Error('no such session'))
  }, atOnce)
  for (const second of [0, 1, 2]) histories.take(picture(second, ['a']))
  expect(asked).toEqual(['a'])
  expect(histories.plots.get().get('a')?.[0]).toHaveLength(3)
})

test('a clock that is set back begins the plot anew', () => {
  const histories = createHistories(() => Promise.reject(new Error('away')), atOnce)
  for (const second of [50, 51, 10, 11]) histories.take(picture(second, ['a']))
  expect(histories.plots.get().get('a')?.[0]).toEqual([10, 11].map(atS))
})

test('at a DC outlet the offer is a power, in what the charger kept and in what the page sees', async () => {
  const kept = trace([0])
  const dc = { trace: kept.trace.map((point) => ({ ...point, offeredW: 50_000 })) } as unknown as SessionWithTrace
  const now = picture(1, ['a'])
  const histories = createHistories(() => Promise.resolve(dc), atOnce)
  histories.take({ ...now, evses: now.evses.map((evse) => ({ ...evse, offeredW: 27_600 })) })
  await Promise.resolve()
  expect(histories.plots.get().get('a')).toEqual([[0, 1].map(atS), [3, 7], [50, 27.6]])
})
