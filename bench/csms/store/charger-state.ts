import { type ChargerState, chargerStates } from '../rest/shapes.ts'

/** What decides how a charger stands. */
export interface OutletFacts {
  /** 0: the station itself. */
  readonly evse: number
  /** In the words of either version of OCPP. */
  readonly status: string
  readonly power_w: number | null
  readonly transaction_id: number | null
}

const states: Readonly<Record<string, ChargerState>> = {
  Faulted: 'faulted',
  Charging: 'charging',
  SuspendedEV: 'suspended',
  SuspendedEVSE: 'suspended',
  Occupied: 'occupied',
  Preparing: 'occupied',
  Finishing: 'occupied',
  Reserved: 'reserved',
  Unavailable: 'unavailable',
}

/** That of the most telling connector: the worst, then the busiest. Never kept, because it follows from what is. */
export function stateOf(isConnected: boolean, outlets: readonly OutletFacts[]): ChargerState {
  if (!isConnected) return 'offline'
  const found = new Set(outlets.map(outletState))
  return chargerStates.find((each) => found.has(each)) ?? 'available'
}

function outletState({ evse, status, power_w, transaction_id }: OutletFacts): ChargerState {
  const state = Object.hasOwn(states, status) ? (states[status] ?? 'available') : 'available'
  // Of the station itself only what concerns every connector: OCPP 1.6 §7.6 knows Available, Unavailable and Faulted for it.
  if (evse === 0) return state === 'faulted' || state === 'unavailable' ? state : 'available'
  // OCPP 2.0.1 says no more than Occupied; where its events did not say more, the power does. A transaction may also be heard of first.
  if (transaction_id !== null && (state === 'occupied' || state === 'available')) return (power_w ?? 0) > 0 ? 'charging' : 'occupied'
  return state
}

/** Whether the figures of an outlet say something of now: none comes from a charger that is gone or has failed. */
export function isLive(isConnected: boolean, outlets: readonly OutletFacts[], outlet: OutletFacts): boolean {
  return isConnected && outlet.evse > 0 && outlet.status !== 'Faulted' && !outlets.some(({ evse, status }) => evse === 0 && status === 'Faulted')
}

/** W of all its outlets. */
export function powerOf(isConnected: boolean, outlets: readonly OutletFacts[]): number {
  return outlets.filter((each) => isLive(isConnected, outlets, each)).reduce((sum, { power_w }) => sum + (power_w ?? 0), 0)
}

export function noStates(): Record<ChargerState, number> {
  return { offline: 0, faulted: 0, charging: 0, suspended: 0, occupied: 0, reserved: 0, unavailable: 0, available: 0 }
}
