// What `status` and `service` answer, for programs outside: nothing of the house is imported, so that the declarations stand by
// themselves. test/client/shapes.test.ts holds them against the house's own.

export type Status = 'available' | 'preparing' | 'charging' | 'suspendedEv' | 'suspendedEvse' | 'finishing' | 'reserved' | 'unavailable' | 'faulted'

/** A fault that the guard sees. */
export type GuardFault =
  | 'emergencyStop'
  | 'residualCurrent'
  | 'residualSelfTest'
  | 'weld'
  | 'noClose'
  | 'currentWhileOpen'
  | 'evNotFollowing'
  | 'overCurrent'
  | 'overTemperature'
  | 'temperatureSensor'
  | 'protectiveEarth'
  | 'diode'
  | 'pilotShort'
  | 'pilotStale'
  | 'ventilation'
  | 'proximity'
  | 'voltage'
  | 'phaseLoss'
  | 'lock'
  | 'meterLost'
  | 'tamper'
  | 'loopLag'
  | 'board'

/** A fault that the command `error` reported. */
export type RaisedFault =
  | 'connectorLock'
  | 'evCommunication'
  | 'ground'
  | 'highTemperature'
  | 'internal'
  | 'localList'
  | 'other'
  | 'overCurrent'
  | 'overVoltage'
  | 'meter'
  | 'powerSwitch'
  | 'reader'
  | 'reset'
  | 'underVoltage'
  | 'weakSignal'

/** The whole station, as `status` prints it. Units stand in the names; null: there is none. */
export interface StationPicture {
  readonly id: string
  /** The connection to the central system. `waiting`: dials again by itself. */
  readonly link: string
  /** What the central system has not been told yet, and what it would not take. */
  readonly reports: { readonly waiting: number; readonly undeliverable: number }
  readonly operative: boolean
  readonly automaticEv: boolean
  /** Those in force; connector 0 for any. `until` is ISO 8601. */
  readonly reservations: readonly { readonly id: number; readonly connector: number; readonly tag: string; readonly until: string }[]
  /** In the order of their numbers. */
  readonly connectors: readonly [ConnectorPicture, ...ConnectorPicture[]]
}

export interface ConnectorPicture {
  /** 1, 2, ... */
  readonly connector: number
  readonly status: Status
  /** What StatusNotification adds. */
  readonly info: string | null
  /** The central system's number, null until it gave one. */
  readonly transaction: number | null
  /** The charger's own identifier. */
  readonly transactionUuid: string | null
  /** The card of the transaction. */
  readonly tag: string | null
  /** A card that waits for the cable. */
  readonly waitingTag: string | null
  /** The register. */
  readonly meterWh: number | null
  /** Since the transaction began. */
  readonly transactionWh: number | null
  /** Largest phase current now. */
  readonly amps: number | null
  /** Of the first phase. */
  readonly volts: number | null
  /** Of all phases. */
  readonly watts: number | null
  /** Offered to the car, per phase. */
  readonly offeredAmps: number | null
  /** At a DC connector only. */
  readonly offeredWatts?: number | null
  /** At a DC connector only: the battery of the car. */
  readonly chargePercent?: number | null
  /** Which limit or missing permit decides the offer; docs/control.md has the words. */
  readonly heldBy: string
  /** As ChangeAvailability left it. */
  readonly operative: boolean
  readonly plugged: boolean
  readonly pilot: 'A' | 'B' | 'C' | 'D' | 'E' | 'F'
  readonly contactor: 'open' | 'closed'
  readonly lock: 'locked' | 'unlocked' | 'unknown' | 'none'
  readonly faults: readonly GuardFault[]
  readonly raised: RaisedFault | null
}

/** One connector of `service`. */
export interface ServicePicture {
  readonly connector: number
  /** Contactor closings, and those under load. */
  readonly cycles: number
  readonly cyclesUnderLoad: number
  readonly lockMoves: number
  /** How often each fault tripped. */
  readonly trips: Readonly<Partial<Record<GuardFault, number>>>
  readonly hoursClosed: number
  /** The shunt trip was fired for the weld that is latched. */
  readonly shuntFired: boolean
  /** Over changes of the meter: what is added to its register, and where the present one stands. */
  readonly meter?: { readonly offsetWh: number; readonly lastWh: number }
  /** What a meter without a register of its own has counted. */
  readonly pulsesWh?: number
}
