import type { Evse } from '../../rest/shapes.ts'

/** The colour of an outlet: it charges, it waits, something is wrong, or it rests. */
export function toneOf({ status, faults, raised }: Pick<Evse, 'status' | 'faults' | 'raised'>): 'charging' | 'waiting' | 'faulty' | 'resting' {
  if (status === 'faulted' || faults.length > 0 || raised !== null) return 'faulty'
  if (status === 'charging') return 'charging'
  return status === 'available' || status === 'unavailable' ? 'resting' : 'waiting'
}
