import type { LogLevel } from '../base/log.ts'
import type { MqttBroker } from '../base/mqtt/session.ts'
import type { BoardSpec } from './board.ts'
import type { SiteConfig } from './site.ts'

/** What the station says of itself in BootNotification (OCPP 1.6 §6.3) and what stands on its type plate.
 *  Lengths as of OCPP: 20 characters, firmware version 50, meter and serial numbers 25. */
export interface Identity {
  readonly vendor: string
  readonly model: string
  readonly chargePointSerial?: string
  readonly chargeBoxSerial?: string
  readonly firmwareVersion: string
  readonly iccid?: string
  readonly imsi?: string
  readonly meterType?: string
  readonly meterSerial?: string
}

/** Where the control door listens. */
export interface ControlConfig {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Required beyond loopback. A secret. */
  readonly token?: string
  /** Further names under which it may be called. */
  readonly hosts?: readonly string[]
}

/** Where the HTTP door listens, and what has to be shown there. */
export interface HttpConfig {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Of programs. A secret. */
  readonly token?: string
  /** Of people. A secret. */
  readonly password?: string
  /** `device`: a password that this device made for itself. */
  readonly login: 'device' | undefined
  /** Further names under which it may be called. */
  readonly hosts: readonly string[]
}

/** The broker of the MQTT door, and what is said there. */
export interface MqttConfig {
  /** Holds secrets. */
  readonly broker: MqttBroker
  readonly clientId: string | undefined
  /** Topics begin with `base/id/`. */
  readonly base: string
  /** Home Assistant is told; false: and what it was told is taken back. */
  readonly discovery: boolean
  readonly discoveryPrefix: string
  /** Of a current_limit without an end of its own, s; undefined: it stays. */
  readonly limitTtlS: number | undefined
  /** Where it was written, for errors. */
  readonly source: string
}

/** One station, ready to run: flags over station file over defaults. Plain data. */
export interface StationConfig {
  /** Charge point identity, not percent-encoded. */
  readonly id: string
  /** The central system without the identity: `ws://host:9000/ocpp`. No trailing slash, no credentials. */
  readonly csmsUrl: string
  readonly ocpp: '1.6'
  readonly board: BoardSpec
  /** As the command line says; `board` has so many already. */
  readonly connectors: number | undefined
  /** Absolute path of the directory of this id; may not exist yet. */
  readonly stateDirectory: string
  /** Undefined: no control door. */
  readonly control: ControlConfig | undefined
  /** Undefined: no HTTP door. */
  readonly http: HttpConfig | undefined
  /** Undefined: no MQTT door. */
  readonly mqtt: MqttConfig | undefined
  /** Factory values, applied when the state directory is new: of OCPP configuration keys, and of the identity's
   *  (`ChargePointVendor`, ...; see `identityWith`). */
  readonly settings: Readonly<Record<string, string>>
  /** Where each of the settings was written: the file, and its name there. */
  readonly settingsOrigins: Readonly<Record<string, { readonly source: string; readonly field: string }>>
  readonly identity: Identity
  /** The card that `start` and `tag` show when no other is named. */
  readonly defaultTag: string
  readonly network: NetworkConfig
  /** A prompt on standard input. */
  readonly console: boolean
  /** Exit code 3 (Reset) starts the station again by itself: done in main, `runStation` returns 3. */
  readonly respawn: boolean
  /** The automatic EV is on from the start. */
  readonly automaticEv: boolean
  readonly log: LogConfig
  readonly offPeak: OffPeakConfig | undefined
  /** Undefined: no load management. */
  readonly site: SiteConfig | undefined
  readonly vendorOptions: VendorOptions
}

export interface NetworkConfig {
  /** HTTP basic authentication, user is the identity (security profile 1 and 2). A secret. */
  readonly password: Uint8Array | undefined
  /** Factory value of WebSocketPingInterval, seconds; 0: no pings. Undefined: the settings table decides. */
  readonly pingIntervalS: number | undefined
}

/** When a car may charge, and how long a start waits at the most. */
export interface OffPeakConfig {
  /** `23:00-06:00`, local time. */
  readonly windows: readonly string[]
  readonly randomDelayS: number
}

export interface LogConfig {
  readonly level: LogLevel
  /** Undefined: standard error. */
  readonly file: string | undefined
  /** Tagged lines of the OCPP frames; absent: none. */
  readonly frames?: FrameLogConfig
}

export interface FrameLogConfig {
  /** Its own file; `-` standard output; undefined: where the log goes. */
  readonly file: string | undefined
  /** Then a new file is begun. */
  readonly largestBytes: number
  /** Older files that stay beside it. */
  readonly keep: number
}

export interface VendorOptions {
  /** BootNotification again after each reconnection. OCPP 1.6 J §5.4 says no; some central systems wait for it. */
  readonly bootAfterReconnect: boolean
  /** Charging before the first BootNotification was accepted (key PreBootTransactions). */
  readonly preBootTransactions: boolean
  /** Each car charges without a card, and is told under this one of 1 to 20 characters (keys FreeVendActive, FreeVendIdTag). */
  readonly freeVend?: { readonly token: string }
  /** What begins without a central system is never reported to one (key SilentOfflineTransactions). */
  readonly silentOffline: boolean
  /** Rest between the end of one CALL and the next, ms. OCPP knows none; some central systems lose the second of two quick messages. */
  readonly gapBetweenCallsMs: number
  /** How AuthorizationKey is written: OCPP 1.6 says hexadecimal, many central systems mean the characters. */
  readonly authKeyEncoding: 'hex' | 'text' | 'auto'
}
