import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { page, pageOf, tableOf } from './1.6/conformance.ts'

// npm run test:octt16: plays the certification cases, writes docs/conformance-1.6.md, and prints the verdict as its last line.

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string; readonly failureMessages: readonly string[] }[]
  }[]
}
type Result = Report['testResults'][number]['assertionResults'][number]

const root = fileURLToPath(new URL('../..', import.meta.url))
const say = (words: string) => void writeSync(1, `${words}\n`)

/** Nothing when the tests could not even begin: each case counts as failed then. */
function play(): readonly Result[] {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-octt-'))
  const outputFile = join(directory, 'report.json')
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const words = ['run', '--project', 'house', '--reporter', 'json', '--outputFile', outputFile, '--testNamePattern', '^TC_', 'test/octt/1.6']
    spawnSync(process.execPath, [vitest, ...words], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    if (!existsSync(outputFile)) return []
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as Report
    return testResults.flatMap(({ assertionResults }) => assertionResults)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const results = new Map(play().map((result) => [result.title, result]))
const rows = tableOf((title) => (results.get(title)?.status === 'passed' ? 'passed' : 'failed'))
writeFileSync(page, pageOf(rows))
const count = { passed: 0, failed: 0 }
for (const { id, name, result } of rows) {
  if (result !== 'passed' && result !== 'failed') continue
  count[result]++
  if (result === 'failed') say(`FAILED   ${id} ${name}: ${results.get(`${id} ${name}`)?.failureMessages[0]?.split('\n', 1)[0] ?? 'was not played'}`)
}
for (const { id, name, result } of rows) if (result.startsWith('pending')) say(`PENDING  ${id} ${name}: ${result.replace('pending: ', '')}`)
say(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1
