import type { Indicator, Output } from '../../hal/types.ts'
import type { Millis } from '../base/units.ts'
import type { Report, Sign } from './port.ts'
import type { Timing } from './timing.ts'

/** What lamps and buzzer of an outlet say: a state by the first line that fits, a pattern by the state. They change on the tick. */

/** `true`: ON all the time. A list: ON, OFF, ON, OFF, ... (ms), over and over on a lamp, once on the buzzer. */
export type Pattern = boolean | readonly Millis[]
export type Lamp = keyof Indicator
export const lamps = ['red', 'green', 'blue', 'buzzer'] as const satisfies readonly Lamp[]

export const indications = [
  'refused',
  'accepted',
  'fault',
  'unavailable',
  'authorising',
  'charging',
  'ready',
  'paused',
  'finishing',
  'plugged',
  'reserved',
  'available',
] as const
export type Indication = (typeof indications)[number]

/** What an indication goes by. */
export interface Seen {
  readonly report: Pick<Report, 'faults' | 'contactor' | 'isOffering' | 'isPlugged' | 'transaction' | 'isVoid'>
  /** The core wants to charge here. */
  readonly hasOffer: boolean
  readonly sign: Sign
}

/** The first line that fits. */
// biome-ignore format: a table
const lines: readonly (readonly [Indication, (seen: Seen) => boolean])[] = [
  ['refused', ({ sign }) => sign === 'refused'],
  ['accepted', ({ sign }) => sign === 'accepted'],
  ['fault', ({ report }) => report.faults.length > 0],
  ['authorising', ({ sign }) => sign === 'authorising'],
  ['charging', ({ report }) => report.contactor === 'closed'],
  ['ready', ({ report }) => report.isOffering],
  ['paused', ({ hasOffer }) => hasOffer],
  ['finishing', ({ report }) => report.isPlugged && report.transaction !== undefined && !report.isVoid],
  ['unavailable', ({ sign }) => sign === 'unavailable'],
  ['plugged', ({ report }) => report.isPlugged],
  ['reserved', ({ sign }) => sign === 'reserved'],
  ['available', () => true],
]

export function indicationOf(seen: Seen): Indication {
  return (lines.find(([, fits]) => fits(seen)) as (typeof lines)[number])[0]
}

const quick = [140, 140]
const slow = [1_000, 1_000]
const glimpse = [100, 1_900]
/** Patterns by state. Times are multiples of the tick. */
// biome-ignore format: a table
export const patterns: { readonly [State in Indication]: Readonly<Record<Lamp, Pattern>> } = {
  refused:     { red: quick,        green: false,  blue: false,   buzzer: [100, 100, 100, 100, 100] },
  accepted:    { red: false,        green: quick,  blue: false,   buzzer: [200] },
  fault:       { red: true,         green: false,  blue: false,   buzzer: [1_000] },
  unavailable: { red: glimpse,      green: false,  blue: false,   buzzer: false },
  authorising: { red: false,        green: false,  blue: quick,   buzzer: false },
  charging:    { red: false,        green: false,  blue: true,    buzzer: false },
  ready:       { red: false,        green: false,  blue: slow,    buzzer: false },
  paused:      { red: false,        green: false,  blue: glimpse, buzzer: false },
  finishing:   { red: false,        green: true,   blue: true,    buzzer: false },
  plugged:     { red: false,        green: slow,   blue: false,   buzzer: false },
  reserved:    { red: true,         green: true,   blue: false,   buzzer: false },
  available:   { red: false,        green: true,   blue: false,   buzzer: false },
}

/** For how long a sign is shown; the others last until the next one. */
const shownFor: { readonly [Name in Sign]?: Millis } = { refused: 2_000, accepted: 2_000, authorising: 60_000 }

/** Whether a pattern is ON so long after it began. Notes with `timing` when that changes. */
function isOn(pattern: Pattern, since: Millis, repeats: boolean, timing: Timing): boolean {
  if (typeof pattern === 'boolean') return pattern
  const whole = pattern.reduce((sum, each) => sum + each, 0)
  const rounds = repeats ? Math.floor((timing.now - since) / whole) : 0
  let edge = since + rounds * whole
  for (const [at, length] of pattern.entries()) {
    edge += length
    if (!timing.passed(edge, 0)) return at % 2 === 0
  }
  return false
}

export interface Lights {
  /** A sign of the core. */
  show(sign: Sign, now: Millis): void
  /** Drives what has changed. Returns the state that is shown. */
  update(seen: Omit<Seen, 'sign'>, timing: Timing): Indication
  off(): void
}

/** @param failed a lamp that cannot be driven is told of once; nothing else depends on it */
export function lights(indicator: Indicator, failed: (lamp: Lamp, error: unknown) => void): Lights {
  let momentary: { readonly sign: Sign; readonly since: Millis } | undefined
  let lasting: Sign = 'none'
  let shown: { readonly state: Indication; readonly since: Millis } | undefined
  const lit = new Map<Lamp, boolean>()
  const broken = new Set<Lamp>()
  const drive = (lamp: Lamp, output: Output, on: boolean) => {
    if (lit.get(lamp) === on) return
    lit.set(lamp, on)
    try {
      if (on) output.on()
      else output.off()
    } catch (error) {
      if (!broken.has(lamp)) failed(lamp, error)
      broken.add(lamp)
    }
  }
  return {
    show(sign, now) {
      if (shownFor[sign] === undefined) lasting = sign
      else momentary = { sign, since: now }
    },
    update(seen, timing) {
      if (momentary !== undefined && timing.passed(momentary.since, shownFor[momentary.sign] ?? 0)) momentary = undefined
      const state = indicationOf({ ...seen, sign: momentary?.sign ?? lasting })
      if (shown?.state !== state) shown = { state, since: timing.now }
      for (const lamp of lamps) {
        const output = indicator[lamp]
        if (output !== undefined) drive(lamp, output, isOn(patterns[state][lamp], shown.since, lamp !== 'buzzer', timing))
      }
      return state
    },
    off() {
      for (const lamp of lamps) {
        const output = indicator[lamp]
        if (output !== undefined) drive(lamp, output, false)
      }
    },
  }
}
