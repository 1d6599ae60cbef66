import { type Clock, systemClock } from '../../src/base/clock.ts'
import { ConfigError, wordsOf } from '../../src/base/errors.ts'
import { ended } from './ending.ts'
import { Unmet } from './expecting.ts'
import { verbOf } from './read.ts'
import { frameWords, spanWords } from './record.ts'
import type { Scenario, Step } from './scenario.ts'
import { acts, type Progress } from './steps.ts'
import { openWorld, type Stage, type World } from './world.ts'

/** What became of a scenario. */
export interface Verdict {
  readonly scenario: Pick<Scenario, 'name' | 'path' | 'title' | 'reason'>
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Of one that failed: where, what was expected, what came. Of one that was skipped: why. */
  readonly words: string
  /** Every frame, a line each. */
  readonly frames: readonly string[]
  /** What the central system or the station sent that OCPP 1.6 does not allow; a failure unless leniency was asked for. */
  readonly remarks: readonly string[]
  /** ms of the machine's time, and of the scenario's. */
  readonly tookMs: number
  readonly passedMs: number
}

export interface PlayOptions extends Stage {
  /** Frames that OCPP does not allow are remarks, and no failure. */
  readonly isLenient: boolean
  /** Hears each step as it begins. */
  readonly begins?: (words: string) => void
  /** Hears what another central system is to send now, by the hand of whoever tests it. */
  readonly asks?: (words: string) => void
}

/** Of a failure's last lines. */
const lastFrames = 8
const framesKept = 2_000

/** Plays a scenario from beginning to end. Never rejects, but for a mistake in the file. @throws ConfigError */
export async function play(scenario: Scenario, options: PlayOptions): Promise<Verdict> {
  const about = { name: scenario.name, path: scenario.path, title: scenario.title, reason: scenario.reason }
  const nothing = { scenario: about, frames: [], remarks: [], tookMs: 0, passedMs: 0 }
  const skipped = skipReason(scenario, options)
  if (skipped !== undefined) return { ...nothing, outcome: 'skipped', words: skipped }
  const clock = systemClock()
  const since = clock.monotonic()
  const world = await openWorld(scenario, options)
  const began = world.time.clock.monotonic()
  try {
    const failure = await failureOf(scenario, world, options)
    return {
      scenario: about,
      outcome: failure === undefined ? 'passed' : 'failed',
      words: failure ?? '',
      frames: world.record.all.slice(-framesKept).map((frame) => frameWords(frame, 4_000)),
      remarks: world.record.misfits,
      ...took(clock, since, world, began),
    }
  } finally {
    world.close()
  }
}

/** Why a scenario cannot be played there; undefined: it can. */
export function skipReason({ benchOnly, isGiven, places = [] }: Scenario, { csms, time }: Pick<Stage, 'csms' | 'time'>): string | undefined {
  if (csms !== undefined && benchOnly !== undefined) return benchOnly
  const pretended = time === 'real' ? places.filter((name) => !isGiven.has(name)) : []
  return pretended.length === 0 ? undefined : `in real time it needs places that exist: ${pretended.map((name) => `--set ${name}=URL`).join(' ')}`
}

const took = (clock: Clock, since: number, world: World, began: number) => ({
  tookMs: clock.monotonic() - since,
  passedMs: world.time.clock.monotonic() - began,
})

async function failureOf(scenario: Scenario, world: World, { isLenient, begins = () => {}, asks = () => {} }: PlayOptions): Promise<string | undefined> {
  const progress: Progress = { since: 0 }
  const place = (at: number) =>
    `${scenario.path}${scenario.lines[at] === undefined ? '' : `:${scenario.lines[at]}`}: step ${at + 1} (${verbOf(scenario.steps[at] as Step)})`
  for (const [at, step] of scenario.steps.entries()) {
    const verb = verbOf(step)
    begins(`${spanWords(world.time.clock.monotonic())} step ${at + 1}: ${verb} ${JSON.stringify(step[verb])}`)
    const failure = await unmet(async () => {
      const meant = replaced(step, world)
      if (verb === 'csms' && world.central === undefined) asks(`${scenario.name} ${askWords(meant)}`)
      await acts[verb](meant, world, progress)
    })
    if (failure !== undefined) return `${place(at)}: ${failure}\n${situation(world)}`
  }
  const atEnd = await unmet(() => ended(world, scenario.finally))
  if (atEnd !== undefined) return `${scenario.path}: at the end: ${atEnd}\n${situation(world)}`
  const [misfit] = world.record.misfits
  if (misfit !== undefined && !isLenient)
    return `${scenario.path}: ${world.record.misfits.length} frames are not as OCPP 1.6 declares them (--lenient lets them pass), the first one:\n  ${misfit}`
  return undefined
}

function askWords({ csms, orAwait, with: payload }: Step): string {
  return `waits ${orAwait} for ${csms} from the central system${payload === undefined ? '' : `, for instance with ${JSON.stringify(payload)}`}`
}

/** `remember` names places, not values. */
function replaced(step: Step, { meant }: World): Step {
  const { remember, inAnyOrder, ...rest } = step
  return {
    ...meant(rest),
    ...(remember === undefined ? {} : { remember }),
    ...(inAnyOrder === undefined
      ? {}
      : { inAnyOrder: inAnyOrder.map(({ remember: places, ...each }) => ({ ...meant(each), ...(places === undefined ? {} : { remember: places }) })) }),
  }
}

/** Words of what did not come about; undefined: everything did. */
async function unmet(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) throw error
    return error instanceof Unmet ? error.message : `${wordsOf(error)}`
  }
}

/** The last frames, and the station as it is. */
function situation({ record, lives }: World): string {
  const { station, isRunning } = lives
  const connectors = station.core.evses.map((evse) => {
    const { status, transaction, faults } = station.core.view(evse)
    const card = transaction === undefined ? '' : `, transaction of ${transaction.token}`
    return `connector ${evse} ${status}${card}${faults.length === 0 ? '' : `, faults ${faults.join(', ')}`}`
  })
  const { waiting, undeliverable } = isRunning ? station.door.reports() : { waiting: '?', undeliverable: '?' }
  const frames = record.all.slice(-lastFrames).map((frame) => `    ${frameWords(frame)}`)
  return [
    `  the last frames:${frames.length === 0 ? ' none' : ''}`,
    ...frames,
    `  the station: ${isRunning ? station.link.state : 'not running'}; ${connectors.join('; ')}; reports that wait ${waiting}, that were given up ${undeliverable}`,
  ].join('\n')
}
