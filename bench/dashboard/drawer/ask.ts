import { ProblemError, wordsOf } from '../../../src/local/web/asking.ts'
import { say } from '../../../src/local/web/state/said.ts'
import type { Outcome, Problem } from '../../csms/rest/shapes.ts'

/** Asks a station and says in words what came of it. @returns whether it will do it */
export async function askStation(what: string, work: Promise<Outcome>): Promise<boolean> {
  try {
    const { outcome, status } = await work
    const isDone = outcome === 'accepted'
    const words = status === undefined || status.toLowerCase() === outcome ? outcome : `${outcome} (${status})`
    say(isDone ? 'good' : 'bad', `${what}: ${words}`)
    return isDone
  } catch (error) {
    say('bad', `${what}: ${problemWords(error)}`)
    return false
  }
}

/** What is wrong, and what to do about it. */
export function problemWords(error: unknown): string {
  const remedy = error instanceof ProblemError ? (error.problem as Problem).remedy : undefined
  return remedy === undefined ? wordsOf(error) : `${wordsOf(error).replace(/\.$/, '')}. ${remedy}`
}
