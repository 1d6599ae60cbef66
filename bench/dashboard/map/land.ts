import { type Canvas, geoJSON, type LatLngTuple, type Map as LeafletMap, layerGroup, type PathOptions, polyline } from 'leaflet'
import { feature, mesh } from 'topojson-client'
import atlas from 'world-atlas/countries-50m.json?url'
import { resolved } from '../../../src/local/web/parts/plot.tsx'

type Topology = Parameters<typeof mesh>[0]
type Shape = NonNullable<Parameters<typeof mesh>[1]>
/** What of the file is used. */
type Atlas = Topology & { readonly objects: Readonly<Record<'countries' | 'land', Shape>> }

export interface Ground {
  /** Other colours: another theme. */
  recolour(): void
  remove(): void
}

/** Degrees between the lines of the graticule, and from which zoom on. */
const steps = [
  [0, 30],
  [4, 10],
  [6, 5],
  [8, 1],
  [11, 0.2],
  [13, 0.05],
  [15, 0.01],
] as const

/** From here on the shores, which are drawn to some kilometres, would be wrong. */
const nearZoom = 13

/** Land, borders and a graticule of our own (Natural Earth, public domain): the map of a place without internet. */
export function drawGround(map: LeafletMap, renderer: Canvas): Ground {
  const shapes = layerGroup().addTo(map)
  const lines = layerGroup().addTo(map)
  const paint = (property: string) => resolved(map.getContainer(), property)
  const styles = (): Readonly<Record<'land' | 'border' | 'grid', PathOptions>> => ({
    land: { renderer, interactive: false, stroke: true, weight: 1, color: paint('--map-coast'), fillColor: paint('--map-land'), fillOpacity: 1 },
    border: { renderer, interactive: false, weight: 1, color: paint('--map-coast'), fill: false, dashArray: '3 3' },
    grid: { renderer, interactive: false, weight: 1, color: paint('--map-grid'), fill: false },
  })
  let isNear = false
  let isGone = false
  let world: Atlas | undefined

  const drawShapes = () => {
    shapes.clearLayers()
    drawLines()
    if (world === undefined || isNear) return
    const { land, border } = styles()
    geoJSON(feature(world, world.objects.land), { style: () => land, interactive: false }).addTo(shapes)
    geoJSON(
      mesh(world, world.objects.countries, (a, b) => a !== b),
      { style: () => border, interactive: false },
    ).addTo(shapes)
  }
  const drawLines = () => {
    if (isNear !== map.getZoom() >= nearZoom) {
      isNear = !isNear
      map.getContainer().classList.toggle('is-near', isNear)
      return drawShapes()
    }
    lines.clearLayers()
    const { grid } = styles()
    for (const line of gridLines(map)) polyline([...line], grid).addTo(lines)
  }

  map.on('moveend', drawLines)
  fetch(atlas)
    .then((response) => response.json() as Promise<Atlas>)
    .then((read) => {
      if (isGone) return
      world = read
      drawShapes()
    })
    // Without the land there is still the graticule, and everything that stands on it.
    .catch(() => undefined)
  return {
    recolour: drawShapes,
    remove() {
      isGone = true
      map.getContainer().classList.remove('is-near')
      map.off('moveend', drawLines)
      shapes.remove()
      lines.remove()
    },
  }
}

/** Meridians and parallels in sight, and somewhat beyond. */
function gridLines(map: LeafletMap): readonly (readonly LatLngTuple[])[] {
  const step = steps.findLast(([zoom]) => map.getZoom() >= zoom)?.[1] ?? 30
  const bounds = map.getBounds().pad(0.5)
  const [west, east] = [Math.max(-180, bounds.getWest()), Math.min(180, bounds.getEast())]
  const [south, north] = [Math.max(-85, bounds.getSouth()), Math.min(85, bounds.getNorth())]
  const between = (from: number, to: number) => {
    const first = Math.ceil(from / step)
    return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step)
  }
  return [
    ...between(west, east).map((lng): LatLngTuple[] => [
      [south, lng],
      [north, lng],
    ]),
    ...between(south, north).map((lat): LatLngTuple[] => [
      [lat, west],
      [lat, east],
    ]),
  ]
}
