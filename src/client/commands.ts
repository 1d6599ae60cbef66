// Made of the table of commands. test/client/commands.test.ts tells when it is no longer true, and makes it anew:
// npx vitest run --project house test/client/commands.test.ts -u
import type { ServicePicture, StationPicture } from './picture.ts'

export type StatusWord = 'available' | 'preparing' | 'charging' | 'finishing' | 'faulted' | 'unavailable'

export type ErrorWord =
  | 'noerror'
  | 'ConnectorLockFailure'
  | 'EVCommunicationError'
  | 'GroundFailure'
  | 'HighTemperature'
  | 'InternalError'
  | 'LocalListConflict'
  | 'OtherError'
  | 'OverCurrentFailure'
  | 'OverVoltage'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure'
  | 'UnderVoltage'
  | 'WeakSignal'

export type AutoWord = 'on' | 'off'

export type PhasesWord = '1' | '3'

export type FaultWord =
  | 'emergencyStop'
  | 'residualCurrent'
  | 'residualSelfTest'
  | 'weld'
  | 'noClose'
  | 'currentWhileOpen'
  | 'evNotFollowing'
  | 'overCurrent'
  | 'overTemperature'
  | 'temperatureSensor'
  | 'protectiveEarth'
  | 'diode'
  | 'pilotShort'
  | 'pilotStale'
  | 'ventilation'
  | 'proximity'
  | 'voltage'
  | 'phaseLoss'
  | 'lock'
  | 'meterLost'
  | 'tamper'
  | 'board'
  | 'mainsOff'
  | 'limitInput'
  | 'mirrorLost'
  | 'phaseSwitch'

export type GridmeterWord = 'on' | 'off'

export type ServiceWord = 'reset' | 'clear'

export type ModeWord = 'fast' | 'min+solar' | 'solar'

/** The commands of a station, as docs/control.md describes them. `c` is a connector, from 1; without it connector 1 is meant, or what the
 *  table says. Each resolves to the words after `ok`. Those of simulated boards are `error` (an unknown command) on a real one. */
export interface StationCommands {
  /** `status [available|preparing|charging|finishing|faulted|unavailable] [c]`: the internal state as JSON; with a state: brings it about as a person at the charger could */
  status(): Promise<StationPicture>
  /** `status [available|preparing|charging|finishing|faulted|unavailable] [c]`: the internal state as JSON; with a state: brings it about as a person at the charger could */
  status(what: StatusWord, c?: number): Promise<string>
  /** `error <errorCode|noerror> [c]`: reports an OCPP errorCode (in any case); noerror clears, at every connector when none is named */
  error(what: ErrorWord, c?: number): Promise<string>
  /** `start <idTag> [c]`: shows a card to start charging; without a connector at the one reader for all */
  start(idTag: string, c?: number): Promise<string>
  /** `stop [c]`: ends the transaction, or the wait for the cable, as its own card would; without a connector the only one there is */
  stop(c?: number): Promise<string>
  /** `tag [idTag] [c]`: shows a card to the reader, the default one when none is named; without a connector at the one reader for all */
  tag(idTag?: string, c?: number): Promise<string>
  /** `current <amps> [c] [s]`: local limit of the current, at every connector when none is named; below 6 A charging pauses; with seconds it ends by itself; at a DC connector of its supply: A x phases x V are the watts at its output */
  current(amps: number, c?: number, s?: number): Promise<string>
  /** `nolimit [c]`: lifts the local limit, everywhere when no connector is named */
  nolimit(c?: number): Promise<string>
  /** `enable [c]`: ends disable */
  enable(c?: number): Promise<string>
  /** `disable [c]`: charging pauses until enable, over a restart too; everywhere when no connector is named */
  disable(c?: number): Promise<string>
  /** `unlock [c]`: ends the transaction and lets the plug go, once that is safe */
  unlock(c?: number): Promise<string>
  /** `forget`: forgets the cards that were learnt by asking the central system */
  forget(): Promise<string>
  /** `info`: status, transaction, tag, meter Wh, A, V, W and charging of every connector, who limits it, and whom it is kept for */
  info(): Promise<string>
  /** `disconnect`: closes the connection to the central system and stays away until connect */
  disconnect(): Promise<string>
  /** `connect`: connects to the central system again */
  connect(): Promise<string>
  /** `offline [s]`: cuts the network to the central system for some seconds (30) */
  offline(s?: number): Promise<string>
  /** `auto <on|off>`: the automatic EV: plugs in 2 s after a start, unplugs after a stop */
  auto(what: AutoWord): Promise<string>
  /** `exit`: ends this control session, and the charge point goes on; at the console it stops the charge point too */
  exit(): Promise<string>
  /** `quit`: stops the charge point */
  quit(): Promise<string>
  /** `shutdown`: stops the charge point */
  shutdown(): Promise<string>
  /** `plugin [c]`: the cable into the socket and the car */
  plugin(c?: number): Promise<string>
  /** `unplug [c]`: the cable out of the car, and out of the socket as soon as the lock lets go */
  unplug(c?: number): Promise<string>
  /** `suspend [c]`: the car stops taking energy */
  suspend(c?: number): Promise<string>
  /** `resume [c]`: the car takes energy again */
  resume(c?: number): Promise<string>
  /** `full [c]`: the battery is full now */
  full(c?: number): Promise<string>
  /** `fullafter <Wh> [c]`: the battery is full after so much energy of this plug-in */
  fullafter(Wh: number, c?: number): Promise<string>
  /** `delay [c]`: the car stays plugged but draws nothing */
  delay(c?: number): Promise<string>
  /** `nodelay [c]`: ends delay */
  nodelay(c?: number): Promise<string>
  /** `max [amps] [c]`: the current that the car wants; without a number the usual one; below 6 A it wants nothing; at a DC connector only that, see maxpower */
  max(amps?: number, c?: number): Promise<string>
  /** `maxpower [watts] [c]`: the power that the car wants at a DC connector; without a number the usual one */
  maxpower(watts?: number, c?: number): Promise<string>
  /** `phases <1|3> [c]`: the phases that the car uses */
  phases(what: PhasesWord, c?: number): Promise<string>
  /** `battery <Wh> [percent] [c]`: the size of the battery, and how full it comes (20 %): counts from the next plug-in */
  battery(Wh: number, percent?: number, c?: number): Promise<string>
  /** `clock [s]`: shifts the timestamps that are sent; adds up; without a number back to the true time */
  clock(s?: number): Promise<string>
  /** `wait [s]`: answers after some seconds (5) */
  wait(s?: number): Promise<string>
  /** `fault <name> [c]`: breaks something: emergencyStop, residualCurrent, residualSelfTest, weld, noClose, currentWhileOpen, evNotFollowing, overCurrent, overTemperature, temperatureSensor, protectiveEarth, diode, pilotShort, pilotStale, ventilation, proximity, voltage, phaseLoss, lock, meterLost, tamper, board, mainsOff, limitInput, mirrorLost, phaseSwitch */
  fault(name: FaultWord, c?: number): Promise<string>
  /** `clear [c]`: mends what fault broke, and clears what the guard has latched of it; without a connector everywhere */
  clear(c?: number): Promise<string>
  /** `house <L1> [L2] [L3]`: what the house draws beside the cars, A per phase; a phase that is left out keeps its load */
  house(L1: number, L2?: number, L3?: number): Promise<string>
  /** `solar <watts>`: what the roof of the house gives, spread over its phases */
  solar(watts: number): Promise<string>
  /** `gridmeter <on|off>`: whether the grid meter of the house answers */
  gridmeter(what: GridmeterWord): Promise<string>
  /** `reset`: clears all simulator state: unplugged, nothing broken, the usual car, true time (not an OCPP Reset) */
  reset(): Promise<string>
  /** `service [reset|clear] [c]`: cycles, trips and hours of every connector as JSON; reset <c>: they begin at 0 again; clear <c>: lets a latched fault go whose cause is gone */
  service(): Promise<readonly ServicePicture[]>
  /** `service [reset|clear] [c]`: cycles, trips and hours of every connector as JSON; reset <c>: they begin at 0 again; clear <c>: lets a latched fault go whose cause is gone */
  service(what: ServiceWord, c?: number): Promise<string>
  /** `now [c]`: charges at once until the car is unplugged, whatever the off-peak windows say; at every connector when none is named */
  now(c?: number): Promise<string>
  /** `site`: load management: the main fuse, what the grid carries, how the cars follow the sun */
  site(): Promise<string>
  /** `mode [mode]`: how the cars follow the sun: fast (not at all), min+solar (6 A at least), solar (with a surplus only); kept over restarts; without a word what it is */
  mode(mode?: ModeWord): Promise<string>
  /** `help [command]`: the commands, or what one of them means */
  help(command?: string): Promise<string>
}

export const rowNames = [
  'status',
  'error',
  'start',
  'stop',
  'tag',
  'current',
  'nolimit',
  'enable',
  'disable',
  'unlock',
  'forget',
  'info',
  'disconnect',
  'connect',
  'offline',
  'auto',
  'exit',
  'quit',
  'shutdown',
  'plugin',
  'unplug',
  'suspend',
  'resume',
  'full',
  'fullafter',
  'delay',
  'nodelay',
  'max',
  'maxpower',
  'phases',
  'battery',
  'clock',
  'wait',
  'fault',
  'clear',
  'house',
  'solar',
  'gridmeter',
  'reset',
  'service',
  'now',
  'site',
  'mode',
  'help',
] as const satisfies readonly (keyof StationCommands)[]
