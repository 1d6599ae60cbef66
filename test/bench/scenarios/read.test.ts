import { describe, expect, test } from 'vitest'
import { readScenario } from '../../../bench/scenarios/read.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { fileWith } from './played.ts'

async function refusal(path: string): Promise<ConfigError> {
  try {
    await readScenario(path)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('what is wrong with a scenario is told with file, line, step and remedy', () => {
  test.each([
    ['a step that does nothing', '  - note: well\n', 'steps.0', /does nothing \(line 5\).*Write one of plug/],
    ['two things in a step', '  - await: Online\n  - plug: 1\n    tag: TAG1\n', 'steps.1.tag', /stands beside plug.*line 7.*two steps/],
    ['a mistyped step', '  - plugg: 1\n', 'steps.0.plugg', /no such field \(line 5\).*Did you mean plug\?/],
    ['a field of another step', '  - {plug: 1, within: 5s}\n', 'steps.0.within', /does not go with plug \(line 5\).*stands alone/],
    ['a field that another one needs', '  - {expect: Heartbeat, orAwait: 5s}\n', 'steps.0.orAwait', /Beside expect there may be from, with/],
    ['never with a number', '  - {expect: Heartbeat, never: true, count: 2}\n', 'steps.0.never', /does not go with count/],
    ['a duration without unit', '  - wait: "5"\n', 'steps.0.wait', /500ms, 30s, 5m/],
    ['an unknown action', '  - expect: StartTransction\n', 'steps.0.expect', /StartTransaction or/],
    ['an unknown status', '  - await: Chargin\n', 'steps.0.await', /must be Available or/],
    ['an unknown operator', '  - {expect: Heartbeat, with: {a: {$mim: 1}}}\n', 'steps.0.with.a.$mim', /no such operator \(line 5\).*Did you mean \$min\?/],
    ['a broken expression', '  - {run: info, reply: "/(/"}\n', 'steps.0.reply', /no regular expression/],
    ['a name for nothing', '  - tag: $crad\n', 'steps.0', /\$crad stands for nothing here \(line 5\).*Did you mean card\?/],
    ['a name that is remembered later', '  - tag: $x\n  - {expect: Authorize, remember: {x: with.idTag}}\n', 'steps.0', /\$x stands for nothing/],
    ['a place that is none', '  - {expect: Authorize, remember: {x: payload.idTag}}\n', 'steps.0.remember.x', /with\.idTag or answer/],
  ])('%s', async (_what, steps, field, words) => {
    const error = await refusal(fileWithCard(steps))
    expect(error.field).toBe(field)
    expect(error.message).toMatch(words)
    expect(error.remedy).not.toBe('')
  })

  test('no reason, no scenario', async () => {
    expect((await refusal(fileWith('title: a\nsteps:\n  - wait: 1s\n'))).message).toMatch(/reason: is missing.*Why somebody/)
  })
})

const fileWithCard = (steps: string) => fileWith(`title: a\nreason: b\nvariables: {card: A}\nsteps:\n${steps}`)
