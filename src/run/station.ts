import { boardWith } from '../config/connectors.ts'
import type { StationConfig } from '../config/station.ts'
import type { Command } from '../local/command.ts'
import type { Store } from '../store/store.ts'
import { takesFactoryValues } from './factory-values.ts'
import { host, type Running, untilEnded } from './host.ts'
import { type InlineStation, inlineStation } from './inline.ts'
import { openKept } from './open-kept.ts'
import { handsAt } from './simulated-world.ts'
import type { Streams } from './streams.ts'

/** For users of the library: what `startStation` takes, from the flags of `pilotwire run`. */
export { stationConfig } from '../config/merge.ts'

/** A station with its guard in this process. */
export interface RunningStation extends InlineStation, Running {}

/** Starts a station; `further` are rows beside the table of commands. @throws ConfigError when its directory, its settings or its control door cannot be had */
export function startStation(config: StationConfig, streams?: Streams, further: readonly Command[] = []): Promise<RunningStation> {
  return host(config, streams, further, async (parts) => {
    const { built, service, settled } = await openKept(boardOf(config, parts.store), config.stateDirectory, parts)
    const inline = inlineStation({ ...parts, built, service })
    const shutDown: InlineStation['shutDown'] = async (reason) => {
      await inline.shutDown(reason)
      await settled()
    }
    return { station: { ...inline, shutDown }, hands: built.simulation === undefined ? undefined : handsAt(built.simulation) }
  })
}

/** Runs one station until it is asked to end. Resolves to the exit code. */
export function runStation(config: StationConfig, streams: Streams): Promise<number> {
  return untilEnded(() => startStation(config, streams))
}

/** NumberOfConnectors belongs to the board: among the factory values it says how many outlets there are, unless --connectors does. */
function boardOf(config: StationConfig, store: Store) {
  const factory = takesFactoryValues(store) ? config.settings : (store.documents<Readonly<Record<string, string>>>('factory').get('settings') ?? {})
  return boardWith(factory, config)
}
