import { basename } from 'node:path'
import { wordsOf } from '../../src/base/errors.ts'
import { nearest } from '../../src/base/nearest.ts'
import { checked, type LineOf, type Path, type Wrong, wrongIn } from '../../src/config/check.ts'
import { parseFile } from '../../src/config/read.ts'
import { builtIn, namesIn } from './names.ts'
import { operators, regularExpression } from './pattern.ts'
import { type Scenario, type ScenarioFile, type Step, scenarioSchema, type Value, type Verb, verbs } from './scenario.ts'

/** Fields of a step that go with what it does; `note` goes with everything. */
const companions: Readonly<Record<Verb, readonly (keyof Step)[]>> = {
  plug: [],
  unplug: [],
  tag: ['connector', 'reply'],
  run: ['reply'],
  await: ['connector', 'within'],
  expect: ['from', 'with', 'answer', 'error', 'within', 'remember', 'count', 'never'],
  inAnyOrder: ['within'],
  csms: ['with', 'answer', 'error', 'within', 'remember', 'orAwait'],
  behave: [],
  wait: [],
  network: ['for'],
  fault: ['connector'],
  clear: [],
  restart: ['for'],
  set: [],
}

export function verbOf(step: Step): Verb {
  return verbs.find((verb) => step[verb] !== undefined) as Verb
}

/** Reads a scenario; `given` takes the place of variables that it has. @throws ConfigError naming file, line, step and remedy */
export async function readScenario(path: string, given: ReadonlyMap<string, Value> = new Map()): Promise<Scenario> {
  const { value, lineOf } = await parseFile(path, 'scenario')
  const file = checked(path, scenarioSchema, value, lineOf)
  const wrong = wrongIn(path, lineOf)
  for (const [at, step] of file.steps.entries()) checkStep(step, ['steps', at], wrong)
  checkPatterns(file, [], wrong)
  const variables = Object.keys(file.variables ?? {})
  checkNames(file, variables, wrong)
  for (const [at, name] of (file.places ?? []).entries())
    if (!variables.includes(name)) throw wrong(['places', at], `there is no variable ${name}`, known(name, variables))
  return {
    ...file,
    variables: { ...file.variables, ...Object.fromEntries(given) },
    isGiven: new Set(given.keys()),
    name: basename(path).replace(/\.(ya?ml|json)$/i, ''),
    path,
    lines: file.steps.map((_, at) => lineOf(['steps', at])),
    benchOnly: benchOnly(file, lineOf),
  }
}

function checkStep(step: Step, at: Path, wrong: Wrong): void {
  const done = verbs.filter((verb) => step[verb] !== undefined)
  const [verb, other] = done
  if (verb === undefined) throw wrong(at, 'does nothing', `Write one of ${verbs.join(', ')}`)
  if (other !== undefined) throw wrong([...at, other], `stands beside ${verb}: a step does one thing`, 'Make two steps of it')
  const surplus = Object.keys(step).find((key) => key !== verb && key !== 'note' && !companions[verb].includes(key as keyof Step))
  if (surplus !== undefined) {
    const beside = companions[verb].length === 0 ? `${verb} stands alone` : `Beside ${verb} there may be ${companions[verb].join(', ')}`
    throw wrong([...at, surplus], `does not go with ${verb}`, beside)
  }
  if (step.never === true && (step.count ?? step.remember) !== undefined)
    throw wrong([...at, 'never'], 'does not go with count or remember', 'What never comes has no number and no values')
}

/** Regular expressions and operators are looked at before anything is played. */
function checkPatterns(value: unknown, at: Path, wrong: Wrong): void {
  if (typeof value === 'string') {
    try {
      regularExpression(value)
    } catch (error) {
      throw wrong(at, `is no regular expression: ${wordsOf(error)}`, 'Mend what stands between the slashes')
    }
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, each] of Object.entries(value)) {
    const path = [...at, Array.isArray(value) ? Number(key) : key]
    if (key.startsWith('$') && key !== '$schema' && !(operators as readonly string[]).includes(key))
      throw wrong(path, 'there is no such operator', known(key, operators))
    checkPatterns(each, path, wrong)
  }
}

/** Each name stands for something by the time it is used. */
function checkNames({ steps, finally: ending, csms }: ScenarioFile, variables: readonly string[], wrong: Wrong): void {
  const names = [...builtIn, ...variables]
  const check = (value: unknown, at: Path) => {
    for (const name of namesIn(value)) if (!names.includes(name)) throw wrong(at, `$${name} stands for nothing here`, known(name, names))
  }
  check(csms, ['csms'])
  steps.forEach((step, at) => {
    check(step, ['steps', at])
    for (const each of [step, ...(step.inAnyOrder ?? [])]) names.push(...Object.keys(each.remember ?? {}))
  })
  check(ending, ['finally'])
}

function known(word: string, names: readonly string[]): string {
  const meant = nearest(word, names)
  return meant === undefined ? `Known: ${names.length === 0 ? 'none' : names.join(', ')}` : `Did you mean ${meant}?`
}

function benchOnly({ needs, csms, steps }: ScenarioFile, lineOf: LineOf): string | undefined {
  if (needs !== undefined) return 'it needs the central system of the bench (needs: bench csms)'
  if (csms !== undefined) return 'it says how the central system behaves (csms), which only that of the bench can be told'
  const at = steps.findIndex((step) => step.behave !== undefined || (step.csms !== undefined && step.orAwait === undefined))
  return at < 0
    ? undefined
    : `step ${at + 1} (line ${lineOf(['steps', at])}) commands the central system, which only that of the bench obeys; "orAwait" would wait for yours`
}
