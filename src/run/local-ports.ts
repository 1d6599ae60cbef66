import type { LocalContext } from '../local/command.ts'
import type { Commands } from '../local/commands.ts'
import type { LocalPorts } from '../local/ports.ts'
import type { Store } from '../store/store.ts'
import { breakables } from './breakables.ts'
import { connectionDesk } from './connection-desk.ts'
import { bootRequest, type CoreStation } from './core.ts'
import { frameRing } from './frame-ring.ts'
import { keyDesk } from './key-desk.ts'
import { ledgerDesk } from './ledger-desk.ts'
import { type MachineParts, machinePort } from './machine.ts'
import { messageDesk } from './message-desk.ts'

export interface LocalPortParts extends Omit<MachineParts, 'identity' | 'clock'> {
  readonly station: Pick<CoreStation, 'core' | 'link' | 'place' | 'credentials' | 'door' | 'identity'>
  readonly context: LocalContext
  readonly commands: Commands
  readonly store: Store
}

/** What the doors for people are handed, made once for all of them. Frames are kept from now on. */
export function localPorts(parts: LocalPortParts): LocalPorts & { close(): void } {
  const { config, station, context, commands, store } = parts
  const { core, link, place, credentials, door, identity } = station
  const { clock, defaultTag } = context
  const frames = frameRing(door.peer.frames, clock)
  const machine = machinePort({ ...parts, identity, clock })
  const isSimulated = config.board.kind === 'simulated'
  return {
    context,
    commands,
    frames,
    keys: keyDesk(core),
    connection: connectionDesk(place, link, door.registration, credentials),
    machine,
    ledger: ledgerDesk(store, door),
    breakables: isSimulated ? breakables : undefined,
    messages: isSimulated ? messageDesk({ door, core, clock, defaultTag, boot: bootRequest(identity) }) : undefined,
    close() {
      frames.close()
      machine.close()
    },
  }
}
