import type { Listenable } from '../base/signal.ts'
import type { LocalContext } from './command.ts'
import type { Commands } from './commands.ts'
import type { LedgerPort } from './ledger-port.ts'

/** What the doors for people and programs at the charger see beside the core: handed in by `run`, which knows OCPP and the machine. */

/** An OCPP frame as it passed, secrets taken out. */
export interface SeenFrame {
  /** 1, 2, ... in the order in which they passed since this start. */
  readonly number: number
  /** ms since 1970. */
  readonly at: number
  readonly direction: 'in' | 'out'
  readonly kind: 'call' | 'result' | 'error' | 'malformed' | 'unknown'
  /** Of the CALL, also for its answer. */
  readonly action: string | undefined
  readonly id: string | undefined
  readonly payload: unknown
  /** Of an answer: ms since its CALL. */
  readonly latencyMs: number | undefined
}

export interface FrameFilter {
  readonly action?: string
  readonly direction?: 'in' | 'out'
  readonly kind?: SeenFrame['kind']
  /** Anywhere in the action or the payload, in any case. */
  readonly text?: string
  /** Only frames after this number. */
  readonly after?: number
  readonly limit?: number
}

/** The newest 2,000 frames. */
export interface FrameRing {
  /** Oldest first; the newest `limit` of those that fit. */
  newest(filter: FrameFilter): readonly SeenFrame[]
  readonly passed: Listenable<SeenFrame>
  /** CALLs since the start, by direction and action. */
  counts(): readonly { readonly direction: 'in' | 'out'; readonly action: string; readonly count: number }[]
}

/** One OCPP configuration key, for people. */
export interface KeyPicture {
  readonly key: string
  readonly access: 'rw' | 'r' | 'w'
  /** Undefined: never told (`w`). */
  readonly value: string | undefined
  /** What it does. */
  readonly effect: string
  /** What it may be; undefined: nobody chooses it. */
  readonly values: string | undefined
  /** Feature profile. */
  readonly profile: string
}

export interface KeyDesk {
  all(): readonly KeyPicture[]
  /** As the central system's ChangeConfiguration. `unknown`: no such key here; `refused`: not a value of this key, or not now; `notKept`:
   *  the disk takes nothing. */
  set(key: string, value: string): 'set' | 'unknown' | 'readOnly' | 'refused' | 'notKept'
}

/** Where the central system is, and who the station says it is. A change is kept until the flags or the station file say something new. */
export interface ConnectionDesk {
  readonly url: string
  readonly identity: string
  readonly version: string
  readonly versions: readonly string[]
  /** The owner changed it here, and not in the station file. */
  readonly isChanged: boolean
  /** The central system has accepted the station on this connection. */
  readonly isAccepted: boolean
  /** The station shows it a password. */
  readonly hasPassword: boolean
  /** There is a password, and it is not shown: it was given for another host. */
  readonly isPasswordWithheld: boolean
  /** Keeps it and connects anew. Another host is shown the `password` that comes along, or none.
   *  @throws ConfigError naming `url`, `identity`, `version` or `password`; StoreError where the password for the same host cannot be kept */
  set(wanted: { readonly url?: string; readonly identity?: string; readonly version?: string; readonly password?: string }): void
}

/** OCPP messages that a tester sends by hand; on simulated boards only. */
export interface MessageDesk {
  readonly actions: readonly { readonly action: string; readonly example: unknown }[]
  /** `invalid`: the payload does not fit its declaration. Never rejects. */
  send(
    action: string,
    payload: unknown,
  ): Promise<
    | { readonly kind: 'answered'; readonly payload: unknown }
    | { readonly kind: 'refused'; readonly code: string; readonly description: string }
    | { readonly kind: 'invalid'; readonly reason: string }
    | { readonly kind: 'unanswered' }
  >
}

/** One line of `pilotwire doctor`. */
export interface DoctorFinding {
  readonly subject: string
  readonly level: 'ok' | 'warning' | 'error'
  readonly words: string
  readonly remedy: string | undefined
}

/** The machine that the station runs on. */
export interface MachinePort {
  /** Newest lines of the log, oldest first, each a line of JSON or of words. */
  logLines(): readonly string[]
  readonly logged: Listenable<string>
  readonly firmwareVersion: string
  readonly plate: { readonly vendor: string; readonly model: string }
  /** Name and words of the board file, for people. */
  readonly board: { readonly name: string; readonly isSimulated: boolean; readonly wiring: readonly string[] }
  /** Since this program started, s. */
  uptimeS(): number
  /** Of the state directory; undefined: it cannot be told. */
  freeBytes(): number | undefined
  rssBytes(): number
  /** Since the guard was last heard, ms; 0 where it lives in this process. */
  guardSilentMs(): number
  /** How late the core's event loop was at worst in the last minute, ms. */
  loopLagMs(): number
  /** Of the processor, degrees C; undefined: it cannot be told. */
  cpuCelsius(): number | undefined
  doctor(): Promise<readonly DoctorFinding[]>
}

export interface LocalPorts {
  readonly context: LocalContext
  readonly commands: Commands
  readonly frames: FrameRing
  readonly keys: KeyDesk
  readonly connection: ConnectionDesk
  readonly machine: MachinePort
  readonly ledger: LedgerPort
  /** What `fault` can break; undefined: the board is real. */
  readonly breakables: readonly { readonly name: string; readonly words: string }[] | undefined
  /** Undefined: the board is real. */
  readonly messages: MessageDesk | undefined
}
