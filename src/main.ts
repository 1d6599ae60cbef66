#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import about from '../package.json' with { type: 'json' }
import { ConfigError } from './base/errors.ts'
import type { LedgerOptions } from './config/command-line.ts'
import type { Environment, Flags } from './config/merge.ts'
import type { StationConfig } from './config/station.ts'
import type { Streams } from './run/streams.ts'

/** Runs one station until it is asked to end: 0 asked to stop, 2 bad configuration, 3 asked to restart. */
export type RunStation = (config: StationConfig, streams: Streams) => Promise<number>

/** What the command line needs beside its arguments. */
export interface Surroundings {
  readonly environment: Environment
  readonly streams: Streams
  /** Loaded only when a station runs. */
  readonly loadRun: () => Promise<RunStation>
}

const asked = { stop: 0, misconfigured: 2, restart: 3 } as const

/** The `pilotwire` command. Resolves to the exit code. */
export async function main(words: readonly string[], { environment, streams, loadRun }: Surroundings): Promise<number> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    streams.stdout.write(`${about.version}\n`)
    return asked.stop
  }
  const { parseWords } = await import('./config/command-line.ts')
  const parsed = parseWords(words, about.version, streams)
  if (parsed.kind === 'done') return parsed.exitCode
  try {
    if (parsed.kind === 'ledger') return await printLedger(parsed.options, environment, streams)
    return await runAndRespawn(parsed.flags, environment, streams, loadRun)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    streams.stderr.write(`pilotwire: ${error.message}\n`)
    return asked.misconfigured
  }
}

async function printLedger(options: LedgerOptions, environment: Environment, streams: Streams): Promise<number> {
  const [{ stateDirectoryOf }, { exportLedger }] = await Promise.all([import('./config/merge.ts'), import('./store/export.ts')])
  for (const fact of exportLedger(stateDirectoryOf(options, environment), { undeliverable: options.undeliverable === true })) {
    streams.stdout.write(`${JSON.stringify(fact)}\n`)
  }
  return asked.stop
}

/** With --respawn a restart that was asked for happens here: files are read again, as a new process would. */
async function runAndRespawn(flags: Flags, environment: Environment, streams: Streams, loadRun: () => Promise<RunStation>): Promise<number> {
  const { stationConfig } = await import('./config/merge.ts')
  for (;;) {
    const config = await stationConfig(flags, environment, about.version)
    const runStation = await loadRun()
    const exitCode = await runStation(config, streams)
    if (exitCode !== asked.restart || !config.respawn) return exitCode
  }
}

/** True when this file is the program, also through the link that npm makes in `.bin`. */
function isProgram(): boolean {
  const started = process.argv[1]
  try {
    return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(import.meta.url))
  } catch {
    return false
  }
}

if (isProgram()) {
  const surroundings = { environment: process.env, streams: process, loadRun: async () => (await import('./run/station.ts')).runStation }
  // The station has let go of everything by now; a handle that somebody forgot must not keep a stopped charger's process.
  process.exit(await main(process.argv.slice(2), surroundings))
}
