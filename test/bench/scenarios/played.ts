import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PlayOptions, play, type Verdict } from '../../../bench/scenarios/play.ts'
import { readScenario } from '../../../bench/scenarios/read.ts'
import type { Value } from '../../../bench/scenarios/scenario.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-scenarios-'))
let count = 0

export const onTheBench: PlayOptions = { id: 'CP-1', csms: undefined, time: 'simulated', station: undefined, version: '0.0.0', isLenient: false }

/** A file of this test's own. */
export function fileWith(text: string): string {
  const path = join(directory, `scenario-${++count}.yaml`)
  writeFileSync(path, text)
  return path
}

/** A scenario of these steps; `head` are further fields at its top. */
export const scenarioOf = (steps: string, head = '') => fileWith(`title: a test\nreason: a test\n${head}steps:\n${steps}`)

export async function played(path: string, options: Partial<PlayOptions> = {}, given: ReadonlyMap<string, Value> = new Map()): Promise<Verdict> {
  return play(await readScenario(path, given), { ...onTheBench, ...options })
}

/** What a scenario of these steps says of its failure; empty: it passed. */
export async function failureOf(steps: string, head = ''): Promise<string> {
  const { outcome, words } = await played(scenarioOf(steps, head))
  return outcome === 'passed' ? '' : words
}
