import { DomUtil, type Map as LeafletMap } from 'leaflet'

/** Energy at a place. */
export interface Warm {
  readonly latitude: number
  readonly longitude: number
  /** 0 to 1, of the warmest. */
  readonly weight: number
}

export interface Heat {
  show(points: readonly Warm[]): void
  remove(): void
}

/** From cool to hot: red, green, blue at each fifth. */
const palette = [
  [45, 110, 200],
  [40, 170, 170],
  [110, 190, 70],
  [245, 190, 60],
  [240, 120, 50],
  [215, 50, 40],
] as const
const strongest = 0.72

/** How much energy went where, as a cloud under the marks. A canvas of the window's size, drawn anew when the map has come to rest. */
export function heatLayer(map: LeafletMap): Heat {
  const canvas = DomUtil.create('canvas', 'heat leaflet-zoom-hide', map.getPane('overlayPane'))
  canvas.setAttribute('aria-hidden', 'true')
  let points: readonly Warm[] = []
  const draw = () => {
    const size = map.getSize()
    canvas.width = size.x
    canvas.height = size.y
    DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]))
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null || size.x === 0 || size.y === 0) return
    const radius = Math.max(26, Math.min(110, 14 + map.getZoom() * 5))
    for (const { latitude, longitude, weight } of points) {
      const { x, y } = map.latLngToContainerPoint([latitude, longitude])
      if (x < -radius || y < -radius || x > size.x + radius || y > size.y + radius) continue
      const glow = context.createRadialGradient(x, y, 0, x, y, radius)
      // One place with many chargers adds up: each is pale.
      glow.addColorStop(0, `rgb(0 0 0 / ${0.06 + weight * 0.4})`)
      glow.addColorStop(1, 'rgb(0 0 0 / 0)')
      context.fillStyle = glow
      context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius)
    }
    colour(context, size.x, size.y)
  }
  map.on('moveend resize', draw)
  return {
    show(next) {
      points = next
      draw()
    },
    remove() {
      map.off('moveend resize', draw)
      canvas.remove()
    },
  }
}

/** How dense it is becomes a colour. */
function colour(context: CanvasRenderingContext2D, width: number, height: number): void {
  const image = context.getImageData(0, 0, width, height)
  const { data } = image
  for (let at = 3; at < data.length; at += 4) {
    const density = data[at] ?? 0
    if (density === 0) continue
    const place = (density / 255) * (palette.length - 1)
    const [low, high] = [palette[Math.floor(place)] ?? palette[0], palette[Math.ceil(place)] ?? palette[0]]
    for (const channel of [0, 1, 2] as const) data[at - 3 + channel] = low[channel] + (high[channel] - low[channel]) * (place % 1)
    data[at] = Math.min(255, density * 1.6) * strongest
  }
  context.putImageData(image, 0, 0)
}
