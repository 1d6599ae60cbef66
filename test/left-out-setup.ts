import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leftOutVariable } from './left-out.ts'

/** The closing words of a run, from what the tests wrote down. Two files that miss the same part name it once. */
export function closingWords(written: string): string {
  const reasons = [...new Set(written.split('\n').filter((line) => line !== ''))].sort()
  return reasons.length === 0 ? 'left out: nothing\n' : `left out:\n${reasons.map((reason) => `  - ${reason}\n`).join('')}`
}

/** Vitest calls this once before all tests, and what it returns once after them. */
export function setup(): () => void {
  const given = process.env[leftOutVariable]
  const directory = given === undefined ? mkdtempSync(join(tmpdir(), 'pilotwire-left-out-')) : undefined
  const file = given ?? join(directory as string, 'left-out')
  writeFileSync(file, '')
  process.env[leftOutVariable] = file
  return () => {
    process.stdout.write(`\n${closingWords(readFileSync(file, 'utf8'))}`)
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  }
}
