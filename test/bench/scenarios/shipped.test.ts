import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readScenario } from '../../../bench/scenarios/read.ts'
import { behaviourSchema, verbs } from '../../../bench/scenarios/scenario.ts'
import { shippedScenarios } from '../../../bench/scenarios/shipped.ts'
import { fileWith, played } from './played.ts'

const { names, pathOf } = shippedScenarios()
const page = readFileSync(join(import.meta.dirname, '../../../docs/scenarios.md'), 'utf8')

test('twenty scenarios come with Pilotwire, and the page lists them with their reasons', async () => {
  expect(names).toHaveLength(20)
  const rows = await Promise.all(names.map(async (name) => `| \`${name}\` | ${(await readScenario(pathOf(name))).reason} |`))
  expect(page.slice(page.indexOf('## The scenarios that come')).trimEnd().split('\n').slice(4)).toEqual(rows)
})

const longest = 'five-day-offline-queue'

test.each(names.filter((name) => name !== longest))('%s passes against the central system of the bench, and no frame departs from OCPP', async (name) => {
  const { outcome, words, remarks } = await played(pathOf(name))
  expect([outcome, words, remarks]).toEqual(['passed', '', []])
})

test('five days without the central system are five days, take seconds, and are told in order', async () => {
  const { outcome, words, passedMs, frames } = await played(pathOf(longest))
  expect([outcome, words]).toEqual(['passed', ''])
  expect(passedMs).toBeGreaterThanOrEqual(5 * 86_400_000)
  const starts = frames.flatMap((line) => /station -> csms {2}StartTransaction .*"idTag":"(\w+)"/.exec(line)?.[1] ?? [])
  expect(starts).toEqual(['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'])
})

test("the page's own scenario passes", async () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  expect(await played(fileWith(text))).toMatchObject({ outcome: 'passed', words: '' })
})

test('with another central system those that command it are skipped, with the reason', async () => {
  const elsewhere = { csms: 'ws://127.0.0.1:9', time: 'real' } as const
  expect(await played(pathOf('unknown-card'), elsewhere)).toMatchObject({
    outcome: 'skipped',
    words: expect.stringContaining('how the central system behaves'),
  })
  expect(await played(pathOf('reservation'), elsewhere)).toMatchObject({ outcome: 'skipped', words: expect.stringContaining('needs: bench csms') })
  const boot = fileOfCommand()
  expect(await played(boot, elsewhere)).toMatchObject({
    outcome: 'skipped',
    words: expect.stringMatching(/step 1 \(line 4\) commands the central system.*orAwait/),
  })
})

const fileOfCommand = () => fileWith('title: a\nreason: b\nsteps:\n  - csms: ClearCache\n    with: {}\n')

test('the page names every step and everything that the central system of the bench can be told', () => {
  const named = [...verbs.map((verb) => `\`${verb}: `), ...Object.keys(behaviourSchema.properties).map((field) => `\`${field}`)]
  expect(named.filter((words) => !page.includes(words))).toEqual([])
})
