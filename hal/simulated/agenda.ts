import type { Clock, Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'

interface Item {
  readonly name: string
  readonly at: Millis
  readonly order: number
  readonly run: () => void
}

/** What a simulated device will do next: one item per name, the newest wins. Whatever falls due at a moment has happened
 *  before anything else is done to the device at that moment, so that the order of timers of one moment does not matter. */
export interface Agenda {
  /** The moment being worked on: that of the item that runs, else the present. */
  readonly now: Millis
  set(name: string, at: Millis, run: () => void): void
  drop(name: string): void
  has(name: string): boolean
  clear(): void
  /** Lets everything that is due happen, then `act`, and sets the alarm for what comes next. */
  perform(act: () => void): void
  stop(): void
}

/** @param reached told each moment before something happens at it, so that energy can be summed up until then */
export function agenda(name: string, clock: Clock, reached: (at: Millis) => void, settled: () => void): Agenda {
  const items = new Map<string, Item>()
  let now = clock.monotonic()
  let order = 0
  let depth = 0
  let alarm: { readonly at: Millis; readonly timer: Timer } | undefined

  const first = () => {
    let best: Item | undefined
    for (const each of items.values()) if (best === undefined || each.at < best.at || (each.at === best.at && each.order < best.order)) best = each
    return best
  }
  const catchUp = () => {
    const present = Math.max(now, clock.monotonic())
    for (let next = first(); next !== undefined && next.at <= present; next = first()) {
      items.delete(next.name)
      now = Math.max(now, next.at)
      reached(now)
      next.run()
    }
    now = present
    reached(now)
  }
  const arm = () => {
    const next = first()?.at
    if (next !== undefined && alarm !== undefined && alarm.at <= next) return
    alarm?.timer.stop()
    alarm = undefined
    if (next === undefined) return
    const timer = clock.after(name, Math.max(0, next - clock.monotonic()), () => {
      alarm = undefined
      perform(() => {})
    })
    alarm = { at: next, timer }
  }
  const perform = (act: () => void) => {
    depth++
    if (depth === 1) catchUp()
    act()
    depth--
    if (depth > 0) return
    arm()
    settled()
  }
  return {
    get now() {
      return now
    },
    set(key, at, run) {
      items.set(key, { name: key, at, order: order++, run })
    },
    drop: (key) => {
      items.delete(key)
    },
    has: (key) => items.has(key),
    clear: () => items.clear(),
    perform,
    stop() {
      items.clear()
      alarm?.timer.stop()
      alarm = undefined
    },
  }
}
