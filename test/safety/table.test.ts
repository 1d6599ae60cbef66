import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { EvseHardware, Reading, SafetySettings } from '../../hal/types.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import type { Millis } from '../../src/base/units.ts'
import { faultBook } from '../../src/safety/fault-book.ts'
import { type Inputs, readInputs } from '../../src/safety/inputs.ts'
import { type Interlock, interlocks } from '../../src/safety/interlocks.ts'
import { volatileLatch } from '../../src/safety/latch.ts'
import { settingsOf } from '../../src/safety/limits.ts'
import { type Fault, faults } from '../../src/safety/port.ts'
import { initialState, type State } from '../../src/safety/state.ts'
import { timing } from '../../src/safety/timing.ts'
import { serviceBook } from '../../src/safety/wear.ts'

/** Rule 23: each cell of the table as it shows at an outlet that is looked at each 20 ms. */

interface Present {
  readonly now: Millis
  readonly reading: (volts: number, amps?: number) => Reading
}
interface Row {
  readonly fault: Fault
  /** Beside an outlet at which all is well. */
  readonly cause: (present: Present) => { state?: Partial<State>; inputs?: Partial<Inputs>; isStale?: boolean; lag?: Millis }
  readonly after: Millis
  readonly reaction: Interlock['reaction']
  readonly pilot: Interlock['pilot']
  readonly clears: Interlock['clears']
  readonly goneFor?: Millis
  readonly latches?: Fault
  readonly recloses?: true
  /** What the controller may lack for the row to say nothing. */
  readonly needs?: 'hasPilot' | 'seesNegativePeak'
  readonly settings?: Partial<SafetySettings>
}

// biome-ignore format: a table
const rows: readonly Row[] = [
  { fault: 'emergencyStop', after: 0, reaction: 'open', pilot: 'F', clears: 'gone', cause: () => ({ inputs: { isEmergency: true } }) },
  { fault: 'residualCurrent', after: 0, reaction: 'open', pilot: 'F', clears: 'unplug', recloses: true, cause: () => ({ inputs: { isTripped: true } }) },
  { fault: 'residualSelfTest', after: 0, reaction: 'open', pilot: 'X1', clears: 'gone', cause: () => ({ state: { hasFailedSelfTest: true } }) },
  { fault: 'weld', after: 500, reaction: 'open', pilot: 'F', clears: 'service', cause: () => ({ inputs: { mirror: true } }) },
  { fault: 'noClose', after: 0, reaction: 'open', pilot: 'X1', clears: 'gone', cause: () => ({ state: { failedCloses: 3 } }) },
  { fault: 'currentWhileOpen', after: 2_000, reaction: 'open', pilot: 'F', clears: 'gone', goneFor: 2_000, latches: 'weld', cause: ({ reading }) => ({ inputs: { reading: reading(230, 1.1) } }) },
  { fault: 'evNotFollowing', after: 0, reaction: 'stop', pilot: 'X1', clears: 'unplug', needs: 'hasPilot', cause: ({ now }) => ({ state: { isCommanded: true, exceedsSince: now - 7_000 } }) },
  { fault: 'overCurrent', after: 0, reaction: 'open', pilot: 'F', clears: 'unplug', cause: ({ now }) => ({ state: { isCommanded: true, overSince: now - 1_000 } }) },
  { fault: 'overTemperature', after: 0, reaction: 'open', pilot: 'X1', clears: 'gone', cause: () => ({ inputs: { celsius: 75 } }) },
  { fault: 'temperatureSensor', after: 1_000, reaction: 'stop', pilot: 'X1', clears: 'gone', goneFor: 1_000, settings: { onSensorLost: 'stop' }, cause: () => ({ inputs: { celsius: undefined } }) },
  { fault: 'protectiveEarth', after: 0, reaction: 'open', pilot: 'F', clears: 'unplug', cause: () => ({ inputs: { hasLostEarth: true } }) },
  { fault: 'diode', after: 100, reaction: 'open', pilot: 'F', clears: 'unplug', needs: 'seesNegativePeak', cause: () => ({ state: { drive: 'pwm' }, inputs: { pilot: { highV: 9, lowV: -9, at: 0 } } }) },
  { fault: 'pilotShort', after: 100, reaction: 'open', pilot: 'F', clears: 'unplug', needs: 'hasPilot', cause: () => ({ inputs: { pilot: { highV: 0, lowV: 0, at: 0 } } }) },
  { fault: 'pilotStale', after: 0, reaction: 'open', pilot: 'F', clears: 'gone', goneFor: 1_000, cause: () => ({ isStale: true }) },
  { fault: 'ventilation', after: 480, reaction: 'open', pilot: 'F', clears: 'unplug', needs: 'hasPilot', cause: () => ({ state: { pilot: 'D' } }) },
  { fault: 'proximity', after: 500, reaction: 'stop', pilot: 'X1', clears: 'unplug', cause: () => ({ state: { cableAmps: 0 } }) },
  { fault: 'voltage', after: 10_000, reaction: 'stop', pilot: 'X1', clears: 'gone', goneFor: 10_000, cause: ({ reading }) => ({ inputs: { reading: reading(195) } }) },
  { fault: 'voltage', after: 5_000, reaction: 'open', pilot: 'F', clears: 'unplug', settings: { openPen: true }, cause: ({ reading }) => ({ inputs: { reading: reading(206) } }) },
  { fault: 'phaseLoss', after: 2_000, reaction: 'stop', pilot: 'X1', clears: 'gone', goneFor: 10_000, cause: ({ now }) => ({ inputs: { reading: { at: now, importWh: 0, phases: [{ voltageV: 230 }, { voltageV: 0 }] } } }) },
  { fault: 'lock', after: 0, reaction: 'stop', pilot: 'X1', clears: 'gone', cause: () => ({ state: { lockFailures: 2 } }) },
  { fault: 'meterLost', after: 0, reaction: 'stop', pilot: 'X1', clears: 'gone', cause: ({ now }) => ({ inputs: { reading: undefined }, state: { silentSince: now - 5_000 } }) },
  { fault: 'tamper', after: 100, reaction: 'stop', pilot: 'X1', clears: 'service', cause: () => ({ inputs: { isTampered: true } }) },
  { fault: 'loopLag', after: 0, reaction: 'open', pilot: 'F', clears: 'gone', goneFor: 10_000, cause: () => ({ lag: 101, state: { isCommanded: true } }) },
  { fault: 'board', after: 0, reaction: 'open', pilot: 'F', clears: 'service', cause: () => ({ inputs: { hasBoardFailed: true } }) },
]

test('every fault has its row here, in the order of the table', () => {
  expect(rows.map((each) => each.fault)).toEqual(interlocks.map((each) => each.fault))
  expect([...new Set(rows.map((each) => each.fault))].toSorted()).toEqual([...faults].toSorted())
})

/** A plugged EV at a socket outlet, looked at each 20 ms. */
function bench({ settings = {}, needs }: Pick<Row, 'settings' | 'needs'>, options: { lacks?: boolean; market?: 'eu' | 'us' } = {}) {
  const { board } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 32, phases: 3, cable: 'socket' }] }, simulatedClock())
  const [usual] = board.evses as [EvseHardware]
  const controller = { ...usual.controller, ...(options.lacks === true && needs !== undefined ? { [needs]: false } : {}) }
  const hardware = { ...usual, controller }
  const book = faultBook(serviceBook(volatileLatch()).of(1).weld)
  const time = timing()
  let now: Millis = 100_000
  let reclosings = 0
  const present = (): Present => ({
    now,
    reading: (voltageV, currentA = 0) => ({ at: now, importWh: 0, phases: [{ voltageV, currentA }] }),
  })
  const well: Inputs = { ...readInputs(board, hardware), mirror: false, pilot: { highV: 9, lowV: -12, at: 0 }, celsius: 25 }
  const look = (cause: Row['cause'] | undefined, pilot: State['pilot'] = 'B') => {
    now += 20
    time.begin(now)
    const changes = cause?.(present()) ?? {}
    const state: State = {
      ...initialState(0, 32),
      ...{ drive: 'steady', isPlugged: pilot !== 'A', pilot, cableAmps: 32, plugIn: 1, selfTest: 'passed', reclosings },
      ...changes.state,
    }
    const { isStale = false, lag = 0 } = changes
    const inputs: Inputs = { ...well, reading: present().reading(230), ...changes.inputs }
    const market = options.market ?? 'eu'
    const raised = book.review({ hardware, settings: settingsOf(settings), market, sampledAt: now, timing: time, lag, isStale, inputs, state })
    reclosings = state.reclosings
    return raised
  }
  return {
    book,
    look,
    /** How long it takes until `is` holds; Infinity: more than `most`. */
    lasts(is: () => boolean, cause: Row['cause'] | undefined, pilot: State['pilot'] = 'B', most = 12_000): Millis {
      const from = now + 20
      do look(cause, pilot)
      while (!is() && now - from <= most)
      return is() ? now - from : Number.POSITIVE_INFINITY
    },
  }
}

describe.each(rows)('$fault ($reaction, $after ms)', (row) => {
  /** Until it is there, with what the book said of it. */
  const raised = (options?: Parameters<typeof bench>[1]) => {
    const b = bench(row, options)
    for (let looks = 0; looks < 1_000; looks++) {
      const news = b.look(row.cause)
      if (news.length > 0) return { ...b, news }
    }
    throw new Error('never')
  }
  const isThere = (b: { readonly book: { has(fault: Fault): boolean } }) => b.book.has(row.fault)

  test(`is there after ${row.after} ms`, () => {
    const b = bench(row)
    expect(b.lasts(() => isThere(b), row.cause)).toBe(row.after)
  })
  test(`${row.reaction === 'open' ? 'opens at once' : 'is a normal stop'}, and the pilot shows ${row.pilot}`, () => {
    const { book, news } = raised()
    expect(book.mustOpen).toBe(row.reaction === 'open')
    expect(news[0]).toMatchObject({ fault: row.fault, pilot: row.pilot })
  })
  test(`brings along ${row.latches ?? 'nothing'}`, () => {
    const { book, news } = raised()
    const all = row.latches === undefined ? [row.fault] : [row.fault, row.latches]
    expect(news.map((each) => each.fault)).toEqual(all)
    expect([...book.active].toSorted()).toEqual([...all].toSorted())
  })
  test(`clears by ${row.clears}`, () => {
    const goneFor = row.goneFor ?? 0
    const b = raised()
    expect(
      b.lasts(() => !isThere(b), row.cause, 'B', 1_000),
      'not while its cause is there',
    ).toBe(Number.POSITIVE_INFINITY)
    const byItself = b.lasts(() => !isThere(b), undefined)
    expect(byItself).toBe(row.clears === 'gone' ? goneFor : Number.POSITIVE_INFINITY)
    if (row.clears === 'gone') return
    const byUnplug = b.lasts(() => !isThere(b), undefined, 'A', 1_000)
    expect(byUnplug).toBe(row.clears === 'unplug' ? 0 : Number.POSITIVE_INFINITY)
    if (row.clears === 'unplug') return
    b.book.clear()
    b.look(undefined)
    expect(isThere(b)).toBe(false)
  })
  test(`${row.recloses === true ? 'clears' : 'does not clear'} by itself in the US market`, () => {
    if (row.clears === 'gone') return
    const b = raised({ market: 'us' })
    const waited = b.lasts(() => !isThere(b), undefined, 'B', 301_000)
    expect(waited).toBe(row.recloses === true ? 300_000 : Number.POSITIVE_INFINITY)
  })
  test(`says ${row.needs === undefined ? 'the same' : 'nothing'} where ${row.needs ?? 'nothing'} is lacking`, () => {
    const b = bench(row, { lacks: true })
    expect(b.lasts(() => isThere(b), row.cause)).toBe(row.needs === undefined ? row.after : Number.POSITIVE_INFINITY)
  })
})
