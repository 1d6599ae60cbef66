import { Legend } from '../map/legend.tsx'
import type { ViewProps } from '../places.ts'
import { useMedia } from '../state/use-media.ts'
import { ChargerFilter } from './charger-filter.tsx'
import { ChargerList } from './charger-list.tsx'
import { Count } from './count.tsx'

const titles = ['', 'State', 'Id', 'Name', 'Site', 'Model', 'Version', 'Power', 'Can do', 'Last seen']

/** Every charger, a line each. */
export function ChargersView({ chosen }: ViewProps) {
  const isWide = useMedia('(min-width: 1100px)')
  return (
    <section class="card list-card chargers-view" aria-labelledby="chargers-title">
      <header class="card-head">
        <h1 id="chargers-title">
          Chargers <Count />
        </h1>
      </header>
      <ChargerFilter />
      <Legend />
      {isWide && (
        <div class="charger is-wide charger-titles" aria-hidden="true">
          {titles.map((each) => (
            <span key={each}>{each}</span>
          ))}
        </div>
      )}
      <ChargerList view="chargers" chosen={chosen} isWide={isWide} />
    </section>
  )
}
