import { resolve } from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { ConfigError } from '../../src/base/errors.ts'
import type { BoardSpec } from '../../src/config/board.ts'
import { readBoard } from '../../src/config/files.ts'
import type { StationConfig } from '../../src/config/station.ts'

/** What differs from one station of a fleet to the next. */
export interface StationOf {
  readonly id: string
  /** Without the identity. */
  readonly csmsUrl: string
  readonly board: BoardSpec
  readonly password: string | undefined
  readonly settings: Readonly<Record<string, string>>
  readonly stateDirectory: string | undefined
  readonly automaticEv: boolean
}

/** What `pilotwire run` would make of it: no doors, and nothing in the log. */
export function configOf({ id, csmsUrl, board, password, settings, stateDirectory, automaticEv }: StationOf): StationConfig {
  return {
    ...{ id, csmsUrl, board, settings, automaticEv, ocpp: '1.6', connectors: undefined },
    stateDirectory: resolve(stateDirectory ?? '/nowhere'),
    ...{ control: undefined, http: undefined, mqtt: undefined, offPeak: undefined, site: undefined },
    settingsOrigins: {},
    identity: { vendor: 'Pilotwire', model: board.name.slice(0, 20), firmwareVersion: about.version },
    defaultTag: 'PILOTWIRE',
    network: { password: password === undefined ? undefined : new TextEncoder().encode(password), pingIntervalS: undefined },
    ...{ console: false, respawn: false },
    log: { level: 'silent', file: undefined },
    vendorOptions: { bootAfterReconnect: false, preBootTransactions: false, silentOffline: false, gapBetweenCallsMs: 0, authKeyEncoding: 'auto' },
  }
}

/** Boards by number, as `simulated:3,simulated-dc@100:1` says: of each four stations three, and one with outlets of 100 kW.
 *  @throws ConfigError for a board that is none, or has real hardware */
export async function boardMix(words: string, source = '--board'): Promise<(n: number) => BoardSpec> {
  const turns: BoardSpec[] = []
  for (const word of words.split(',')) {
    const [, name = '', kw, share = '1'] = /^\s*([^@:]+(?:\.json|\.ya?ml)?)(?:@(\d+(?:\.\d+)?))?(?::(\d{1,4}))?\s*$/i.exec(word) ?? []
    if (name === '' || Number(share) < 1)
      throw new ConfigError(source, '', `"${word}" is no board`, 'Write NAME, NAME:3 for three turns of it, simulated-dc@100 for 100 kW at each outlet')
    const board = withPower(await readBoard(name, '.', source), kw === undefined ? undefined : Number(kw), source)
    if (board.kind !== 'simulated')
      throw new ConfigError(source, '', `${name} drives real hardware`, 'Name a simulated board: simulated, simulated-2, simulated-dc')
    for (let turn = 0; turn < Number(share); turn++) turns.push(board)
  }
  return (n) => turns[(n - 1) % turns.length] as BoardSpec
}

/** A DC board with another power at each outlet, and a cable that carries it. @throws ConfigError for an AC board, and a power that is none */
function withPower(board: BoardSpec, kw: number | undefined, source: string): BoardSpec {
  if (kw === undefined || board.kind !== 'simulated') return board
  if (board.evses.some((each) => each.dc === undefined))
    throw new ConfigError(source, '', `${board.name} has AC outlets, whose power is their current`, 'Leave @ out')
  if (kw < 1 || kw > 400) throw new ConfigError(source, '', `${kw} kW is no power of a DC outlet here`, 'Write 1 to 400')
  const evses = board.evses.map((each) => {
    const voltageV = each.dc?.voltageV ?? 400
    const maxAmps = Math.min(600, Math.max(each.dc?.maxAmps ?? 200, Math.ceil((kw * 1_000) / voltageV)))
    return { ...each, dc: { ...each.dc, maxWatts: Math.round(kw * 1_000), maxAmps } }
  })
  return { ...board, evses }
}
