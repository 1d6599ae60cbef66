import { useMemo } from 'preact/hooks'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Charger } from '../../csms/rest/shapes.ts'
import { filter, matching } from './filter.ts'
import { chargers } from './fleet.ts'

/** The chargers of the filter, by id; undefined: not there yet. */
export function useMatching(): readonly Charger[] | undefined {
  const all = useStore(chargers)
  const chosen = useStore(filter)
  return useMemo(() => (all === undefined ? undefined : matching(chosen, all.values())), [all, chosen])
}
