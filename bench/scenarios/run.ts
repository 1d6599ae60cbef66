import { writeFileSync } from 'node:fs'
import { systemClock } from '../../src/base/clock.ts'
import { ConfigError, wordsOf } from '../../src/base/errors.ts'
import { isoOf } from '../../src/base/moment.ts'
import { nearest } from '../../src/base/nearest.ts'
import { junitOf } from './junit.ts'
import { assigned } from './names.ts'
import { play, skipReason, type Verdict } from './play.ts'
import { readScenario } from './read.ts'
import { spanWords } from './record.ts'
import { rehearse } from './rehearse.ts'
import type { Scenario, Value } from './scenario.ts'
import { fileOf, shippedScenarios } from './shipped.ts'

/** `pilotwire-bench run` without the command line. */
export interface RunOptions {
  /** Paths, or names of scenarios that come with Pilotwire. */
  readonly files: readonly string[]
  /** All that come with Pilotwire, beside `files`. */
  readonly all: boolean
  /** Only tells which come with Pilotwire. */
  readonly list: boolean
  readonly csms: string | undefined
  readonly id: string
  readonly station: string | undefined
  /** Undefined: simulated with the central system of the bench, real with any other. */
  readonly time: 'real' | 'simulated' | undefined
  readonly junit: string | undefined
  /** `name=value` */
  readonly set: readonly string[]
  readonly isVerbose: boolean
  readonly isLenient: boolean
  readonly version: string
  readonly print: (line: string) => void
}

/** Plays scenarios one after the other. Resolves to the exit code: 0 none failed, 1 some did.
 *  @throws ConfigError for what a person wrote wrong, before anything is played */
export async function runScenarios(options: RunOptions): Promise<0 | 1> {
  if (options.list) {
    for (const line of await listed()) options.print(line)
    return 0
  }
  const stage = { ...options, time: timeOf(options) }
  const scenarios = await read(options)
  for (const each of scenarios) if (skipReason(each, stage) === undefined) await rehearse(each, stage)
  const report = reportTo(options)
  const verdicts: Verdict[] = []
  report(verdicts)
  for (const scenario of scenarios) {
    const tell = (words: string) => options.print(`  ${words}`)
    const verdict = await play(scenario, { ...stage, asks: tell, ...(options.isVerbose ? { begins: tell } : {}) })
    verdicts.push(verdict)
    for (const line of verdictLines(verdict, options)) options.print(line)
    report(verdicts)
  }
  const count = (outcome: Verdict['outcome']) => verdicts.filter((each) => each.outcome === outcome).length
  options.print(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
  return count('failed') === 0 ? 0 : 1
}

/** Each that comes with Pilotwire, with its reason. */
async function listed(): Promise<readonly string[]> {
  const { names, pathOf } = shippedScenarios()
  const width = Math.max(...names.map(({ length }) => length))
  return Promise.all(names.map(async (name) => `${name.padEnd(width)}  ${(await readScenario(pathOf(name))).reason}`))
}

function timeOf({ time, csms }: RunOptions): 'real' | 'simulated' {
  if (time === 'simulated' && csms !== undefined) {
    throw new ConfigError(
      '--time',
      '',
      'simulated time does not go with --csms: the clock of another central system, which every BootNotification and Heartbeat tells, goes at its own pace',
      'Leave --time out, or leave --csms out to play against the central system of the bench',
    )
  }
  return time ?? (csms === undefined ? 'simulated' : 'real')
}

async function read({ files, all, set }: RunOptions): Promise<readonly Scenario[]> {
  const given = new Map<string, Value>()
  for (const each of set) {
    const pair = assigned(each)
    if (pair === undefined) throw new ConfigError('--set', '', `"${each.slice(0, 40)}" is not name=value`, 'Write --set card=04A2B3C4')
    given.set(...pair)
  }
  const shipped = shippedScenarios()
  const paths = [...(all ? shipped.names.map(shipped.pathOf) : []), ...files.map(fileOf)]
  if (paths.length === 0) throw new ConfigError('run', '', 'no scenario is named', 'Name files or scenarios (--list shows them), or --all')
  const scenarios = await Promise.all(paths.map((path) => readScenario(path)))
  const variables = [...new Set(scenarios.flatMap(({ variables: each = {} }) => Object.keys(each)))]
  for (const name of given.keys()) if (!variables.includes(name)) throw unknownVariable(name, variables)
  return Promise.all(scenarios.map((each) => readScenario(each.path, knownTo(each, given))))
}

/** A value is meant for those scenarios that have the variable. */
function knownTo({ variables = {} }: Scenario, given: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...given].filter(([name]) => Object.hasOwn(variables, name)))
}

function unknownVariable(name: string, variables: readonly string[]): ConfigError {
  const meant = nearest(name, variables)
  const remedy = meant === undefined ? `Known: ${variables.length === 0 ? 'none' : variables.join(', ')}` : `Did you mean ${meant}?`
  return new ConfigError('--set', '', `no scenario here has a variable "${name.slice(0, 40)}"`, remedy)
}

function verdictLines({ scenario, outcome, words, frames, remarks, tookMs, passedMs }: Verdict, { isVerbose, isLenient }: RunOptions): readonly string[] {
  const head = { passed: 'ok     ', failed: 'FAILED ', skipped: 'skipped' }[outcome]
  const times =
    outcome === 'skipped' ? '' : ` (${(tookMs / 1_000).toFixed(2)} s${passedMs > tookMs * 2 ? `, ${spanWords(passedMs).slice(1)} of simulated time` : ''})`
  return [
    ...(isVerbose ? frames.map((each) => `  ${each}`) : []),
    `${head} ${scenario.name}: ${scenario.title}${times}`,
    ...(words === '' ? [] : words.split('\n').map((line) => `        ${line}`)),
    ...(isLenient ? remarks.map((each) => `        not as OCPP 1.6 declares it: ${each}`) : []),
  ]
}

/** Writes the verdicts so far, if a report is wanted: a run that is ended half-way has told of all that was played. */
function reportTo({ junit, csms }: RunOptions): (verdicts: readonly Verdict[]) => void {
  if (junit === undefined) return () => {}
  const suite = { name: csms ?? 'central system of the bench', startedAt: isoOf(systemClock().now()) }
  return (verdicts) => {
    try {
      writeFileSync(junit, junitOf(verdicts, suite))
    } catch (error) {
      throw new ConfigError('--junit', '', `${junit} cannot be written: ${wordsOf(error)}`, 'Name a file that may be written')
    }
  }
}
