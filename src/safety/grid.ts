import type { Meter, Reading } from '../../hal/types.ts'
import { signal } from '../base/signal.ts'
import type { GridPort } from './port.ts'

/** Tells of each reading of the grid meter once. Nothing in the guard goes by it (safety rule 2 has limits and readings in the core). */
export function gridWatch(meter: Meter): GridPort & { look(): void } {
  const read = signal<Reading>()
  let newest: Reading | undefined
  return {
    get newest() {
      return newest
    },
    read,
    look() {
      const now = meter.newest
      if (now === undefined || now === newest) return
      newest = now
      read.emit(now)
    },
  }
}
