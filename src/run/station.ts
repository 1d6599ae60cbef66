import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Register } from '../../hal/simulated/energy.ts'
import { chance } from '../base/chance.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import { jsonLog, type Log } from '../base/log.ts'
import { withConnectors } from '../config/board.ts'
import type { StationConfig } from '../config/station.ts'
import type { StopReason } from '../core/facts.ts'
import type { Command, LocalContext } from '../local/command.ts'
import { commands } from '../local/commands.ts'
import { openConsole } from '../local/console.ts'
import { openControl } from '../local/control.ts'
import type { Streams } from './streams.ts'
import { dialWebSocket } from '../ocpp/websocket.ts'
import { lockDirectory } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { automaticEv } from './automatic-ev.ts'
import { type InlineStation, inlineStation } from './inline.ts'
import { latchFile } from './latch-file.ts'
import { simulatedCar, simulatedCommands, simulatedPerson } from './simulated-commands.ts'

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
  /** Resolves when everything is closed: 0 asked to stop, 3 asked to restart. */
  readonly ended: Promise<0 | 3>
}

/** An exit that hangs (a disk that does not answer) is ended all the same: the guard has opened by then. */
const longestExitMs = 2_900

/** Starts a station; `further` are rows beside the table of commands. @throws ConfigError when its directory, its settings or its control door cannot be had */
export async function startStation(config: StationConfig, streams?: Streams, further: readonly Command[] = []): Promise<RunningStation> {
  const clock = systemClock()
  const log = jsonLog({ level: config.log.level, now: () => clock.now().epochMs, ...(config.log.file === undefined ? {} : { to: config.log.file }) }).with({ station: config.id })
  const lock = lockDirectory(config.stateDirectory)
  const undo: (() => void | Promise<void>)[] = [() => lock.release()]
  const release = async () => {
    for (const each of undo.reverse()) await each()
  }
  try {
    const store = openStore({ directory: config.stateDirectory, log })
    undo.push(() => store.close())
    const station = inlineStation({
      id: config.id, csmsUrl: config.csmsUrl, identity: config.identity, settings: factoryOf(config), password: config.network.password,
      board: boardOf(config), bootAfterReconnect: config.vendorOptions.bootAfterReconnect, preBootTransactions: config.vendorOptions.preBootTransactions,
      clock, log, store, dial: dialWebSocket({ log }), chance,
      register: (evse) => registerFile(join(config.stateDirectory, `simulated-meter-${evse}`), log), latch: latchFile(join(config.stateDirectory, 'latch.json')),
    })
    const ending = Promise.withResolvers<Ending>()
    const stop = () => ending.resolve({ exitCode: 0, reason: 'reboot' })
    station.core.restarting.on(({ stop: reason }) => ending.resolve({ exitCode: 3, reason }))
    const local = localDoors(config, station, clock, stop, further)
    undo.push(() => local.auto?.close())
    const control = config.control === undefined ? undefined : await openControl(config.control, local.commands, log.with({ part: 'control' }))
    if (control !== undefined) undo.push(() => control.close())
    const prompt = config.console && streams !== undefined ? promptOn(streams, local) : undefined
    if (prompt !== undefined) undo.push(() => prompt.close())
    log.info({ board: config.board.name, csms: config.csmsUrl, control: control === undefined ? undefined : `${control.host}:${control.port}` }, 'station started')
    station.link.connect()
    return {
      ...station,
      control,
      stop,
      print: (line) => (prompt === undefined ? streams?.stdout.write(`${line}\n`) : prompt.print(line)),
      run: (line) => local.commands.run(line, { end() {}, after: (run) => run() }),
      ended: ending.promise.then(async ({ exitCode, reason }) => {
        log.info({ exitCode, reason }, 'station stops')
        await shutDown(station, reason, log)
        await release()
        return exitCode
      }),
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Runs one station until it is asked to end: by a command, by Reset, or by SIGTERM and SIGINT. */
export async function runStation(config: StationConfig, streams: Streams): Promise<number> {
  const station = await startStation(config, streams)
  const onSignal = () => {
    // Whatever stands still in the house, the process ends.
    systemClock().after('longest exit', longestExitMs, () => process.exit(0))
    station.stop()
  }
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const each of signals) process.once(each, onSignal)
  const exitCode = await station.ended
  for (const each of signals) process.off(each, onSignal)
  return exitCode
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

function promptOn({ stdin, stdout }: Streams, { commands: typed, context }: ReturnType<typeof localDoors>) {
  return openConsole({ commands: typed, context, input: stdin, output: stdout, isTerminal: 'isTTY' in stdin && stdin.isTTY === true })
}

function localDoors(config: StationConfig, station: InlineStation, clock: Clock, stop: () => void, further: readonly Command[]) {
  const { core, link, door, built } = station
  const { simulation } = built
  const auto = simulation === undefined ? undefined : automaticEv(core, simulatedCar(simulation), clock, config.automaticEv)
  const context: LocalContext = {
    stationId: config.id, chargePoint: core, link, clock, defaultTag: config.defaultTag, automaticEv: auto, stop,
    person: simulation === undefined ? undefined : simulatedPerson({ simulation, chargePoint: core, clock }),
    transactionNumber: door.numberOf,
  }
  const simulated = simulation === undefined || auto === undefined ? [] : simulatedCommands({ simulation, chargePoint: core, clock, automaticEv: auto })
  return { context, auto, commands: commands(context, [...simulated, ...further]) }
}

/** NumberOfConnectors belongs to the board: among the factory values it sets how many outlets a simulated one has. */
function boardOf({ board, settings }: StationConfig) {
  const count = Number(settings.NumberOfConnectors)
  return Number.isInteger(count) && count >= 1 ? withConnectors(board, count) : board
}

function factoryOf({ settings, network }: StationConfig): Readonly<Record<string, string>> {
  return network.pingIntervalS === undefined ? settings : { WebSocketPingInterval: String(network.pingIntervalS), ...settings }
}

/** The register of a simulated meter, as non-volatile as a real one's. */
function registerFile(path: string, log: Log): Register {
  return {
    load() {
      try {
        const wh = Number(readFileSync(path, 'utf8'))
        return Number.isFinite(wh) && wh >= 0 ? wh : 0
      } catch {
        return 0
      }
    },
    save(wh) {
      try {
        writeFileSync(path, String(wh))
      } catch (error) {
        log.warn({ error: wordsOf(error) }, 'the simulated meter cannot keep its register')
      }
    },
  }
}
