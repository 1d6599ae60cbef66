#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import about from '../package.json' with { type: 'json' }
import type { ConsoleOptions, CoreFlags, GuardFlags, LedgerOptions, PasswordOptions, ResetOptions } from './config/command-line.ts'
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
    if (parsed.kind === 'password') return await printPassword(parsed.options, environment, streams)
    if (parsed.kind === 'factoryReset') return await reset(parsed.options, environment, streams)
    if (parsed.kind === 'console') return await openConsoleAt(parsed.address, parsed.options, streams)
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

async function printPassword(options: PasswordOptions, environment: Environment, streams: Streams): Promise<number> {
  const [{ stateDirectoryOf }, { newDevicePassword, shownPassword }] = await Promise.all([import('./config/merge.ts'), import('./run/device-password.ts')])
  const directory = stateDirectoryOf(options, environment)
  streams.stdout.write(`${options.new === true ? newDevicePassword(directory) : shownPassword(directory)}\n`)
  return asked.stop
}

async function reset(options: ResetOptions, environment: Environment, streams: Streams): Promise<number> {
  const [{ stateDirectoryOf }, { confirmedReset }] = await Promise.all([import('./config/merge.ts'), import('./run/factory-reset.ts')])
  confirmedReset(stateDirectoryOf(options, environment), options.yes === true)
  streams.stdout.write('As delivered, but for what was charged. The factory values of the station file count at the next start.\n')
  return asked.stop
}

async function openConsoleAt(address: string, { tokenFile }: ConsoleOptions, { stdin, stdout, stderr }: Streams): Promise<number> {
  const [{ runConsole }, { systemClock }, { readSecret }] = await Promise.all([
    import('./client/console.ts'),
    import('./base/clock.ts'),
    import('./config/read.ts'),
  ])
  const token = tokenFile === undefined ? undefined : readSecret(tokenFile, 'token')
  const isTerminal = 'isTTY' in stdin && stdin.isTTY === true && 'isTTY' in stdout && stdout.isTTY === true
  return await runConsole({ address, token, clock: systemClock(), input: stdin, output: stdout, errors: stderr, isTerminal })
}

/** With --respawn a restart that was asked for happens here: files are read again, as a new process would. */
async function runAndRespawn(flags: Flags, { environment, streams, loadRun, load = halves }: Surroundings): Promise<number> {
  const { stationConfig } = await import('./config/merge.ts')
  for (;;) {
    const config = await stationConfig(flags, environment, about.version)
    await spareMemory(config)
    const exitCode = flags.split === true ? await (await load.split())(config, coreCommand(flags)) : await (await loadRun())(config, streams)
    if (exitCode !== asked.restart || !config.respawn) return exitCode
  }
}

/** Pages and their requests are so many that V8 finds parts of Node worth optimising: its optimising compiler, and what it leaves behind, are
 *  5 MB (docs/performance.md). Its quick one stays. */
async function spareMemory({ http, mqtt }: Pick<StationConfig, 'http' | 'mqtt'>): Promise<void> {
  if (http !== undefined || mqtt !== undefined) (await import('node:v8')).setFlagsFromString('--no-opt')
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
  await spareMemory(config)
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
