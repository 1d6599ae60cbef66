import { Choice, Field } from '../../../src/local/web/parts/field.tsx'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import { changeFilter, filter } from '../state/filter.ts'
import { sites } from '../state/fleet.ts'

/** Search and site; the states are chosen in the legend. */
export function ChargerFilter() {
  const chosen = useStore(filter)
  const places = useStore(sites)
  return (
    <div class="charger-filter">
      <Field label="Search" type="search" value={chosen.text} onValue={(text) => changeFilter({ text })} />
      {places.length > 0 && (
        <Choice
          label="Site"
          value={chosen.site ?? ''}
          options={[{ value: '', words: 'Every site' }, ...places.map(({ id, name }) => ({ value: id, words: name }))]}
          onValue={(site) => changeFilter({ site: site === '' ? undefined : site })}
        />
      )}
    </div>
  )
}
