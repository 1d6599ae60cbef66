import type { WiredBoardSpec } from './board.ts'
import type { BusSpec, MeterSpec } from './wires.ts'

/** Safety rule 2: a meter behind the network is read by the core, and no interlock sees it. */
export function isNetworked(meter: MeterSpec, board: Pick<WiredBoardSpec, 'buses'>): boolean {
  return meter.kind === 'mqtt' || (meter.kind === 'modbus' && isNetwork(board.buses?.[meter.bus]))
}

export function isNetwork(bus: BusSpec | undefined): boolean {
  return bus?.kind === 'modbus-tcp' || bus?.kind === 'modbus-rtu-over-tcp' || bus?.kind === 'mqtt'
}
