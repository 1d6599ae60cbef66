import { ChargerFilter } from '../chargers/charger-filter.tsx'
import { ChargerList } from '../chargers/charger-list.tsx'
import { Count } from '../chargers/count.tsx'
import { MapCard } from '../map/map-card.tsx'
import type { ViewProps } from '../places.ts'
import { Kpis } from './kpis.tsx'
import { PowerCard } from './power-card.tsx'

/** Figures, map, power and the list beside each other; on phones below each other, the list in a view of its own. */
export function Overview({ chosen, open }: ViewProps) {
  return (
    <div class="overview">
      <h1 class="unseen">Map</h1>
      <Kpis />
      <MapCard chosen={chosen} open={open} />
      <div class="overview-side">
        <PowerCard />
        <section class="card list-card" aria-labelledby="list-title">
          <h2 id="list-title">
            Chargers <Count />
          </h2>
          <ChargerFilter />
          <ChargerList view="map" chosen={chosen} isWide={false} />
        </section>
      </div>
    </div>
  )
}
