import { type Clock, type Timer, wallClock } from './clock.ts'
import type { Millis } from './units.ts'

/** A clock that stands still until it is told to advance. Same inputs, same order, every time. */
export interface SimulatedClock extends Clock {
  /** Runs everything that falls due within `by` ms, in order of time and then of starting,
   *  letting promises settle after each moment at which something ran. */
  advance(by: Millis): Promise<void>
  /** Lets promises settle without moving time. */
  settle(): Promise<void>
  /** Milliseconds until the next timer; undefined when none is set. */
  untilNext(): Millis | undefined
}

interface Entry {
  dueMs: number
  order: number
  readonly name: string
  readonly periodMs: number | undefined
  readonly run: () => void
  stopped: boolean
}

export function simulatedClock(start: { epochMs?: number; bootMs?: Millis; boot?: string } = {}): SimulatedClock {
  const startBootMs = start.bootMs ?? 0
  const startEpochMs = start.epochMs ?? Date.UTC(2026, 2, 1, 8, 0, 0)
  let nowMs = startBootMs
  let order = 0
  let moments = 0
  const heap = entryHeap()
  const begin = (name: string, delayMs: number, periodMs: number | undefined, run: () => void): Timer => {
    const entry: Entry = { dueMs: nowMs + Math.max(0, delayMs), order: order++, name, periodMs, run, stopped: false }
    heap.push(entry)
    return {
      stop: () => {
        if (entry.stopped) return
        entry.stopped = true
        heap.stopped()
      },
    }
  }
  const monotonic = () => nowMs
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  // Called from a continuation, a tick comes when no promise is left that could go on: what `settle` waits for where there is no input or
  // output, without a turn of the event loop, which costs more than what a moment of a simulated day does.
  const promisesSettled = () => new Promise<void>((resolve) => process.nextTick(resolve))
  return {
    monotonic,
    ...wallClock(monotonic, () => startEpochMs + (nowMs - startBootMs), start.boot ?? 'simulated-boot'),
    after: (name, delay, run) => begin(name, delay, undefined, run),
    every: (name, period, run) => begin(name, period, Math.max(1, period), run),
    settle,
    untilNext() {
      const next = heap.peek()
      return next === undefined ? undefined : next.dueMs - nowMs
    },
    async advance(by) {
      const until = nowMs + by
      await settle()
      for (let next = heap.peek(); next !== undefined && next.dueMs <= until; next = heap.peek()) {
        nowMs = Math.max(nowMs, next.dueMs)
        while (next !== undefined && next.dueMs <= nowMs) {
          heap.pop()
          if (next.periodMs !== undefined) {
            next.dueMs += next.periodMs
            next.order = order++
            heap.push(next)
          }
          next.run()
          next = heap.peek()
        }
        // At times a whole turn: a day must not keep the process from everything else.
        await (++moments % 64 === 0 ? settle() : promisesSettled())
      }
      await settle()
      nowMs = until
    },
  }
}

/** Fewer stopped entries than these are not worth looking for. */
const fewStopped = 1_024

/** A binary heap by due time, then by order of starting. Stopped entries fall out when they reach the top, and all of them as soon as they
 *  are more than the others: the time-outs of a thousand stations, stopped long before they are due, would fill the memory. */
function entryHeap() {
  let items: Entry[] = []
  /** About so many: those that fell out at the top since count as well. */
  let stoppedCount = 0
  const before = (a: Entry, b: Entry) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
  const swap = (i: number, j: number) => {
    const kept = items[i] as Entry
    items[i] = items[j] as Entry
    items[j] = kept
  }
  const push = (entry: Entry) => {
    items.push(entry)
    let at = items.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(items[at] as Entry, items[parent] as Entry)) break
      swap(at, parent)
      at = parent
    }
  }
  const pop = () => {
    const last = items.pop()
    if (last === undefined || items.length === 0) return
    items[0] = last
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (left < items.length && before(items[left] as Entry, items[least] as Entry)) least = left
      if (right < items.length && before(items[right] as Entry, items[least] as Entry)) least = right
      if (least === at) return
      swap(at, least)
      at = least
    }
  }
  const peek = () => {
    while (items[0]?.stopped) pop()
    return items[0]
  }
  const stopped = () => {
    if (++stoppedCount < fewStopped || stoppedCount * 2 < items.length) return
    const kept = items.filter((each) => !each.stopped)
    items = []
    stoppedCount = 0
    for (const each of kept) push(each)
  }
  return { push, pop, peek, stopped }
}
