import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerSpec } from '../spec/controllers.ts'
import type { EvseController } from '../types.ts'

/** What a controller must know of its outlet. */
export interface OutletLimits {
  readonly maxAmps: number
  readonly phases: 1 | 3
}

type Openers = {
  readonly [K in ControllerSpec['kind']]: (spec: Extract<ControllerSpec, { kind: K }>, wiring: Wiring, outlet: OutletLimits) => Promise<Opened<EvseController>>
}

/** The one table of controllers. A driver is loaded when a board has it. */
const openers: Openers = {
  native: async (spec, wiring) => (await import('./native.ts')).openNative(spec, wiring),
  'evse-wb-din': async (spec, wiring, outlet) => (await import('./evse-wb-din.ts')).openEvseWbDin(spec, wiring, outlet),
  'openevse-rapi': async (spec, wiring, outlet) => (await import('./openevse-rapi.ts')).openOpenEvse(spec, wiring, outlet),
  'socket-outlet': async (spec, wiring) => (await import('./socket-outlet.ts')).openSocketOutlet(spec, wiring),
}

export function openController(spec: ControllerSpec, wiring: Wiring, outlet: OutletLimits): Promise<Opened<EvseController>> {
  return (openers[spec.kind] as (spec: ControllerSpec, wiring: Wiring, outlet: OutletLimits) => Promise<Opened<EvseController>>)(spec, wiring, outlet)
}
