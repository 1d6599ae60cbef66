import { join } from 'node:path'
import { openBoard } from '../../hal/build.ts'
import { chance } from '../base/chance.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { ConfigError, wordsOf } from '../base/errors.ts'
import { jsonLog, type Log } from '../base/log.ts'
import { spokenLog } from '../base/spoken-log.ts'
import { mostConnectors, withConnectors } from '../config/board.ts'
import type { StationConfig } from '../config/station.ts'
import type { StopReason } from '../core/facts.ts'
import type { Command, LocalContext } from '../local/command.ts'
import { commands } from '../local/commands.ts'
import { openControl } from '../local/control.ts'
import { dialWebSocket } from '../ocpp/websocket.ts'
import { lockDirectory } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { automaticEv } from './automatic-ev.ts'
import { type InlineStation, inlineStation } from './inline.ts'
import { latchFile } from './latch-file.ts'
import { registerFile } from './register-file.ts'
import { simulatedCar, simulatedCommands, simulatedPerson } from './simulated-commands.ts'
import type { Streams } from './streams.ts'

/** For users of the library: what `startStation` takes, from the flags of `pilotwire run`. */
export { stationConfig } from '../config/merge.ts'

/** How a station was asked to end. */
interface Ending {
  readonly exitCode: 0 | 3
  readonly reason: StopReason
}

/** A station that runs on this machine's clock, disk and network, until it is asked to end. */
export interface RunningStation extends InlineStation {
  /** Where the control door listens, if there is one. */
  readonly control: { readonly host: string; readonly port: number } | undefined
  /** Prints a line above the console's prompt, or to standard output without one. */
  print(line: string): void
  /** The commands of the control door, for a program that types them. */
  run(line: string): Promise<string>
  /** Asks it to end. */
  stop(): void
  /** Resolves when it was asked to end, with the exit code to be. */
  readonly ending: Promise<0 | 3>
  /** Resolves when everything is closed: 0 asked to stop, 3 asked to restart. */
  readonly ended: Promise<0 | 3>
}

/** An exit that hangs (a disk that does not answer) is ended all the same: the guard has opened by then. */
const longestExitMs = 2_900

/** Starts a station; `further` are rows beside the table of commands. @throws ConfigError when its directory, its settings or its control door cannot be had */
export async function startStation(config: StationConfig, streams?: Streams, further: readonly Command[] = []): Promise<RunningStation> {
  const clock = systemClock()
  let print: RunningStation['print'] = (line) => void streams?.stdout.write(`${line}\n`)
  const spoken = logFor(config, clock, isTypedInto(config, streams), (line) => print(line))
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
  let unfinished: InlineStation | undefined
  try {
    const store = openStore({ directory: config.stateDirectory, log })
    undo.push(() => store.close())
    const station = inlineStation({
      id: config.id,
      csmsUrl: config.csmsUrl,
      identity: config.identity,
      settings: factoryOf(config),
      password: config.network.password,
      settingsOrigins: config.settingsOrigins,
      built: await openBoard(boardOf(config, store), {
        clock,
        log: log.with({ part: 'hal' }),
        register: (evse) => registerFile(join(config.stateDirectory, `simulated-meter-${evse}`), log),
      }),
      bootAfterReconnect: config.vendorOptions.bootAfterReconnect,
      preBootTransactions: config.vendorOptions.preBootTransactions,
      clock,
      log,
      store,
      dial: dialWebSocket({ log }),
      chance,
      latch: latchFile(join(config.stateDirectory, 'latch.json'), log),
    })
    unfinished = station
    const ending = Promise.withResolvers<Ending>()
    const stop = () => ending.resolve({ exitCode: 0, reason: 'reboot' })
    station.core.restarting.on(({ stop: reason }) => ending.resolve({ exitCode: 3, reason }))
    const local = localDoors(config, station, clock, stop, further)
    undo.push(() => local.auto?.close())
    const control = config.control === undefined ? undefined : await openControl(config.control, local.commands, log.with({ part: 'control' }))
    if (control !== undefined) undo.push(() => control.close())
    const prompt = config.console && streams !== undefined ? await promptOn(streams, local, isTypedInto(config, streams)) : undefined
    if (prompt !== undefined) {
      print = prompt.print
      undo.push(() => prompt.close())
    }
    log.info(
      { board: config.board.name, csms: config.csmsUrl, control: control === undefined ? undefined : `${control.host}:${control.port}` },
      'station started',
    )
    station.link.connect()
    return {
      ...station,
      control,
      stop,
      print,
      run: (line) => local.commands.run(line, { end() {}, after: (run) => run() }),
      ending: ending.promise.then(({ exitCode }) => exitCode),
      ended: ending.promise.then(async ({ exitCode, reason }) => {
        log.info({ exitCode, reason }, 'station stops')
        await shutDown(station, reason, log)
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

/** Runs one station until it is asked to end: by a command, by Reset, or by SIGTERM and SIGINT. */
export async function runStation(config: StationConfig, streams: Streams): Promise<number> {
  // A signal that comes before the station is up ends it as soon as it is.
  let stop = () => {
    isAsked = true
  }
  let isAsked = false
  const onSignal = () => stop()
  // Each signal as often as it comes: npm and the terminal both send ctrl-C, and the second one must not end a shut-down half-way.
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const each of signals) process.on(each, onSignal)
  const station = await startStation(config, streams)
  stop = station.stop
  if (isAsked) stop()
  const exitCode = await Promise.race([station.ended, station.ending.then(tooLong)])
  for (const each of signals) process.off(each, onSignal)
  if (exitCode !== 'too long') return exitCode
  // Whatever stands still in the house, the outputs are OFF and the process ends.
  station.drop()
  return process.exit(await station.ending)
}

function tooLong(): Promise<'too long'> {
  return new Promise((resolve) => systemClock().after('longest exit', longestExitMs, () => resolve('too long')))
}

/** A shut-down that fails half-way is tried again as often as ResetRetries says; the outputs are OFF in any case. */
async function shutDown(station: InlineStation, reason: StopReason, log: Log): Promise<void> {
  for (let retries = station.core.settings.get('resetRetries'); ; retries--) {
    try {
      return await station.shutDown(reason)
    } catch (error) {
      log.error({ error: wordsOf(error), retries }, 'the station did not stop in good order')
      if (retries <= 0) return station.drop()
    }
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

/** JSON lines on standard error or in a file; above a prompt, words for whoever sits there. @throws ConfigError for a file that cannot be written */
function logFor({ log: { level, file } }: StationConfig, clock: Clock, isTerminal: boolean, print: (line: string) => void): Log & { close?(): void } {
  const now = () => clock.now().epochMs
  if (file === undefined) return isTerminal ? spokenLog({ level, now, print }) : jsonLog({ level, now })
  try {
    return jsonLog({ level, now, to: file })
  } catch (error) {
    throw new ConfigError(`log file ${file}`, '', `cannot be written (${wordsOf(error)})`, 'Name another one with OCPP_LOG_FILE or log.file, or leave it out')
  }
}

function localDoors(config: StationConfig, station: InlineStation, clock: Clock, stop: () => void, further: readonly Command[]) {
  const { core, link, door, built } = station
  const { simulation } = built
  const auto = simulation === undefined ? undefined : automaticEv(core, simulatedCar(simulation), clock, config.automaticEv)
  const context: LocalContext = {
    stationId: config.id,
    chargePoint: core,
    link,
    clock,
    defaultTag: config.defaultTag,
    automaticEv: auto,
    stop,
    person: simulation === undefined ? undefined : simulatedPerson({ simulation, chargePoint: core, clock }),
    transactionNumber: door.numberOf,
    reports: door.reports,
  }
  const simulated = simulation === undefined || auto === undefined ? [] : simulatedCommands({ simulation, chargePoint: core, clock, automaticEv: auto })
  return { context, auto, commands: commands(context, [...simulated, ...further]) }
}

/** NumberOfConnectors belongs to the board: among the factory values it says how many outlets there are, unless --connectors does. */
function boardOf({ board, connectors, settings, settingsOrigins }: StationConfig, store: Store) {
  if (connectors !== undefined) return board
  const factory = store.isNew ? settings : (store.documents<Readonly<Record<string, string>>>('factory').get('settings') ?? {})
  const [key, value] = Object.entries(factory).find(([each]) => each.toLowerCase() === 'numberofconnectors') ?? []
  if (key === undefined || value === undefined) return board
  const { source, field } = settingsOrigins[key] ?? { source: 'settings', field: key }
  if (!/^\d{1,2}$/.test(value) || Number(value) < 1 || Number(value) > mostConnectors)
    throw new ConfigError(source, field, `"${value}" is not a number from 1 to ${mostConnectors}`, 'Say how many connectors there are')
  return withConnectors(board, Number(value))
}

function factoryOf({ settings, network }: StationConfig): Readonly<Record<string, string>> {
  return network.pingIntervalS === undefined ? settings : { WebSocketPingInterval: String(network.pingIntervalS), ...settings }
}
