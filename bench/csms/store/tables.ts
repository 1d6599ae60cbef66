import type { Generated } from 'kysely'
import type { OcppVersion } from '../ocpp/ocpp-version.ts'

// The tables, of either engine. Moments are epoch milliseconds; what is not known is null.

export interface Tables {
  readonly sites: SiteTable
  readonly stations: StationTable
  readonly connectors: ConnectorTable
  readonly transactions: TransactionTable
  readonly samples: SampleTable
  readonly tokens: TokenTable
  readonly frames: FrameTable
  readonly limits: LimitTable
  readonly statistics: StatisticsTable
  readonly pulse: PulseTable
}

export interface SiteTable {
  readonly id: string
  readonly name: string
  readonly address: string | null
  readonly latitude: number
  readonly longitude: number
  readonly max_kw: number | null
  readonly tariff_per_kwh: number | null
}

export interface StationTable {
  readonly id: string
  readonly site_id: string | null
  readonly name: string | null
  readonly latitude: number | null
  readonly longitude: number | null
  readonly kind: 'ac' | 'dc' | null
  readonly max_kw: number | null
  /** The process that it is connected to. */
  readonly process: string | null
  readonly ocpp_version: OcppVersion | null
  readonly vendor: string | null
  readonly model: string | null
  readonly serial_number: string | null
  readonly firmware_version: string | null
  readonly booted_at: number | null
  readonly seen_at: number | null
  readonly password_hash: string | null
}

/** evse 0: what the station says of itself. */
export interface ConnectorTable {
  readonly station_id: string
  readonly evse: number
  readonly connector: number
  readonly status: string
  readonly error_code: string | null
  readonly info: string | null
  readonly since: number | null
  readonly power_w: number | null
  readonly energy_wh: number | null
  readonly current_a: number | null
  readonly voltage_v: number | null
  readonly soc_percent: number | null
  readonly sampled_at: number | null
  /** The one that runs. */
  readonly transaction_id: number | null
}

export interface TransactionTable {
  /** Grows, and is never given twice. */
  readonly id: Generated<number>
  readonly station_id: string
  readonly evse: number | null
  readonly connector: number | null
  readonly tag: string | null
  readonly started_at: number
  readonly meter_start_wh: number | null
  readonly start_key: string
  readonly reference: string | null
  readonly stopped_at: number | null
  readonly meter_stop_wh: number | null
  readonly reason: string | null
  readonly stop_tag: string | null
  /** At its end. */
  readonly price_per_kwh: number | null
  /** The register as far as energy is counted in `statistics`, and its moment. While `meter_start_wh` is not known none was heard: it is what
   *  the power came to, from 0. */
  readonly register_wh: number | null
  readonly register_at: number
  /** Messages that came again. */
  readonly repeated: Generated<number>
}

export interface SampleTable {
  readonly station_id: string
  /** 0: of none. */
  readonly transaction_id: number
  /** Part of what makes a sample the same: the EVSE where there is no transaction, else 0, for OCPP 2.0.1 may tell the EVSE later. */
  readonly outlet: number
  readonly evse: number
  readonly at: number
  /** Empty: Sample.Periodic. */
  readonly context: string
  readonly power_w: number | null
  readonly energy_wh: number | null
  readonly current_a: number | null
  readonly voltage_v: number | null
  readonly soc_percent: number | null
  /** JSON. */
  readonly others: string | null
}

export interface TokenTable {
  /** The tag in small letters. */
  readonly tag_key: string
  readonly tag: string
  readonly status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid'
  readonly parent_tag: string | null
  readonly expires_at: number | null
  readonly name: string | null
}

export interface FrameTable {
  readonly id: Generated<number>
  readonly station_id: string
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly kind: 'call' | 'result' | 'error' | 'malformed' | 'unknown'
  readonly action: string | null
  readonly message_id: string | null
  /** JSON. */
  readonly payload: string
}

export interface LimitTable {
  readonly station_id: string
  readonly evse: number
  readonly watts: number | null
  readonly amps: number | null
  readonly set_at: number
}

/** Energy delivered in spans of time: see energy.ts. */
export interface StatisticsTable {
  readonly kind: 'all' | 'site' | 'site-day' | 'charger-hour'
  /** Of a site or a station; empty for `all`, and for stations without a site. */
  readonly scope: string
  /** Its beginning. */
  readonly at: number
  /** Rows of processes that write at the same time stand apart, so that none waits for another. */
  readonly slot: number
  readonly energy_wh: number
}

/** One row, written to see whether writing works. */
export interface PulseTable {
  readonly id: number
  readonly at: number
}
