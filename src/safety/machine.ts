/** What the guard does with one outlet. */
export const phases = ['idle', 'offering', 'closing', 'closed', 'stopping', 'opening', 'faulted'] as const
export type Phase = (typeof phases)[number]

/** What can happen to it, the most urgent first. */
export const machineEvents = [
  /** A fault that opens at once is there. */
  'fault',
  /** The pilot says that the EV no longer asks. */
  'leftC',
  /** The mirror contact says open although it was closed. */
  'disagreed',
  /** The mirror contact did not follow the close within 500 ms. */
  'refused',
  /** No valid offer any more: withdrawn, expired, paused or void. */
  'withdrawn',
  /** The EV stopped, draws below 1 A, or 6 s have passed since X1. */
  'ended',
  /** The contacts are open. */
  'opened',
  /** Every fault that forbids charging is gone. */
  'cleared',
  /** There is a valid offer. */
  'offered',
  /** The EV asks, and everything that rule 9 wants is there. */
  'asked',
  /** The mirror contact says closed. */
  'agreed',
] as const
export type MachineEvent = (typeof machineEvents)[number]

/** An event that a row does not name changes nothing. */
// biome-ignore format: a table
export const machine: { readonly [From in Phase]: { readonly [Event in MachineEvent]?: Phase } } = {
  idle: { fault: 'faulted', offered: 'offering' },
  offering: { fault: 'faulted', withdrawn: 'idle', asked: 'closing' },
  closing: { fault: 'opening', leftC: 'opening', refused: 'opening', withdrawn: 'stopping', agreed: 'closed' },
  closed: { fault: 'opening', leftC: 'opening', disagreed: 'opening', withdrawn: 'stopping' },     // stopping = X1, then open at B, below 1 A or after 6 s
  stopping: { fault: 'opening', leftC: 'opening', disagreed: 'opening', ended: 'opening' },
  opening: { opened: 'idle' },                                                                     // contacts that stay closed raise the weld fault and stay here
  faulted: { cleared: 'idle' },
}

/** The contactor is told to be closed in these phases, and open in all others. */
export const closedPhases: ReadonlySet<Phase> = new Set(['closing', 'closed', 'stopping'])
