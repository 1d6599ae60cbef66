import type { Live } from '../live.ts'
import type { OcppVersion } from '../ocpp/ocpp-version.ts'
import type { Dispatch } from '../ocpp/station-request.ts'

/** One of several processes of the same central system: their state is in PostgreSQL, their way to each other is an MQTT 5 broker. */
export interface Cluster {
  /** Reaches stations on any process. */
  readonly dispatch: Dispatch
  /** Events of all processes. */
  readonly live: Live
  /** A station came to the line of this process, or left it: not when another connection of it took its place here. */
  here(station: string, version: OcppVersion): void
  gone(station: string): void
  /** Says good-bye. */
  close(): Promise<void>
}
