import { useStore } from '../../../src/local/web/state/use-store.ts'
import { count } from '../money.ts'
import { chargers } from '../state/fleet.ts'
import { useMatching } from '../state/use-matching.ts'

/** How many of how many the filter shows. */
export function Count() {
  const shown = useMatching()
  const total = useStore(chargers, (now) => now?.size)
  if (shown === undefined || total === undefined) return null
  return <span class="muted">{shown.length < total ? `${count(shown.length)} of ${count(total)}` : count(total)}</span>
}
