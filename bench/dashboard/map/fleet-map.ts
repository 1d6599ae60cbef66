import {
  canvas,
  control,
  divIcon,
  type LatLngTuple,
  type Map as LeafletMap,
  latLngBounds,
  map as leafletMap,
  type Marker,
  marker,
  type TileLayer,
  tileLayer,
} from 'leaflet'
import { browserClock } from '../../../src/local/web/browser-clock.ts'
import type { Charger, SiteNow } from '../../csms/rest/shapes.ts'
import { type Group, groupsOf } from './groups.ts'
import { type Heat, heatLayer, type Warm } from './heat.ts'
import { drawGround, type Ground } from './land.ts'
import { markOf } from './marks.ts'

export interface Shown {
  readonly chargers: readonly Charger[]
  readonly sites: readonly SiteNow[]
  /** Id of the one whose drawer is open. */
  readonly chosen: string | undefined
}

export interface FleetMap {
  show(shown: Shown): void
  /** Undefined: no heat. */
  heat(points: readonly Warm[] | undefined): void
  /** A tile server, or our own background. */
  tiles(url: string | undefined): void
  /** Everything in sight. */
  all(): void
  /** Moves only when the charger is out of sight. */
  reveal(charger: Charger): void
  recolour(): void
  remove(): void
}

/** From here on single chargers are seen. */
const nearZoom = 14
const closest = 18

interface Placed {
  readonly marker: Marker
  readonly element: HTMLElement
  signature: string
  group: Group
}

/** The map of the chargers in an element. Only marks in sight exist; what changes is drawn into the mark that is there. */
export function fleetMap(element: HTMLElement, open: (charger: string) => void): FleetMap {
  const map = bareMap(element)
  const placed = new Map<string, Placed>()
  let shown: Shown = { chargers: [], sites: [], chosen: undefined }
  let hasFitted = false
  let warmth: Heat | undefined
  const draw = () => drawMarks(map, placed, shown, choose)
  const choose = (group: Group) => {
    const [first] = group.chargers
    if (group.chargers.length === 1 && first !== undefined) open(first.id)
    else approach(map, group.chargers)
  }
  const background = backgroundOf(map)
  map.on('moveend', draw)
  const resized = new ResizeObserver(() => map.invalidateSize({ animate: false }))
  resized.observe(element)
  return {
    show(next) {
      shown = next
      // Once: from then on the map is where its person moved it.
      if (!hasFitted && next.chargers.length > 0) {
        hasFitted = true
        showAll(map, next.chargers)
      }
      draw()
    },
    heat(points) {
      if (points === undefined) warmth?.remove()
      warmth = points === undefined ? undefined : (warmth ?? heatLayer(map))
      warmth?.show(points ?? [])
    },
    tiles: background.choose,
    all: () => showAll(map, shown.chargers),
    reveal(charger) {
      const [at] = placesOf([charger])
      if (at !== undefined && !map.getBounds().contains(at)) map.setView(at, Math.max(map.getZoom(), nearZoom), { animate: false })
    },
    recolour: background.recolour,
    remove() {
      resized.disconnect()
      background.remove()
      // A drawing that Leaflet has asked for, and cannot call off any more, still finds its canvas.
      browserClock.nextFrame(() => map.remove())
    },
  }
}

function bareMap(element: HTMLElement): LeafletMap {
  const map = leafletMap(element, {
    center: [20, 10],
    zoom: 2,
    minZoom: 2,
    maxZoom: closest,
    zoomControl: false,
    attributionControl: false,
    maxBounds: [
      [-85, -270],
      [85, 270],
    ],
    maxBoundsViscosity: 0.8,
  })
  control.zoom({ position: 'topright', zoomInTitle: 'Nearer', zoomOutTitle: 'Farther' }).addTo(map)
  control.scale({ position: 'bottomright', imperial: false }).addTo(map)
  return map
}

/** Tiles of a server, or land and graticule of our own. */
function backgroundOf(map: LeafletMap) {
  let layer: TileLayer | undefined
  let ground: Ground | undefined
  let hasChosen = false
  let present: string | undefined
  return {
    choose(url: string | undefined) {
      if (hasChosen && url === present) return
      hasChosen = true
      present = url
      layer?.remove()
      ground?.remove()
      // Tiles are sharp at whole steps only.
      map.options.zoomSnap = url === undefined ? 0.5 : 1
      layer = url === undefined ? undefined : tileLayer(url, { maxZoom: closest }).addTo(map)
      ground = url === undefined ? drawGround(map, canvas({ padding: 0.3, pane: 'tilePane' })) : undefined
    },
    recolour: () => ground?.recolour(),
    remove: () => ground?.remove(),
  }
}

function placesOf(chargers: readonly Charger[]): readonly LatLngTuple[] {
  return chargers.flatMap(({ latitude, longitude }) => (latitude === undefined || longitude === undefined ? [] : [[latitude, longitude] satisfies LatLngTuple]))
}

function showAll(map: LeafletMap, chargers: readonly Charger[]): void {
  const places = placesOf(chargers)
  if (places.length === 0) map.setView([20, 10], 2, { animate: false })
  else map.fitBounds(latLngBounds([...places]), { padding: [Math.min(100, map.getSize().x / 5), 70], maxZoom: 15, animate: false })
}

/** Towards what stands under one mark. */
function approach(map: LeafletMap, chargers: readonly Charger[]): void {
  const bounds = latLngBounds([...placesOf(chargers)])
  const zoom = Math.min(closest, Math.max(map.getZoom() + 2, Math.min(map.getBoundsZoom(bounds.pad(0.2)), nearZoom + 2)))
  map.setView(bounds.getCenter(), zoom)
}

function drawMarks(map: LeafletMap, placed: Map<string, Placed>, { chargers, sites, chosen }: Shown, choose: (group: Group) => void): void {
  const zoom = map.getZoom()
  const groups = groupsOf({ chargers, sites, isNear: zoom >= nearZoom, project: (latitude, longitude) => map.project([latitude, longitude], zoom) })
  const pixels = map.getPixelBounds()
  const margin = 80
  const gone = new Set(placed.keys())
  for (const group of groups) {
    const { x, y } = group.spot
    const isSeen =
      pixels.min !== undefined &&
      pixels.max !== undefined &&
      x > pixels.min.x - margin &&
      x < pixels.max.x + margin &&
      y > pixels.min.y - margin &&
      y < pixels.max.y + margin
    if (!isSeen) continue
    gone.delete(group.key)
    const mine = placed.get(group.key) ?? place(map, group, placed, choose)
    mine.group = group
    mine.marker.setLatLng(map.unproject([x, y], zoom))
    paint(
      mine,
      group.chargers.some(({ id }) => id === chosen),
    )
  }
  for (const key of gone) {
    placed.get(key)?.marker.remove()
    placed.delete(key)
  }
}

function place(map: LeafletMap, group: Group, placed: Map<string, Placed>, choose: (group: Group) => void): Placed {
  const isTitle = group.isTitle === true
  const element = document.createElement('span')
  element.className = 'mark-holder'
  const mine: Placed = {
    marker: marker([0, 0], {
      icon: divIcon({ html: element, className: isTitle ? 'mark-icon site-title' : 'mark-icon', iconSize: undefined }),
      riseOnHover: true,
      interactive: !isTitle,
      keyboard: !isTitle,
    }),
    element,
    signature: '',
    group,
  }
  mine.marker.on('click', () => choose(mine.group))
  mine.marker.on('keypress', ({ originalEvent }) => {
    if (originalEvent.key !== 'Enter' && originalEvent.key !== ' ') return
    originalEvent.preventDefault()
    choose(mine.group)
  })
  mine.marker.addTo(map)
  placed.set(group.key, mine)
  return mine
}

function paint(mine: Placed, isChosen: boolean): void {
  const mark = markOf(mine.group, isChosen)
  const button = mine.marker.getElement()
  if (mine.group.isTitle !== true && button?.getAttribute('aria-label') !== mark.label) {
    button?.setAttribute('aria-label', mark.label)
    button?.setAttribute('title', mark.label)
  }
  if (mine.signature === mark.signature) return
  mine.signature = mark.signature
  if (button !== undefined) button.dataset['size'] = String(mark.size)
  button?.classList.toggle('is-chosen', isChosen)
  mine.element.replaceChildren(...mark.draw())
  // What needs somebody lies on top.
  mine.marker.setZIndexOffset(isChosen ? 2_000 : mine.group.chargers.some(({ state }) => state === 'faulted') ? 1_000 : 0)
}
