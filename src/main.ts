#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import about from '../package.json' with { type: 'json' }
import type { CoreFlags, GuardFlags, LedgerOptions } from './config/command-line.ts'
import type { Environment, Flags } from './config/merge.ts'
import type { StationConfig } from './config/station.ts'
import type { CoreCommand } from './run/split.ts'
import type { Streams } from './run/streams.ts'

/** Runs one station until it is asked to end: 0 asked to stop, 3 asked to restart. */
export type RunStation = (config: StationConfig, streams: Streams) => Promise<number>

/** The two halves of a station, each loaded by itself: the guard knows nothing of networks, the core nothing of devices. */
const halves = {
  guard: async () => (await import('./run/guard-program.ts')).runGuard,
  core: async () => (await import('./run/core-program.ts')).runCore,
  split: async () => (await import('./run/split.ts')).runSplit,
}

/** What the command line needs beside its arguments. */
export interface Surroundings {
  readonly environment: Environment
  readonly streams: Streams
  /** Loaded only when a station runs. */
  readonly loadRun: () => Promise<RunStation>
  readonly load?: typeof halves
}

const asked = { stop: 0, restart: 3 } as const

/** The `pilotwire` command. Resolves to the exit code: 1 a device that cannot be had, 2 what a person wrote wrong. */
export async function main(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const { environment, streams } = surroundings
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    streams.stdout.write(`${about.version}\n`)
    return asked.stop
  }
  if (words[0] === 'doctor' || words[0] === 'probe' || words[0] === 'safe-state') {
    return await (await import('./commission/main.ts')).commission(words, streams)
  }
  const { parseWords } = await import('./config/command-line.ts')
  const parsed = parseWords(words, about.version, streams)
  if (parsed.kind === 'done') return parsed.exitCode
  try {
    if (parsed.kind === 'ledger') return await printLedger(parsed.options, environment, streams)
    if (parsed.kind === 'guard') return await guardAlone(parsed.options, surroundings)
    if (parsed.kind === 'core') return await coreAlone(parsed.flags, surroundings)
    return await runAndRespawn(parsed.flags, surroundings)
  } catch (error) {
    const { failureOf } = await import('./commission/failure.ts')
    const failure = failureOf(error)
    if (failure === undefined) throw error
    streams.stderr.write(`pilotwire: ${failure.words}\n`)
    return failure.exitCode
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
async function runAndRespawn(flags: Flags, { environment, streams, loadRun, load = halves }: Surroundings): Promise<number> {
  const { stationConfig } = await import('./config/merge.ts')
  for (;;) {
    const config = await stationConfig(flags, environment, about.version)
    const exitCode = flags.split === true ? await (await load.split())(config, coreCommand(flags)) : await (await loadRun())(config, streams)
    if (exitCode !== asked.restart || !config.respawn) return exitCode
  }
}

/** The same program with the same flags, as the core. */
function coreCommand(flags: Flags): CoreCommand {
  const { split: _split, respawn: _respawn, automaticEv: _automaticEv, console: withConsole, ...named } = flags
  const words = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
  return { file: process.execPath, words: [...process.execArgv, process.argv[1] ?? '', 'core', ...words, ...(withConsole === true ? ['--console'] : [])] }
}

async function guardAlone({ board = 'simulated', socket, state, coreUser, log }: GuardFlags, { environment, load = halves }: Surroundings): Promise<number> {
  const [{ readBoard }, { guardStateOf, guardLogOf, socketPath }] = await Promise.all([import('./config/files.ts'), import('./config/guard.ts')])
  const runGuard = await load.guard()
  return await runGuard({
    board: await readBoard(board),
    socket: socketPath(socket, environment),
    stateDirectory: guardStateOf(state, environment),
    coreUser,
    log: guardLogOf(log, environment),
  })
}

async function coreAlone({ socket, ...flags }: CoreFlags, { environment, streams, load = halves }: Surroundings): Promise<number> {
  const [{ stationConfig }, { socketPath }] = await Promise.all([import('./config/merge.ts'), import('./config/guard.ts')])
  const config = await stationConfig(flags, environment, about.version)
  const runCore = await load.core()
  return await runCore(config, socketPath(socket, environment), streams)
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
