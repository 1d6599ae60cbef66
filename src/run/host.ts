import { openNetworkMeters } from '../../hal/build.ts'
import { chance } from '../base/chance.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import { newestLines } from '../base/newest-lines.ts'
import { signal } from '../base/signal.ts'
import type { Millis } from '../base/units.ts'
import { writtenAddress } from '../config/door-address.ts'
import type { StationConfig } from '../config/station.ts'
import type { Restart } from '../core/charge-point.ts'
import type { StopReason } from '../core/facts.ts'
import type { Command, LocalContext } from '../local/command.ts'
import { commands } from '../local/commands.ts'
import { serviceCommands } from '../local/maintenance.ts'
import { dialWebSocket } from '../ocpp/websocket.ts'
import { freeBytesOf } from '../store/directory.ts'
import { lockDirectory } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { automaticEv } from './automatic-ev.ts'
import type { CoreParts, CoreStation } from './core.ts'
import { openDoors } from './doors.ts'
import { filePorts } from './file-ports.ts'
import { logFor } from './log-for.ts'
import { openOffPeak } from './off-peak.ts'
import { shutDown } from './shut-down.ts'
import { simulatedCar, simulatedCommands, simulatedPerson } from './simulated-commands.ts'
import type { Hands } from './simulated-world.ts'
import { loadSite, siteCommands } from './site.ts'
import type { Streams } from './streams.ts'

/** 0 asked to stop, 1 the guard is gone, 3 asked to restart. */
export type ExitCode = 0 | 1 | 3

/** A station that runs on this machine's clock, disk and network, until it is asked to end. */
export interface Running {
  /** Where the control door listens, if there is one. */
  readonly control: { readonly host: string; readonly port: number } | undefined
  /** Where the HTTP door listens, if there is one. */
  readonly http: { readonly host: string; readonly port: number } | undefined
  /** Prints a line above the console's prompt, or to standard output without one. */
  print(line: string): void
  /** The commands of the control door, for a program that types them. */
  run(line: string): Promise<string>
  /** Asks it to end. */
  stop(): void
  /** Resolves when it was asked to end, with the exit code to be. */
  readonly ending: Promise<ExitCode>
  /** Resolves when everything is closed, with the exit code. */
  readonly ended: Promise<ExitCode>
}

/** A core over its guard, and what the guard's place gives beside it. */
export interface Opened<S extends CoreStation> {
  readonly station: S
  /** Undefined: the world is real. */
  readonly hands: Hands | undefined
  /** Resolves with words when the guard is gone; never where it lives in this process. */
  readonly lost?: Promise<string>
  /** Since a guard in another process was last heard; none where it lives in this one. */
  guardSilentMs?(): Millis
  /** Is told of a restart before the station shuts down. */
  restarts?(restart: Restart): void
  /** Is told when the station begins to shut down. */
  stops?(): void
}

/** Everything of a station but its guard. */
export type Furnished = Omit<CoreParts, 'guard' | 'leaveGuard'>

interface Ending {
  readonly exitCode: ExitCode
  /** Undefined: there is no guard any more that could be waited for. */
  readonly reason: StopReason | undefined
}

/** An exit that hangs (a disk that does not answer) is ended all the same: the guard has opened by then. */
const longestExitMs = 2_900

/** Characters of the log that are kept in memory for whoever asks for diagnostics, where it goes to no file. */
const keptLog = 524_288

/** Takes the state directory, opens the store, the station by `open`, and its doors; `further` are rows beside the table of commands.
 *  @throws ConfigError when its directory, its settings or its control door cannot be had */
export async function host<S extends CoreStation>(
  config: StationConfig,
  streams: Streams | undefined,
  further: readonly Command[],
  open: (parts: Furnished) => Promise<Opened<S>>,
): Promise<S & Running> {
  const clock = systemClock()
  let print: Running['print'] = (line) => void streams?.stdout.write(`${line}\n`)
  const lines = newestLines(keptLog)
  const logged = signal<string>()
  logged.on(lines.add)
  const spoken = logFor(config, clock, isTypedInto(config, streams), (line) => print(line), logged.emit)
  const log = spoken.with({ station: config.id })
  const lock = lockDirectory(config.stateDirectory)
  const undo: (() => void | Promise<void>)[] = [() => lock.release()]
  const release = async () => {
    for (const each of undo.reverse()) {
      try {
        await each()
      } catch (error) {
        log.error({ error: wordsOf(error) }, 'something could not be closed in good order')
      }
    }
    spoken.close?.()
  }
  let unfinished: CoreStation | undefined
  try {
    const store = openStore({ directory: config.stateDirectory, log })
    undo.push(() => store.close())
    const networkMeters = await openNetworkMeters(config.board, { clock, log: log.with({ part: 'hal' }) })
    if (networkMeters !== undefined) undo.push(() => networkMeters.close())
    const parts = furnished(config, { clock, log, store, dial: dialWebSocket({ log }), ...(networkMeters === undefined ? {} : { networkMeters }) })
    const core = () => {
      if (unfinished === undefined) throw new Error('the station is not there yet')
      return unfinished.core
    }
    const site = config.site === undefined ? undefined : await loadSite(config.site)
    const opened = await open({ ...parts, site, files: filePorts({ config, clock, store, lines, core }) })
    const { station } = opened
    unfinished = station
    const ending = Promise.withResolvers<Ending>()
    const stop = () => ending.resolve({ exitCode: 0, reason: 'reboot' })
    station.core.restarting.on((restart) => {
      opened.restarts?.(restart)
      ending.resolve({ exitCode: 3, reason: restart.stop })
    })
    void opened.lost?.then((words) => {
      log.error({ reason: words }, 'the core ends: it is nothing without its guard')
      ending.resolve({ exitCode: 1, reason: undefined })
    })
    const saving = config.offPeak === undefined ? undefined : openOffPeak(config.offPeak, station.core, parts)
    undo.push(() => saving?.desk.close())
    const local = localDoors(config, opened, clock, stop, [
      ...serviceCommands,
      ...(saving?.commands ?? []),
      ...(site === undefined ? [] : siteCommands),
      ...further,
    ])
    undo.push(() => local.auto?.close())
    const doors = await openDoors({ ...local, config, station, store, lines, logged, log, guardSilentMs: opened.guardSilentMs })
    undo.push(doors.close)
    const prompt = config.console && streams !== undefined ? await promptOn(streams, local, isTypedInto(config, streams)) : undefined
    if (prompt !== undefined) {
      print = prompt.print
      undo.push(() => prompt.close())
      if (doors.http !== undefined && isTypedInto(config, streams)) print((await import('./page-words.ts')).pageWords(doors.http, config))
    }
    if (config.log.frames !== undefined) {
      const { keepFrames } = await import('./frame-log.ts')
      undo.push(keepFrames(config.id, station.door.peer.frames, config.log.frames, { print: (line) => print(line), log: spoken.line }))
    }
    const { control, http } = doors
    log.info({ board: config.board.name, csms: config.csmsUrl, control: shown(control), http: shown(http) }, 'station started')
    station.link.connect()
    return {
      ...station,
      control,
      http,
      stop,
      print,
      run: (line) => local.commands.run(line, { end() {}, after: (run) => run() }),
      ending: ending.promise.then(({ exitCode }) => exitCode),
      ended: ending.promise.then(async ({ exitCode, reason }) => {
        log.info({ exitCode, reason }, 'station stops')
        opened.stops?.()
        if (reason === undefined) station.drop()
        else await shutDown(station, reason, log)
        await release()
        return exitCode
      }),
    }
  } catch (error) {
    unfinished?.drop()
    await release()
    throw error
  }
}

/** Runs a station until it is asked to end: by a command, by Reset, or by SIGTERM and SIGINT. Resolves to the exit code. */
export async function untilEnded(start: () => Promise<CoreStation & Running>): Promise<number> {
  // A signal that comes before the station is up ends it as soon as it is.
  let stop = () => {
    isAsked = true
  }
  let isAsked = false
  const onSignal = () => stop()
  // Each signal as often as it comes: npm and the terminal both send ctrl-C, and the second one must not end a shut-down half-way.
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const each of signals) process.on(each, onSignal)
  const station = await start()
  stop = station.stop
  if (isAsked) stop()
  const exitCode = await Promise.race([station.ended, station.ending.then(tooLong)])
  for (const each of signals) process.off(each, onSignal)
  if (exitCode !== 'too long') return exitCode
  // Whatever stands still in the house, the offers are withdrawn (in one process: the outputs are OFF) and the process ends.
  station.drop()
  return process.exit(await station.ending)
}

function shown(door: Running['http']): string | undefined {
  return door === undefined ? undefined : writtenAddress(door)
}

function tooLong(): Promise<'too long'> {
  return new Promise((resolve) => systemClock().after('longest exit', longestExitMs, () => resolve('too long')))
}

/** What a station is furnished with by its configuration, beside what its place gives it. */
export function furnished(config: StationConfig, parts: Pick<Furnished, 'clock' | 'log' | 'store' | 'dial' | 'networkMeters'>): Furnished {
  return {
    ...parts,
    id: config.id,
    csmsUrl: config.csmsUrl,
    identity: config.identity,
    settings: factoryOf(config),
    settingsOrigins: config.settingsOrigins,
    password: config.network.password,
    bootAfterReconnect: config.vendorOptions.bootAfterReconnect,
    preBootTransactions: config.vendorOptions.preBootTransactions,
    freeVend: config.vendorOptions.freeVend,
    silentOffline: config.vendorOptions.silentOffline,
    gapBetweenCallsMs: config.vendorOptions.gapBetweenCallsMs,
    authKeyEncoding: config.vendorOptions.authKeyEncoding,
    freeBytes: () => freeBytesOf(config.stateDirectory),
    chance,
  }
}

/** The console is loaded only where somebody types. */
async function promptOn({ stdin, stdout }: Streams, { commands: typed, context }: ReturnType<typeof localDoors>, isTerminal: boolean) {
  const { openConsole } = await import('../local/console.ts')
  return openConsole({ commands: typed, context, input: stdin, output: stdout, isTerminal })
}

/** A person sits at the console. */
function isTypedInto(config: StationConfig, streams: Streams | undefined): boolean {
  return config.console && streams !== undefined && 'isTTY' in streams.stdin && streams.stdin.isTTY === true
}

/** The table of commands over a station. */
export function localDoors(
  config: Pick<StationConfig, 'id' | 'defaultTag' | 'automaticEv'>,
  { station, hands }: Opened<CoreStation>,
  clock: Clock,
  stop: () => void,
  further: readonly Command[],
) {
  const { core, link, door } = station
  const auto = hands === undefined ? undefined : automaticEv(core, simulatedCar(hands, core.evses), clock, config.automaticEv)
  const context: LocalContext = {
    stationId: config.id,
    chargePoint: core,
    link,
    clock,
    defaultTag: config.defaultTag,
    automaticEv: auto,
    stop,
    person: hands === undefined ? undefined : simulatedPerson({ hands, chargePoint: core, clock }),
    transactionNumber: door.numberOf,
    reports: door.reports,
  }
  const simulated = hands === undefined || auto === undefined ? [] : simulatedCommands({ hands, chargePoint: core, clock, automaticEv: auto })
  return { context, auto, commands: commands(context, [...simulated, ...further]) }
}

function factoryOf({ settings, network }: StationConfig): Readonly<Record<string, string>> {
  return network.pingIntervalS === undefined ? settings : { WebSocketPingInterval: String(network.pingIntervalS), ...settings }
}
