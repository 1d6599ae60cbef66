import type { Listenable } from '../base/signal.ts'
import type { EvseView } from './charge-point.ts'
import type { SecurityLog } from './security.ts'

/** Notes each time that a tamper contact opens, and one that is open when the program starts. Returns what ends the watch. */
export function watchTampering(views: readonly EvseView[], changed: Listenable<EvseView>, security: SecurityLog): () => void {
  const open = new Set<number>()
  const look = ({ evse, faults }: EvseView) => {
    if (!faults.includes('tamper')) open.delete(evse)
    else if (!open.has(evse)) {
      open.add(evse)
      security.note('tamperDetectionActivated', `outlet ${evse}`)
    }
  }
  for (const view of views) look(view)
  return changed.on(look)
}
