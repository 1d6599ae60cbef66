import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { look } from '../../../src/local/web/state/look.ts'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { HeatPoints } from '../../csms/rest/shapes.ts'
import { chargers, settings, sites } from '../state/fleet.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useMatching } from '../state/use-matching.ts'
import { type FleetMap, fleetMap } from './fleet-map.ts'
import type { Warm } from './heat.ts'
import { Legend } from './legend.tsx'

/** h that the heat layer looks back. */
const heatHours = 24 * 7

/** The chargers of the filter on a map, with legend and heat. */
export function MapCard({ chosen, open }: { readonly chosen: string | undefined; readonly open: (charger: string) => void }) {
  const [hasHeat, setHeat] = useState(false)
  const { place, drawn } = useFleetMap(chosen, open)
  const attribution = useStore(settings, (now) => now?.tiles_attribution)
  const isEmpty = useStore(chargers, (now) => now?.size === 0)
  const { value: heat } = useFetched<HeatPoints>(hasHeat ? `/geo/heatmap?hours=${heatHours}` : undefined)
  useEffect(() => drawn.current?.heat(hasHeat && heat !== undefined ? heat.features.flatMap(warmOf) : undefined), [hasHeat, heat])
  return (
    <section class="card map-card" aria-label="Map">
      <div class="map-frame">
        <div class="map" ref={place} />
        <div class="map-tools">
          <Button isPressed={hasHeat} tip="Energy of the last 7 days, as a cloud" onPress={() => setHeat(!hasHeat)}>
            Heat
          </Button>
          <Button tip="Show every charger" onPress={() => drawn.current?.all()}>
            All
          </Button>
        </div>
        {isEmpty && <Nobody />}
        {attribution !== undefined && <small class="map-credit">{plain(attribution)}</small>}
      </div>
      <Legend />
    </section>
  )
}

function Nobody() {
  return (
    <p class="map-empty">
      No station has connected yet. Connect one: <code>npm run pilotwire -- run --id CP-2 --csms ws://{location.hostname}:9000</code>
    </p>
  )
}

function warmOf({ geometry, properties }: HeatPoints['features'][number]): readonly Warm[] {
  const [longitude, latitude] = geometry.coordinates
  return longitude === undefined || latitude === undefined ? [] : [{ longitude, latitude, weight: properties.weight }]
}

/** Tile servers want to be named, mostly with a link; the words are enough. */
function plain(markup: string): string {
  return new DOMParser().parseFromString(markup.replace(/<[^>]*>/g, ''), 'text/html').body.textContent ?? ''
}

function useFleetMap(chosen: string | undefined, open: (charger: string) => void) {
  const place = useRef<HTMLDivElement>(null)
  const drawn = useRef<FleetMap | undefined>(undefined)
  const opener = useRef(open)
  opener.current = open
  const shown = useMatching()
  const places = useStore(sites)
  const setup = useStore(settings)
  const present = useStore(look)
  useEffect(() => {
    const { current } = place
    if (current === null) return undefined
    const mine = fleetMap(current, (charger) => opener.current(charger))
    drawn.current = mine
    const colours = matchMedia('(prefers-color-scheme: dark)')
    colours.addEventListener('change', mine.recolour)
    return () => {
      colours.removeEventListener('change', mine.recolour)
      mine.remove()
      drawn.current = undefined
    }
  }, [])
  useEffect(() => drawn.current?.recolour(), [present])
  useEffect(() => {
    if (setup !== undefined) drawn.current?.tiles(setup.tiles)
  }, [setup])
  useEffect(() => drawn.current?.show({ chargers: shown ?? [], sites: places, chosen }), [shown, places, chosen])
  useEffect(() => {
    const charger = chosen === undefined ? undefined : chargers.get()?.get(chosen)
    if (charger !== undefined) drawn.current?.reveal(charger)
  }, [chosen])
  return { place, drawn }
}
