import { buildBoard } from '../../hal/build.ts'
import type { SimulatedOptions } from '../../hal/simulated/board.ts'
import { ConfigError } from '../base/errors.ts'
import type { StationConfig } from '../config/station.ts'
import type { EvseView } from '../core/charge-point.ts'
import type { FilePorts } from '../core/transfer.ts'
import { pictureOf } from '../local/picture.ts'
import { applyFactory, type FactoryOutcome } from '../ocpp16/settings.ts'
import type { CoreParts } from './core.ts'
import { furnished, localDoors } from './host.ts'
import { type InlineStation, inlineStation } from './inline.ts'
import { handsAt, type Simulation } from './simulated-world.ts'

/** What a simulated station is played with: its time, its memory and its network are handed in. */
export interface DeskParts extends Pick<CoreParts, 'clock' | 'log' | 'store' | 'dial' | 'chance' | 'keeps' | 'dialTimeout'> {
  readonly config: StationConfig
  /** Where the meters keep their registers from one program to the next. */
  readonly register?: NonNullable<SimulatedOptions['register']>
  /** The program before this one, whose cars still stand there. */
  readonly before?: DeskStation | undefined
  readonly files?: (station: () => DeskStation) => FilePorts
  /** Asked for by `quit`. */
  readonly stop: () => void
}

/** A simulated station in the hands of a program. It does not connect by itself. */
export interface DeskStation extends InlineStation {
  /** A line of the control door. */
  run(line: string): Promise<string>
  /** Changes an OCPP key as somebody with the settings file does. */
  set(key: string, value: string): FactoryOutcome
  view(evse: number): EvseView | undefined
  /** Everything that it knows of itself: what `status` prints. */
  picture(): ReturnType<typeof pictureOf>
  /** The central system has accepted the station, and it is connected. */
  readonly isOnline: boolean
}

/** Starts a simulated station over what is handed in. @throws ConfigError for a board with real hardware, and for settings that are none */
export function deskStation(parts: DeskParts): DeskStation {
  const { config, clock, store, log, dial, register, files } = parts
  if (config.board.kind !== 'simulated') {
    throw new ConfigError(
      `board ${config.board.name}`,
      '',
      'drives real hardware',
      'Name a simulated board: simulated, simulated-2, simulated-cable, simulated-dc, simulated-house',
    )
  }
  const built = buildBoard(config.board, { clock, ...(register === undefined ? {} : { simulated: { register } }) })
  const { simulation } = built
  if (simulation === undefined) throw new Error('a simulated board has a simulated world')
  if (parts.before?.built.simulation !== undefined) leaveCars(parts.before.built.simulation, simulation)
  const inline = inlineStation({
    ...furnished(config, { clock, log, store, dial }),
    chance: parts.chance,
    keeps: parts.keeps,
    dialTimeout: parts.dialTimeout,
    built,
    ...(files === undefined ? {} : { files: files(() => station) }),
  })
  let made: ReturnType<typeof localDoors> | undefined
  // Its table of commands is a tenth of a station, and of a fleet most are never typed at.
  const local = () => {
    made ??= localDoors(config, { station: inline, hands: handsAt(simulation) }, clock, parts.stop, [])
    return made
  }
  if (config.automaticEv) local()
  const station: DeskStation = {
    ...inline,
    run: (line) => local().commands.run(line, { end() {}, after: (run) => run() }),
    set: (key, value) => applyFactory(inline.core, key, value),
    picture: () => pictureOf(local().context),
    view: (evse) => (inline.core.evses.includes(evse) ? inline.core.view(evse) : undefined),
    get isOnline() {
      return inline.door.registration.isOnline
    },
    shutDown(reason) {
      made?.auto?.close()
      return inline.shutDown(reason)
    },
    drop() {
      made?.auto?.close()
      inline.drop()
    },
  }
  return station
}

/** Cars stay where they stand, on their cables, whatever becomes of the program. */
function leaveCars(before: Simulation, after: Simulation): void {
  for (const [at, { hasCable, isPlugged, ev }] of before.plants.entries()) {
    after.plants[at]?.setEv(ev)
    if (isPlugged) after.plants[at]?.plugIn()
    else if (hasCable) after.plants[at]?.plugCable()
  }
}
