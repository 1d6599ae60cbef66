import type { Listenable } from '../../../src/base/signal.ts'
import type { OcppVersion } from '../ocpp/ocpp-version.ts'
import type { Charger, Dashboard, Frame, Page, PowerPoint, Sample, Site, SiteNow, Token, Transaction } from '../rest/shapes.ts'

// What a central system keeps, in SQLite or PostgreSQL. Everything that a station is told was taken waits for `await` of its method: when it
// resolves, the database has it. Times of day are epoch milliseconds here and ISO 8601 in the shapes.

export interface Slice {
  readonly offset: number
  /** At most 1,000. */
  readonly limit: number
}

export interface SiteBook {
  all(): Promise<readonly SiteNow[]>
  one(id: string): Promise<SiteNow | undefined>
  /** Made or replaced. */
  put(site: Site): Promise<void>
  /** Its chargers stay, without a site. False: there is none. */
  remove(id: string): Promise<boolean>
}

/** What a person says of a charger; what is left out stays as it was. */
export interface ChargerFacts {
  readonly id: string
  readonly site_id?: string | undefined
  readonly name?: string | undefined
  readonly latitude?: number | undefined
  readonly longitude?: number | undefined
  readonly kind?: 'ac' | 'dc' | undefined
  readonly max_kw?: number | undefined
}

/** The same, where null takes away what was said. */
export type ChargerChange = Pick<ChargerFacts, 'id'> & { readonly [K in Exclude<keyof ChargerFacts, 'id'>]?: ChargerFacts[K] | null }

export interface ChargerFilter extends Slice {
  readonly site?: string | undefined
  readonly state?: Charger['state'] | undefined
  /** Part of the id, the name, vendor or model, in any case. */
  readonly text?: string | undefined
}

export interface ChargerBook {
  page(filter: ChargerFilter): Promise<Page<Charger>>
  one(id: string): Promise<Charger | undefined>
  /** Of these ids, in any order; unknown ones are left out. */
  some(ids: readonly string[]): Promise<readonly Charger[]>
  put(change: ChargerChange): Promise<void>
  /** With its statuses; transactions and samples stay. False: there is none. */
  remove(id: string): Promise<boolean>
  /** HTTP basic authentication (security profile 1); undefined takes it away. Kept as a salted hash. */
  setPassword(id: string, password: string | undefined): Promise<void>
  /** True for a charger without a password, and for one that is not known yet. */
  isPassword(id: string, password: Uint8Array | undefined): Promise<boolean>
  isKnown(id: string): Promise<boolean>
  /** It came to the line at this process, or left it. A leave counts only for the process at which it is noted. */
  connected(id: string, process: string, version: OcppVersion): Promise<void>
  disconnected(id: string, process: string): Promise<void>
  /** Every charger at this process is gone: the process died, or begins anew. */
  allGone(process: string): Promise<readonly string[]>
  /** The chargers that are noted as connected to this process. */
  at(process: string): Promise<readonly string[]>
  /** Those at which a charger is noted as connected. */
  processes(): Promise<readonly string[]>
  booted(id: string, boot: Boot): Promise<void>
  statusChanged(id: string, status: ConnectorStatus): Promise<void>
  /** Any other sign of life. Written with a later group, once a minute at most; nobody waits for it. */
  seen(id: string): void
  /** Remembers what this central system has set; evse 0 for the whole charger, without a limit: none any more. */
  limited(id: string, evse: number, limit: { readonly watts: number } | { readonly amps: number } | undefined, at: number): Promise<void>
}

export interface Boot {
  readonly vendor: string
  readonly model: string
  readonly serialNumber?: string | undefined
  readonly firmwareVersion?: string | undefined
  readonly at: number
}

export interface ConnectorStatus {
  /** 0: the whole station. */
  readonly evse: number
  readonly connector: number
  readonly status: string
  readonly errorCode?: string | undefined
  readonly info?: string | undefined
  readonly at: number
}

/** A sample of any version, in the units of its shape. */
export type Measured = Omit<Sample, 'charger_id' | 'evse_id' | 'transaction_id' | 'at'> & { readonly atMs: number }

export interface TransactionFilter extends Slice {
  readonly charger?: string | undefined
  readonly site?: string | undefined
  readonly tag?: string | undefined
  readonly isRunning?: boolean | undefined
  /** Begun in this span, epoch ms. */
  readonly from?: number | undefined
  readonly until?: number | undefined
}

export interface Begun {
  readonly station: string
  readonly evse: number | undefined
  readonly connector: number | undefined
  readonly tag: string | undefined
  readonly startedAt: number
  /** Undefined in OCPP 2.0.1 until a register was heard: the first one counts. */
  readonly meterStartWh: number | undefined
  /** Equal for the same start that comes again: in OCPP 1.6 made of its fields, in 2.0.1 the station's transactionId. */
  readonly key: string
  /** The transactionId of OCPP 2.0.1. */
  readonly reference: string | undefined
}

export interface Ended {
  readonly stoppedAt: number
  readonly meterStopWh: number
  readonly reason: string | undefined
  readonly tag: string | undefined
}

export interface TransactionRows {
  /** Newest first. */
  page(filter: TransactionFilter): Promise<Page<Transaction>>
  one(id: number): Promise<Transaction | undefined>
  /** The known one when the same start came before, at whichever process. */
  begin(begun: Begun): Promise<{ readonly id: number; readonly isRepeated: boolean }>
  /** Of OCPP 2.0.1: what a later event knows better; what is undefined stays. False: no such transaction of this station. */
  update(station: string, reference: string, more: Partial<Pick<Begun, 'evse' | 'connector' | 'tag' | 'meterStartWh'>>): Promise<boolean>
  end(station: string, id: number, ended: Ended): Promise<'ended' | 'repeated' | 'other' | 'unknown'>
  /** The number of a transaction of OCPP 2.0.1. */
  byReference(station: string, reference: string): Promise<number | undefined>
  /** Samples of a transaction, or of none; the same moment and context that come again are kept once. `unknown`: no such transaction of
   *  this station; nothing is kept. */
  sampled(station: string, evse: number, transaction: number | undefined, samples: readonly Measured[]): Promise<'kept' | 'unknown'>
  /** Oldest first. */
  samples(filter: Slice & { readonly charger?: string; readonly transaction?: number; readonly from?: number; readonly until?: number }): Promise<Page<Sample>>
}

export interface TokenBook {
  page(filter: Slice & { readonly text?: string }): Promise<Page<Token>>
  one(tag: string): Promise<Token | undefined>
  put(token: Token): Promise<void>
  remove(tag: string): Promise<boolean>
}

export interface FrameFilter extends Slice {
  readonly charger?: string | undefined
  readonly action?: string | undefined
  readonly direction?: Frame['direction'] | undefined
  readonly kind?: Frame['kind'] | undefined
  /** Frames with a greater id. */
  readonly after?: number | undefined
}

export interface FrameBook {
  /** Written with the next group; nobody waits for it. The oldest go beyond a bound. */
  keep(frame: Frame): void
  /** Newest first. */
  page(filter: FrameFilter): Promise<Page<Frame>>
}

export interface Statistics {
  dashboard(): Promise<Dashboard>
  /** Steps of `stepS` seconds from `from` to `until`, epoch ms; a step without anything has power 0. At most 1,000 steps. */
  power(span: { readonly from: number; readonly until: number; readonly stepS: number; readonly site?: string | undefined }): Promise<readonly PowerPoint[]>
  /** Energy of each charger since `from`, for the heat of the map: chargers with a place and some energy. */
  energyByCharger(
    from: number,
  ): Promise<readonly { readonly charger_id: string; readonly latitude: number; readonly longitude: number; readonly energy_kwh: number }[]>
}

export interface BenchStore {
  /** `sqlite` or `postgres`. */
  readonly engine: 'sqlite' | 'postgres'
  readonly sites: SiteBook
  readonly chargers: ChargerBook
  readonly transactions: TransactionRows
  readonly tokens: TokenBook
  readonly frames: FrameBook
  readonly statistics: Statistics
  /** After the write that changed it. */
  readonly chargerChanged: Listenable<string>
  /** Made, changed or taken away. */
  readonly siteChanged: Listenable<string>
  readonly transactionChanged: Listenable<{ readonly transaction: number; readonly charger: string }>
  /** The database takes writes. Resolves to its words when it does not. */
  health(): Promise<string | undefined>
  /** Writes what waits, then closes. */
  close(): Promise<void>
}
