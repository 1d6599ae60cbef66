import { useMemo } from 'preact/hooks'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { filter, toggleState } from '../state/filter.ts'
import { chargers } from '../state/fleet.ts'
import { countStates, stateLooks } from '../states.ts'

/** What the marks mean, how many there are of each, and a press shows those alone. */
export function Legend() {
  const all = useStore(chargers)
  const { states } = useStore(filter)
  const counts = useMemo(() => countStates(all?.values() ?? []), [all])
  return (
    <fieldset class="legend" aria-label="Show only these states">
      {stateLooks.map(({ state, words }) => (
        <button key={state} type="button" class="legend-state" aria-pressed={states.has(state)} onClick={() => toggleState(state)}>
          <StateMark state={state} />
          <span>{words}</span>
          <strong>{counts[state] ?? 0}</strong>
        </button>
      ))}
    </fieldset>
  )
}
