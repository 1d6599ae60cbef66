import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { none, ticks, timeOfDay } from '../format.ts'
import type { PlotData } from '../plot-data.ts'
import { look } from '../state/look.ts'
import { useStore } from '../state/use-store.ts'

export interface Line {
  readonly label: string
  /** Of its figures; the first one of each axis stands beside it. */
  readonly unit: string
  /** Of its figures; 1 unless told. */
  readonly decimals?: number
  /** A custom property of theme.css: '--power'; filled with '--power-soft'. */
  readonly colour: string
  readonly isFilled?: boolean
  readonly isDashed?: boolean
  /** Which axis: 'left' unless told. */
  readonly axis?: 'left' | 'right'
  /** Holds its value until the next. */
  readonly isStepped?: boolean
}

interface PlotProps {
  /** What the picture shows, for those who do not see it. */
  readonly label: string
  readonly lines: readonly Line[]
  readonly data: PlotData
  readonly height?: number
}

/** Lines over time, and their figures at the moment that is pointed at, else at the newest. */
export function Plot({ label, lines, data, height = 220 }: PlotProps) {
  const [picked, pick] = useState<number>()
  const place = useCanvas({ lines, data, height, pick })
  return (
    <div class="plot">
      <div ref={place} role="img" aria-label={label} />
      <Legend lines={lines} data={data} at={picked !== undefined && picked < data[0].length ? picked : data[0].length - 1} />
    </div>
  )
}

function Legend({ lines, data: [times, ...rows], at }: Pick<PlotProps, 'lines' | 'data'> & { at: number }) {
  const atS = times[at]
  return (
    <ul class="plot-legend" aria-label="Figures">
      {lines.map(({ label, unit, colour, isDashed, decimals }, index) => (
        <li key={label}>
          <i class={isDashed === true ? 'dashed' : ''} style={{ '--swatch': `var(${colour})` }} />
          {`${label} `}
          <strong>{figure(rows[index]?.[at], unit, decimals)}</strong>
        </li>
      ))}
      <li class="plot-moment">{atS === undefined ? none : timeOfDay(new Date(atS * 1_000).toISOString())}</li>
    </ul>
  )
}

function figure(value: number | null | undefined, unit: string, decimals = 1): string {
  return value === null || value === undefined ? none : `${value.toFixed(decimals)} ${unit}`
}

/** New data go into the same canvas; new lines or colours make a new one. @returns where it is drawn */
function useCanvas({ lines, data, height, pick }: Omit<Required<PlotProps>, 'label'> & { pick: (at: number | undefined) => void }) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const newest = useRef(data)
  newest.current = data
  const present = useStore(look)
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const draw = () => {
      plot.current?.destroy()
      plot.current = new uPlot(optionsFor(element, lines, height, pick), mutable(newest.current), element)
      followFingers(plot.current)
    }
    draw()
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    const colours = matchMedia('(prefers-color-scheme: dark)')
    colours.addEventListener('change', draw)
    return () => {
      resized.disconnect()
      colours.removeEventListener('change', draw)
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [present, lines, height])
  useEffect(() => plot.current?.setData(mutable(data)), [data])
  return place
}

/** uPlot hears the mouse alone. */
function followFingers(plot: uPlot): void {
  const point = ({ pointerType, offsetX, offsetY }: PointerEvent) => {
    if (pointerType !== 'mouse') plot.setCursor({ left: offsetX, top: offsetY })
  }
  plot.over.addEventListener('pointerdown', point)
  plot.over.addEventListener('pointermove', point)
}

/** uPlot declares its data as arrays that may change; it does not change them. */
function mutable(data: PlotData): uPlot.AlignedData {
  return data as unknown as uPlot.AlignedData
}

/** The canvas knows neither custom properties nor light-dark(): the element computes the colour for it. */
export function resolved(element: HTMLElement, property: string): string {
  element.style.color = `var(${property})`
  const { color } = getComputedStyle(element)
  element.style.color = ''
  return color
}

/** s; a session that has just begun fills the plot from the left. */
const leastSpan = 120
/** Between two words below the axis of time, s: whole minutes at least, which need no seconds. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080].map((minutes) => minutes * 60)

function optionsFor(element: HTMLElement, lines: readonly Line[], height: number, pick: (at: number | undefined) => void): uPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string) => resolved(element, name)
  const axis = { stroke: colour('--muted'), font: `12px ${style.fontFamily}`, ticks: { show: false } }
  const besides = { labelSize: 16, labelFont: axis.font }
  const upward = { range: (_: uPlot, _least: number, most: number): uPlot.Range.MinMax => [0, most > 0 ? most * 1.1 : 1] }
  const left = lines.find((line) => line.axis !== 'right')?.unit ?? ''
  const right = lines.find((line) => line.axis === 'right')?.unit
  return {
    width: element.clientWidth,
    height,
    padding: [8, right === undefined ? 12 : 0, 0, 0],
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    legend: { show: false },
    hooks: { setCursor: [({ cursor }) => pick(cursor.idx ?? undefined)] },
    scales: {
      x: { time: true, range: (_plot, from, to) => [from, Math.max(to, from + leastSpan)] },
      left: upward,
      ...(right === undefined ? {} : { right: upward }),
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 88, incrs: timeSteps, values: (_plot, splits) => [...ticks(splits)] },
      { ...axis, ...besides, grid: { stroke: colour('--line'), width: 1 }, scale: 'left', label: left, size: 44 },
      ...(right === undefined ? [] : [{ ...axis, ...besides, grid: { show: false }, scale: 'right', side: 1 as const, label: right, size: 40 }]),
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colour))],
  }
}

function seriesOf(line: Line, colour: (name: string) => string): uPlot.Series {
  return {
    scale: line.axis ?? 'left',
    stroke: colour(line.colour),
    width: 2,
    // One alone makes no line.
    points: { show: ({ data }) => data[0].length === 1 },
    ...(line.isFilled === true ? { fill: colour(`${line.colour}-soft`) } : {}),
    ...(line.isDashed === true ? { dash: [6, 4] } : {}),
    ...(line.isStepped === true && uPlot.paths.stepped !== undefined ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
  }
}
