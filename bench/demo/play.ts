import { wordsOf } from '../../src/base/errors.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Pace } from './pace.ts'
import type { Day, DayWorld, Step } from './step.ts'

/** What became of a step. */
export interface Played {
  readonly step: Step
  readonly number: number
  /** Undefined: it came about. */
  readonly failure: string | undefined
}

/** Who tells the day. */
export interface Narrator {
  begins(step: Step, number: number): void
  cameAbout(words: string): void
  didNot(words: string): void
}

/** Plays a day from its midnight, step after step, to its end, or until it is over. @param midnightMs epoch ms */
export async function playDay({ steps }: Day, world: DayWorld, pace: Pace, midnightMs: number, narrator: Narrator): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const [at, step] of steps.entries()) {
    await pace.until(() => false, midnightMs + timeOf(step.at))
    if (pace.isOver) return played
    const number = at + 1
    narrator.begins(step, number)
    const failure = await failureOf(step, world, pace)
    if (pace.isOver) return played
    if (failure === undefined) narrator.cameAbout(step.outcome.words(world))
    else narrator.didNot(failure)
    played.push({ step, number, failure })
  }
  await pace.until(() => false, midnightMs + timeOf('24:00'))
  return played
}

/** What a car takes to come to its full power. */
const settles = seconds(20)

async function failureOf({ acts, outcome, withinMin = 5 }: Step, world: DayWorld, pace: Pace): Promise<string | undefined> {
  try {
    for (const act of acts) await act(world)
    if (!(await pace.until(() => outcome.isSo(world), world.now + minutes(withinMin)))) {
      return `it did not come about within ${withinMin} min: ${world.stations.map(({ id, status, watts }) => `${id} ${status} ${Math.round(watts)} W`).join(', ')}`
    }
    // What is told of the power is then no longer on its way up.
    await pace.until(() => false, world.now + settles)
    return outcome.isKept === undefined || (await outcome.isKept(world)) ? undefined : 'the database says otherwise'
  } catch (error) {
    return wordsOf(error)
  }
}

/** ms since midnight of `07:30`. */
export function timeOf(words: string): number {
  const [hours = 0, minute = 0] = words.split(':').map(Number)
  return minutes(hours * 60 + minute)
}
