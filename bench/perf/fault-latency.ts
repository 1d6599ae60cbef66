import { chance } from '../../src/base/chance.ts'
import { seconds } from '../../src/base/units.ts'
import { fuseGpioMissing } from '../../test/fuse/gpio.ts'
import { type FaultBoard, faultBoard, outlets } from './fault-board.ts'
import { type Figure, percentile, shown } from './figures.ts'
import { flood } from './flood.ts'
import { pause, type Workbench } from './programs.ts'

const callsPerSecond = 1_000
const rounds = 13
const pressesPerRound = 80
/** Safety rule 9, with a little more than the contacts take. */
const offAtLeast = 5.1
/** A sign of the core (a card was accepted) is shown on the lamps for 2 s. */
const signLasts = 2.2

const cases = ['idle', 'busy'] as const
type Case = (typeof cases)[number]

/** Milliseconds from an edge to the change of an output, both as the file system saw them. */
interface Samples {
  /** Protective earth lost at an outlet that charges, to its contactor output OFF. */
  readonly contactor: number[]
  /** From there to the red lamp of the same outlet ON: the end of the same tick. */
  readonly lampAfter: number[]
  /** Emergency stop pressed, to the red lamp of the last outlet ON. */
  readonly lamp: number[]
  /** An edge that nothing but `onoff` copies. */
  readonly bare: number[]
}

/** From a fault's edge to the change of an output, on sysfs GPIO served by FUSE, while the central system leaves the core alone and while
 *  it asks 1,000 things a second. A contactor may close again only after 5 s, so that it gives few samples: the many are of the red lamp,
 *  which the same tick drives after every contactor. */
export function faultLatency(bench: Workbench): Promise<readonly Figure[]> {
  return measured(bench, false)
}

/** The same while the guard runs before every ordinary program, as a service may be told to. */
export function faultLatencyAhead(bench: Workbench): Promise<readonly Figure[]> {
  return measured(bench, true)
}

const unmeasured = (why: string): readonly Figure[] => [{ what: `Fault edge to output change: not measured, ${why}`, measured: '-' }]

async function measured(bench: Workbench, isAhead: boolean): Promise<readonly Figure[]> {
  const missing = fuseGpioMissing()
  if (missing !== undefined) return unmeasured(missing)
  const { clock } = bench
  const board = await faultBoard(bench)
  if (isAhead && !board.hurry()) {
    await board.close()
    return unmeasured('this user may not run a program ahead of others')
  }
  const before = board.guard.usage()
  const from = clock.monotonic()
  const samples = { idle: none(), busy: none() }
  const asked = { calls: 0, answered: 0, lasted: 0 }
  let unmade: readonly string[] = []
  let waited = 0
  try {
    // Round 0 warms up. Idle and busy take turns, so that what else the machine does hits both alike.
    for (let round = 0; round <= rounds; round++) {
      for (const name of cases) {
        bench.say(`fault edge to output change, core ${name}, ${round} of ${rounds}`)
        const load = name === 'busy' ? flood(bench, board.line, callsPerSecond) : undefined
        await oneRound(bench, board, round === 0 ? none() : samples[name])
        const told = await load?.end()
        if (told === undefined || round === 0) continue
        asked.calls += told.asked
        asked.answered += told.answered
        asked.lasted += told.seconds
      }
    }
    waited = (board.guard.usage().waitedMs - before.waitedMs) / (clock.monotonic() - from)
    unmade = board.faults().filter((fault) => fault !== 'emergencyStop' && fault !== 'protectiveEarth')
  } finally {
    await board.close()
  }
  return [...cases.flatMap((name) => figuresOf(name, samples[name])), loadOf(asked), waitedOf(waited, isAhead), unmadeOf(unmade)]
}

const none = (): Samples => ({ contactor: [], lampAfter: [], lamp: [], bare: [] })

/** Every outlet charges, loses its protective earth in turn, and the button is pressed until the contactors may close again. */
async function oneRound(bench: Workbench, board: FaultBoard, samples: Samples): Promise<void> {
  const { clock } = bench
  await charge(bench, board)
  await loseEarth(bench, board, samples)
  const openSince = clock.monotonic()
  for (const outlet of outlets) for (const each of ['ready', 'plugged', 'earth'] as const) board.gpio.drive(board.lineOf(outlet, each), 0)
  await pause(clock, 0.2)
  for (let n = 0; n < pressesPerRound; n++) await press(bench, board, samples)
  await pause(clock, Math.max(0, offAtLeast - (clock.monotonic() - openSince) / 1_000))
}

/** A car comes to each outlet, and is started from afar. */
async function charge(bench: Workbench, board: FaultBoard): Promise<void> {
  const { clock } = bench
  const startedAt = clock.monotonic()
  for (const outlet of outlets) {
    board.gpio.drive(board.lineOf(outlet, 'plugged'), 1)
    board.gpio.drive(board.lineOf(outlet, 'ready'), 1)
    board.line.send(JSON.stringify([2, `start ${outlet}`, 'RemoteStartTransaction', { connectorId: outlet, idTag: 'BENCH' }]))
  }
  for (const outlet of outlets) await levels(bench, board, board.lineOf(outlet, 'contactor'), 1)
  await pause(clock, Math.max(0.7, signLasts - (clock.monotonic() - startedAt) / 1_000))
}

async function loseEarth(bench: Workbench, board: FaultBoard, { contactor, lampAfter }: Samples): Promise<void> {
  for (const outlet of outlets) {
    const [earth, coil, red] = [board.lineOf(outlet, 'earth'), board.lineOf(outlet, 'contactor'), board.lineOf(outlet, 'red')]
    const opened = await follows(bench, board, earth, coil, 0)
    await levels(bench, board, red, 1)
    const lit = sinceEdge(board, earth, red, 1)
    if (opened !== undefined) contactor.push(opened)
    if (opened !== undefined && lit !== undefined) lampAfter.push(lit - opened)
    await pause(bench.clock, 0.06 + chance() * 0.02)
  }
}

/** The button, and then the edge that only `onoff` sees. */
async function press(bench: Workbench, board: FaultBoard, { lamp, bare }: Samples): Promise<void> {
  const { gpio, stopButton } = board
  const lastRed = board.lineOf(outlets.length, 'red')
  await levels(bench, board, lastRed, 0)
  const lit = await follows(bench, board, stopButton, lastRed, 1)
  if (lit !== undefined) lamp.push(lit)
  // The tick has a grid of 20 ms: presses come anywhere on it.
  await pause(bench.clock, 0.012 + chance() * 0.02)
  gpio.drive(stopButton, 0)
  await levels(bench, board, lastRed, 0)
  await pause(bench.clock, 0.002 + chance() * 0.02)
  const copied = await follows(bench, board, board.bare.input, board.bare.output, 1)
  if (copied !== undefined) bare.push(copied)
  gpio.drive(board.bare.input, 0)
  await levels(bench, board, board.bare.output, 0)
  await pause(bench.clock, 0.002)
}

/** Drives a line to 1 and waits until the output is at `level`. Undefined: it had been there already, for a fault that nobody made. */
async function follows(bench: Workbench, board: FaultBoard, input: number, output: number, level: 0 | 1): Promise<number | undefined> {
  board.gpio.forget(input)
  board.gpio.forget(output)
  board.gpio.drive(input, 1)
  await levels(bench, board, output, level)
  return sinceEdge(board, input, output, level)
}

/** Milliseconds from the last edge of a line to the change of another one. */
function sinceEdge({ gpio }: FaultBoard, input: number, output: number, level: 0 | 1): number | undefined {
  const edge = gpio.history(input).findLast((change) => change.level === 1)
  const change = edge && gpio.history(output).find((each) => each.at >= edge.at && each.level === level)
  return edge && change && change.at - edge.at
}

/** Waits until a line is at a level. The waiting is not in any figure: the file system notes the moments by itself. */
async function levels({ clock }: Workbench, { gpio }: FaultBoard, line: number, level: 0 | 1): Promise<void> {
  const until = clock.monotonic() + seconds(12)
  while (gpio.level(line) !== level) {
    if (clock.monotonic() > until) throw new Error(`line ${line} does not come to ${level}`)
    await new Promise<void>((resolve) => clock.after('level', 2, resolve))
  }
}

const told = { idle: 'core idle', busy: `core under ${callsPerSecond} CALL/s` } as const satisfies Record<Case, string>

const together = (values: readonly number[]) => `${values.map((each) => shown(each, '').trim()).join(' / ')} ms`
const three = (samples: readonly number[]) => together([0.5, 0.99, 0.999].map((share) => percentile(samples, share)))

function figuresOf(name: Case, { contactor, lampAfter, lamp, bare }: Samples): readonly Figure[] {
  return [
    {
      what: `Emergency stop to the tick's last output (red lamp), ${told[name]}, ${lamp.length} presses, p50 / p99 / p99.9`,
      measured: three(lamp),
      beside: three(bare),
      target: 'p99.9 10 ms',
      isMet: percentile(lamp, 0.999) <= 10,
    },
    { what: '  the longest of them', measured: shown(Math.max(...lamp), 'ms'), beside: shown(Math.max(...bare), 'ms') },
    {
      what: `Protective earth lost to contactor output OFF, ${told[name]}, ${contactor.length} openings, p50 / p99 / longest`,
      measured: together([percentile(contactor, 0.5), percentile(contactor, 0.99), Math.max(...contactor)]),
    },
    {
      what: "  from there to the outlet's red lamp in the same tick, shortest / p50 / longest",
      measured: together([Math.min(...lampAfter), percentile(lampAfter, 0.5), Math.max(...lampAfter)]),
    },
  ]
}

function loadOf({ calls, answered: results, lasted }: { readonly calls: number; readonly answered: number; readonly lasted: number }): Figure {
  return {
    what: `  CALLs of the central system meanwhile, asked each second (CALLRESULTs: ${results} of ${calls})`,
    measured: `${Math.round(calls / lasted)}/s`,
  }
}

/** A guard that is kept from running for long enough takes it for a fault, as it must. */
function unmadeOf(faults: readonly string[]): Figure {
  return {
    what: '  faults that nobody made: the guard was kept waiting',
    measured: faults.length === 0 ? 'none' : `${faults.length} (${[...new Set(faults)].join(', ')})`,
  }
}

/** What is left to a guard on a computer that others use as well. */
function waitedOf(share: number, isAhead: boolean): Figure {
  return { what: `  the guard${isAhead ? ' (SCHED_FIFO)' : ''} could have run and had no core, share of the time`, measured: shown(share * 100, '%') }
}
