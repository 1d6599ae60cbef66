import type { Clock } from '../../../src/base/clock.ts'
import type { Log } from '../../../src/base/log.ts'
import type { Live } from '../live.ts'
import type { Dispatch } from '../ocpp/station-request.ts'
import type { BenchStore } from '../store/store.ts'

/** What the REST door is handed. */
export interface RestParts {
  readonly clock: Clock
  readonly log: Log
  readonly store: BenchStore
  readonly dispatch: Dispatch
  readonly live: Live
  /** Of the program. */
  readonly version: string
  /** The name of this process among those of the same central system. */
  readonly process: string
  /** `Authorization: Bearer`; the one that is printed at start. */
  readonly token: string
  /** ISO 4217. */
  readonly currency: string
  /** Price of a kWh where the site has none of its own. */
  readonly tariffPerKwh: number
  /** Origins of other pages that may ask, `https://tool.example`; none by default. */
  readonly corsOrigins: readonly string[]
  /** `https://tile.example/{z}/{x}/{y}.png` for the map; its own background when left out. */
  readonly tiles: string | undefined
  /** What must be named beside tiles. */
  readonly tilesAttribution: string | undefined
  /** The built dashboard; without it `/` says how to build it. */
  readonly dashboard: string | undefined
}

export interface RestDoor {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}
