import { power } from '../../../src/local/web/format.ts'
import { large } from '../money.ts'
import { countStates, countWords, lookOf, type StateLook, stateLooks } from '../states.ts'
import type { Group } from './groups.ts'

// Marks are made of elements, never of markup: names come from stations and people.

const svgSpace = 'http://www.w3.org/2000/svg'

function svg(name: string, attributes: Readonly<Record<string, string | number>>, ...children: readonly SVGElement[]): SVGElement {
  const element = document.createElementNS(svgSpace, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span')
  element.className = className
  element.textContent = text
  return element
}

const shapes: Readonly<Record<StateLook['shape'], () => SVGElement>> = {
  disc: () => svg('circle', { class: 'mark-body', cx: 12, cy: 12, r: 10.5 }),
  ring: () => svg('circle', { class: 'mark-body is-hollow', cx: 12, cy: 12, r: 9.8 }),
  square: () => svg('rect', { class: 'mark-body', x: 2, y: 2, width: 20, height: 20, rx: 5 }),
  diamond: () => svg('rect', { class: 'mark-body', x: 3.5, y: 3.5, width: 17, height: 17, rx: 3, transform: 'rotate(45 12 12)' }),
}

/** The mark of a state on 24 x 24; the words stand beside it, or in its label. */
export function stateMark({ state, shape, glyph }: StateLook): SVGElement {
  return svg(
    'svg',
    { class: `mark state-${state}`, viewBox: '-1 -1 26 26', 'aria-hidden': 'true' },
    shapes[shape](),
    svg('path', { class: shape === 'ring' ? 'mark-glyph is-hollow' : 'mark-glyph', d: glyph }),
  )
}

/** A pie of the states, with how many there are. */
function pie({ chargers }: Group): SVGElement {
  const counts = countStates(chargers)
  const slices: SVGElement[] = []
  let from = 0
  for (const { state } of stateLooks) {
    const share = ((counts[state] ?? 0) / chargers.length) * 100
    if (share === 0) continue
    slices.push(
      svg('circle', { class: `slice state-${state}`, cx: 24, cy: 24, r: 19, pathLength: 100, 'stroke-dasharray': `${share} 100`, 'stroke-dashoffset': -from }),
    )
    from += share
  }
  return svg('svg', { class: 'pie', viewBox: '0 0 48 48', 'aria-hidden': 'true' }, svg('circle', { class: 'pie-ground', cx: 24, cy: 24, r: 22.5 }), ...slices)
}

export interface Mark {
  /** Changes when the mark has to be drawn anew. */
  readonly signature: string
  /** For screen readers, and the tooltip. */
  readonly label: string
  /** px, of the square that is clicked. */
  readonly size: number
  draw(): readonly Node[]
}

export function markOf(group: Group, isChosen: boolean): Mark {
  if (group.isTitle === true) return title(group)
  const [first] = group.chargers
  return group.chargers.length === 1 && first !== undefined ? single(group, isChosen) : cluster(group, isChosen)
}

function single({ chargers: [charger], isAlone = false }: Group, isChosen: boolean): Mark {
  if (charger === undefined) throw new RangeError('a group without chargers')
  const look = lookOf(charger.state)
  const name = charger.name ?? charger.id
  const draws = charger.power_w > 0 ? power(charger.power_w) : ''
  return {
    signature: `${charger.state} ${isChosen} ${isAlone ? `${name} ${draws}` : ''}`,
    label: [`${name}: ${look.words}`, draws].filter((each) => each !== '').join(', '),
    size: 30,
    draw: () => [stateMark(look), ...(isAlone ? caption(name, draws) : [])],
  }
}

/** Below a mark. */
function caption(name: string, watts: string): readonly Node[] {
  const parts = [span('cluster-name', name), span('cluster-power', watts)].filter(({ textContent }) => textContent !== '')
  if (parts.length === 0) return []
  const label = span('cluster-label', '')
  label.append(...parts)
  return [label]
}

function title({ sites: [name = ''] }: Group): Mark {
  return { signature: name, label: name, size: 0, draw: () => [span('', name)] }
}

function kilowattsOf(watts: number): string {
  const { figure, unit } = large(Math.round(watts / 1_000), 'W')
  return `${figure} ${unit}`
}

function cluster(group: Group, isChosen: boolean): Mark {
  const { chargers, sites } = group
  const counts = countStates(chargers)
  const watts = chargers.reduce((sum, each) => sum + each.power_w, 0)
  const name = sites.length === 1 ? (sites[0] ?? '') : sites.length > 1 ? `${sites.length} sites` : ''
  const kilowatts = watts > 0 ? kilowattsOf(watts) : ''
  const size = chargers.length >= 100 ? 58 : chargers.length >= 10 ? 50 : 44
  return {
    signature: `${stateLooks.map(({ state }) => counts[state] ?? 0)} ${name} ${kilowatts} ${isChosen}`,
    label: `${name === '' ? 'Chargers' : name}: ${chargers.length} chargers, ${countWords(counts)}${kilowatts === '' ? '' : `, ${kilowatts}`}`,
    size,
    draw: () => [pie(group), span('cluster-count', String(chargers.length)), ...caption(name, kilowatts)],
  }
}
