import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RunOptions, runScenarios } from '../../../bench/scenarios/run.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { fileWith, onTheBench, scenarioOf } from './played.ts'

const good = scenarioOf('  - await: Online\n')

async function run(files: readonly string[], options: Partial<RunOptions> = {}): Promise<{ readonly code: number; readonly printed: readonly string[] }> {
  const printed: string[] = []
  const quiet = { all: false, list: false, junit: undefined, set: [], isVerbose: false, isLenient: false }
  const code = await runScenarios({ ...onTheBench, ...quiet, files, print: (line) => void printed.push(line), ...options })
  return { code, printed }
}

describe('what a scenario asks of its station is looked at before anything is played', () => {
  test.each([
    ['an unknown board', 'board: simulatd', '  - await: Online\n', /board: there is no board "simulatd"\. Did you mean simulated\?/],
    ['real hardware', 'board: evse-wb-din', '  - await: Online\n', /drives real hardware/],
    [
      'an unknown key',
      'settings: { MeterValueSampleIntervall: "10" }',
      '  - await: Online\n',
      /settings\.MeterValueSampleIntervall: no such OCPP 1\.6 configuration key/,
    ],
    ['a value that is none', 'settings: { MeterValueSampleInterval: often }', '  - await: Online\n', /"often" is not a value of this key/],
    ['an unknown key of a step', '', '  - set: { Sampling: "10" }\n', /steps\.0\.set\.Sampling: no such OCPP 1\.6 configuration key \(line 5\)/],
    ['a connector that is not there', '', '  - plug: 2\n', /steps\.0\.plug: there is no connector 2 \(line 5\)\. The board has 1/],
    ['a connector of the end', '', '  - plug: 1\nfinally: { status: { "2": Available } }\n', /finally\.status\.2: there is no such connector/],
    ['an unknown command', '', '  - run: currnt 10\n', /steps\.0\.run: "currnt" is no command of the control door/],
  ])('%s', async (_what, head, steps, words) => {
    const bad = fileWith(`title: a test\nreason: a test\n${head}\nsteps:\n${steps}`)
    const printed: string[] = []
    const refusal = await run([good, bad], { print: (line) => void printed.push(line) }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ConfigError)
    expect((refusal as ConfigError).message).toMatch(words)
    expect((refusal as ConfigError).message).toContain(head === 'board: evse-wb-din' ? 'evse-wb-din' : bad)
    expect(printed).toEqual([])
  })

  test('files of the network have to be named in real time', async () => {
    const path = fileWith('title: a\nreason: b\nvariables: { place: http://a.example }\nplaces: [place]\nsteps:\n  - wait: 1ms\n')
    expect((await run([path], { time: 'real' })).printed[1]).toMatch(/in real time it needs places that exist: --set place=URL/)
    expect((await run([path])).printed[0]).toMatch(/^ok/)
    expect((await run([path], { time: 'real', set: ['place=http://b.example'] })).printed[0]).toMatch(/^ok/)
  })
})

describe('the report', () => {
  test('has each scenario as soon as it was played', async () => {
    const junit = `${good}.xml`
    const seen: number[] = []
    const cases = () => readFileSync(junit, 'utf8').match(/<testcase /g)?.length ?? 0
    await run([good, good], { junit, print: () => void seen.push(cases()) })
    expect(seen).toEqual([0, 1, 2])
  })

  test('that cannot be written is refused before anything is played', async () => {
    const printed: string[] = []
    await expect(run([good], { junit: '/proc/nowhere/out.xml', print: (line) => void printed.push(line) })).rejects.toThrow(/--junit.*cannot be written/)
    expect(printed).toEqual([])
  })
})
