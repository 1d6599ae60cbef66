// What may be asked of a station, in the words of neither version of OCPP, and its answer. Both are plain JSON: a request may come from
// another process of the same central system.

/** `evse` counts from 1 and is the connector of OCPP 1.6; 0 is the whole station. */
export type StationRequest =
  | { readonly kind: 'start'; readonly evse?: number; readonly connector?: number; readonly tag: string }
  /** `reference` is the station's own id of the transaction (OCPP 2.0.1). */
  | { readonly kind: 'stop'; readonly transaction: number; readonly reference?: string }
  /** W of the whole, or A of each phase; without a limit what was set so is taken away. */
  | { readonly kind: 'limit'; readonly evse: number; readonly limit?: { readonly watts: number } | { readonly amps: number } }
  | { readonly kind: 'reset'; readonly type: 'soft' | 'hard' }
  | { readonly kind: 'unlock'; readonly evse: number; readonly connector?: number }
  | { readonly kind: 'availability'; readonly evse: number; readonly connector?: number; readonly operative: boolean }
  /** Keys of OCPP 1.6, `Component.Variable` of OCPP 2.0.1; all when none is named. */
  | { readonly kind: 'readConfiguration'; readonly keys: readonly string[] }
  | { readonly kind: 'changeConfiguration'; readonly key: string; readonly value: string }
  /** Any CALL of the station's version, judged by its declaration. */
  | { readonly kind: 'message'; readonly action: string; readonly payload: Readonly<Record<string, unknown>> }

/** One key or variable. */
export interface ConfigurationEntry {
  readonly key: string
  /** Undefined: write-only, or it has none. */
  readonly value?: string | undefined
  readonly isReadOnly: boolean
}

export type StationAnswer =
  /** The station's CALLRESULT. `isAccepted`: it will do it (Accepted, Scheduled, Unlocked, RebootRequired). */
  | {
      readonly kind: 'answered'
      readonly action: string
      readonly isAccepted: boolean
      /** `status` of the payload; undefined where that message has none. */
      readonly status: string | undefined
      readonly payload: Readonly<Record<string, unknown>>
      /** Of `readConfiguration`. */
      readonly configuration?: readonly ConfigurationEntry[]
    }
  /** The station's CALLERROR. */
  | { readonly kind: 'refused'; readonly action: string; readonly code: string; readonly description: string }
  /** Its CALLRESULT does not fit the declaration. */
  | { readonly kind: 'invalid'; readonly action: string; readonly description: string }
  | { readonly kind: 'timeout'; readonly action: string }
  | { readonly kind: 'disconnected' }
  /** Nothing was sent: the payload does not fit, or this version has no such thing. `field` names what is wrong, where one is. */
  | { readonly kind: 'impossible'; readonly field: string | undefined; readonly description: string }

/** Asks a station, on whichever process it hangs. Never rejects. */
export type Dispatch = (station: string, request: StationRequest) => Promise<StationAnswer>
