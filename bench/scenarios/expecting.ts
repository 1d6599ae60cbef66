import { type Difference, differences, fitsText, shown } from './pattern.ts'
import { frameWords, type Recorded, spanWords } from './record.ts'
import { type Expectation, millisOf } from './scenario.ts'
import type { World } from './world.ts'

/** It did not come about. The message has what was expected and what came, in lines. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
}

/** What is expected of one frame. Names are replaced already. */
export type Wanted = Omit<Expectation, 'remember' | 'expect'> & { readonly expect: string }

const usualWait = '30s'

/** Where the frame departs from what is wanted; nothing: it is the one. */
export function departures(wanted: Wanted, frame: Recorded): readonly Difference[] {
  const found = [...(wanted.with === undefined ? [] : differences(wanted.with, frame.payload, 'with'))]
  const { answer } = frame
  if (wanted.answer !== undefined) {
    if (answer?.kind === 'result') found.push(...differences(wanted.answer, answer.payload, 'answer'))
    else found.push({ path: 'answer', expected: shown(wanted.answer), came: answer === undefined ? 'no answer' : `the error ${shown(answer.payload)}` })
  }
  if (wanted.error !== undefined) {
    const code = answer?.kind === 'error' ? (answer.payload as { readonly code: string }).code : undefined
    if (code === undefined || !fitsText(wanted.error, code))
      found.push({ path: 'error', expected: wanted.error, came: answer === undefined ? 'no answer' : (code ?? `the answer ${shown(answer.payload)}`) })
  }
  return found
}

const isAsked = (wanted: Wanted, frame: Recorded) => frame.kind === 'call' && frame.action === wanted.expect && frame.from === (wanted.from ?? 'station')

/** Frames after `since` that fit, in order. */
function fitting({ record }: World, wanted: Wanted, since: number): readonly Recorded[] {
  return record.all.slice(since).filter((frame) => isAsked(wanted, frame) && departures(wanted, frame).length === 0)
}

/** Waits for a frame after number `since`. @throws Unmet */
export async function awaited(world: World, wanted: Wanted, since: number): Promise<Recorded> {
  const within = wanted.within ?? usualWait
  await world.time.until(() => fitting(world, wanted, since).length > 0, millisOf(within))
  const [frame] = fitting(world, wanted, since)
  if (frame === undefined) throw new Unmet(`${wantedWords(wanted)} within ${within}, and it did not come\n${nearestWords(world, wanted, since)}`)
  return frame
}

/** Waits for all of them, each one's own frame. @throws Unmet for the first that is not there */
export async function allAwaited(world: World, wanted: readonly Wanted[], since: number, within = usualWait): Promise<readonly Recorded[]> {
  const taken = (): readonly (Recorded | undefined)[] => {
    const used = new Set<Recorded>()
    return wanted.map((each) => {
      const frame = fitting(world, each, since).find((one) => !used.has(one))
      if (frame !== undefined) used.add(frame)
      return frame
    })
  }
  await world.time.until(() => taken().every((frame) => frame !== undefined), millisOf(within))
  const frames = taken()
  const missing = wanted[frames.indexOf(undefined)]
  if (missing !== undefined) throw new Unmet(`${wantedWords(missing)} within ${within}, and it did not come\n${nearestWords(world, missing, since)}`)
  return frames.filter((frame) => frame !== undefined)
}

/** Waits the whole time and counts. @throws Unmet for more or fewer; resolves to the frames */
export async function counted(world: World, wanted: Wanted, since: number, count: number): Promise<readonly Recorded[]> {
  const within = wanted.within ?? usualWait
  await world.time.until(() => fitting(world, wanted, since).length > count, millisOf(within))
  const frames = fitting(world, wanted, since)
  if (frames.length === count) return frames
  const listed = frames.map((frame) => `    ${frameWords(frame)}`).join('\n')
  const many = count === 0 ? 'and none was to come' : `and ${count} were to come, no more and no fewer`
  throw new Unmet(
    `${wantedWords(wanted)} within ${within}: ${frames.length} came, ${many}\n${frames.length === 0 ? nearestWords(world, wanted, since) : listed}`,
  )
}

function wantedWords({ expect, from = 'station', with: payload, answer, error }: Wanted): string {
  const words = [
    `expected ${expect} from ${from}`,
    ...(payload === undefined ? [] : [`with ${shown(payload)}`]),
    ...(answer === undefined ? [] : [`answered ${shown(answer)}`]),
    ...(error === undefined ? [] : [`refused with ${error}`]),
  ]
  return words.join(' ')
}

/** The frame that came nearest, and where it departs. */
function nearestWords({ record }: World, wanted: Wanted, since: number): string {
  const of = (frames: readonly Recorded[]) =>
    frames
      .filter((frame) => isAsked(wanted, frame))
      .map((frame) => ({ frame, departing: departures(wanted, frame) }))
      .reduce<{ frame: Recorded; departing: readonly Difference[] } | undefined>(
        (best, one) => (best === undefined || one.departing.length <= best.departing.length ? one : best),
        undefined,
      )
  const near = of(record.all.slice(since))
  if (near !== undefined) {
    const where = near.departing.map(({ path, expected, came }) => `    ${path}: expected ${expected}, came ${came}`)
    return ['  the nearest that came:', `    ${frameWords(near.frame)}`, ...where].join('\n')
  }
  const earlier = of(record.all.slice(0, since))
  if (earlier === undefined) return `  no ${wanted.expect} from ${wanted.from ?? 'station'} came at all`
  return `  the last ${wanted.expect} came before what the steps so far were about, at ${spanWords(earlier.frame.atMs)}`
}
