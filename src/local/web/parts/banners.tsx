import { live } from '../state/live.ts'
import { useStore } from '../state/use-store.ts'
import { Notice } from './notice.tsx'

/** What concerns every view, on top: nothing where all is well. */
export function Banners() {
  const isReached = useStore(live, (now) => now.isReached)
  if (isReached) return null
  return (
    <Notice tone="bad" isUrgent title="The charger does not answer">
      What stands here is old. The page tries again by itself.
    </Notice>
  )
}
