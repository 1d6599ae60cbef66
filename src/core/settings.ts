import { type Listenable, signal } from '../base/signal.ts'
import type { Documents } from '../store/store.ts'

/** A setting's kind, its bounds and the value it is born with. */
type Row =
  | { readonly type: 'whole'; readonly initial: number; readonly min: number; readonly max: number }
  | { readonly type: 'truth'; readonly initial: boolean }
  | { readonly type: 'words'; readonly initial: readonly string[] }
  | { readonly type: 'text'; readonly initial: string; readonly maxLength: number }

const truth = (initial: boolean) => ({ type: 'truth', initial }) as const
/** Nobody needs a larger one, and other programs count in 32 bits. */
export const unbounded = 2_147_483_647
const whole = (initial: number, min = 0, max = unbounded) => ({ type: 'whole', initial, min, max }) as const
const words = (...initial: readonly string[]) => ({ type: 'words', initial }) as const
const text = (initial: string, maxLength: number) => ({ type: 'text', initial, maxLength }) as const

/** Every setting of the core and of the doors, by the name that this house gives it. Intervals are in seconds.
 *  OCPP versions map their keys and variables onto these; the names of 1.6 (§9.1) stand in the comments where they differ. */
export const settingsTable = {
  authorizationCacheEnabled: truth(true),
  allowOfflineTxForUnknownId: truth(false),
  localAuthorizeOffline: truth(true),
  localPreAuthorize: truth(false),
  authorizeRemoteTxRequests: truth(true),
  stopTransactionOnInvalidId: truth(true),
  stopTransactionOnEvSideDisconnect: truth(true),
  unlockOnEvSideDisconnect: truth(true),
  /** s from Preparing until the attempt is given up; 0: never. */
  connectionTimeout: whole(60),
  /** s, 0: no periodic samples. */
  sampleInterval: whole(60),
  /** s from midnight UTC, 0: no clock-aligned samples. */
  clockAlignedInterval: whole(0),
  /** Measurands, with a phase where one alone is wanted (`Voltage.L1`). */
  sampledMeasurands: words('Energy.Active.Import.Register'),
  alignedMeasurands: words('Energy.Active.Import.Register'),
  endSampledMeasurands: words(),
  endAlignedMeasurands: words(),
  /** One entry a connector: `1.RST`. */
  phaseRotation: words(),
  /** s of silence before a Heartbeat; a BootNotification's answer overwrites it. 0: the charge point's own interval. */
  heartbeatInterval: whole(300),
  /** s a status must hold before it is reported; 0: every change. */
  minimumStatusDuration: whole(0),
  /** s an answer to a CALL may take. */
  messageTimeout: whole(30, 1, 3_600),
  /** Transmissions of a transaction's message that is refused; 0 counts as 1. */
  transactionMessageAttempts: whole(3),
  /** s, times the number of transmissions so far. */
  transactionMessageRetryInterval: whole(60),
  /** s between WebSocket pings, 0: none. */
  webSocketPingInterval: whole(54),
  /** How often an exit that fails half-way is tried again. */
  resetRetries: whole(2, 0, 10),
  /** Largest number of keys in one GetConfiguration.req. */
  getConfigurationMaxKeys: whole(100, 1),
  /** Credentials for HTTP basic authentication. A secret. */
  authorizationKey: text('', 128),
  /** Security profile of the connection (security whitepaper ed. 3): 0 none, 1 basic authentication; 2 and 3 want certificates. */
  securityProfile: whole(0, 0, 3),
  /** Profiles that are offered; empty: all that this program has. */
  featureProfiles: words(),
  /** Wh that a transaction may still draw after its token was refused, where it is not stopped. */
  maxEnergyOnInvalidId: whole(0),
  localListEnabled: truth(true),
  /** False: ReserveNow is answered Rejected. */
  reservationsEnabled: truth(true),
  /** A reservation may name no connector. */
  reserveConnectorZeroSupported: truth(true),
  // Of no specification, asked for by those who run chargers.
  /** Charging before a central system accepted the station for the first time. */
  preBootTransactions: truth(false),
  /** Each car charges without a card, under `freeVendToken`; without that token none does. */
  freeVend: truth(false),
  freeVendToken: text('', 20),
  /** s that the answer about a card may take before it counts as offline; 0: as long as any message. */
  authorizationTimeout: whole(0),
  /** Transactions that begin without a central system are never reported to one. */
  silentOfflineTransactions: truth(false),
  /** Clock-aligned samples only while a transaction runs. */
  samplesInTransactionsOnly: truth(false),
} as const satisfies Readonly<Record<string, Row>>

type Table = typeof settingsTable
type ValueOf<R extends Row> = R['type'] extends 'whole' ? number : R['type'] extends 'truth' ? boolean : R['type'] extends 'text' ? string : readonly string[]
export type SettingName = keyof Table
export type SettingValues = { readonly [N in SettingName]: ValueOf<Table[N]> }
export type SettingValue = SettingValues[SettingName]

export interface Settings {
  get<N extends SettingName>(name: N): SettingValues[N]
  /** Durable when it returns. @throws RangeError when the value is not of the setting's kind or out of its bounds */
  set<N extends SettingName>(name: N, value: SettingValues[N]): void
  readonly changed: Listenable<SettingName>
}

/** @param factory values of this station that hold until one is set */
export function settings(documents: Documents<SettingValue>, factory: Partial<SettingValues> = {}): Settings {
  const changed = signal<SettingName>()
  const values = new Map<string, SettingValue>(Object.entries(settingsTable).map(([name, row]) => [name, row.initial]))
  for (const [name, value] of Object.entries(factory)) values.set(name, value)
  for (const [name, value] of documents.entries()) {
    // What an older or newer program stored and this one does not allow falls back to the initial value.
    if (name in settingsTable && fits(settingsTable[name as SettingName], value)) values.set(name, value)
  }
  return {
    changed,
    get: <N extends SettingName>(name: N) => values.get(name) as SettingValues[N],
    set(name, value) {
      if (!fits(settingsTable[name], value)) throw new RangeError(`${name}: ${JSON.stringify(value)} is not allowed`)
      if (JSON.stringify(values.get(name)) === JSON.stringify(value)) return
      documents.put(name, value)
      values.set(name, value)
      changed.emit(name)
    },
  }
}

function fits(row: Row, value: SettingValue): boolean {
  switch (row.type) {
    case 'truth':
      return typeof value === 'boolean'
    case 'whole':
      return Number.isInteger(value) && (value as number) >= row.min && (value as number) <= row.max
    case 'text':
      return typeof value === 'string' && value.length <= row.maxLength
    case 'words':
      return Array.isArray(value) && value.every((word) => typeof word === 'string' && word !== '')
  }
}
