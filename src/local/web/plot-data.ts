/** Times (s since 1970) and one row of figures per line of the plot; null: a gap. As uPlot wants it. */
export type PlotData = readonly [times: readonly number[], ...lines: readonly (readonly (number | null)[])[]]

/** One moment: its time (s since 1970) and a figure per line. */
export interface PlotPoint {
  readonly atS: number
  readonly figures: readonly (number | null)[]
}

/** Points in the order of time, never more than `most`. When it is full every other point goes, and from then on points
 *  come half as densely: an hour and a week take the same memory. The newest point is always there. */
export interface Trail {
  add(point: PlotPoint): void
  points(): readonly PlotPoint[]
  data(): PlotData
}

/** @param stepS points nearer than this to the one before replace it */
export function createTrail(lines: number, most: number, stepS: number): Trail {
  let points: PlotPoint[] = []
  let step = stepS
  /** Time of the last point that stays; the newest may still be replaced. */
  let keptS = Number.NEGATIVE_INFINITY
  return {
    add(point) {
      const last = points.at(-1)
      if (last !== undefined && point.atS < last.atS) return
      if (last !== undefined && last.atS - keptS < step && last.atS !== keptS) points.pop()
      else keptS = last?.atS ?? Number.NEGATIVE_INFINITY
      points.push(point)
      if (points.length > most) {
        const isOdd = (points.length - 1) % 2
        points = points.filter((_, index) => index % 2 === isOdd)
        step *= 2
        keptS = points.at(-2)?.atS ?? Number.NEGATIVE_INFINITY
      }
    },
    points: () => points,
    data: () => [points.map(({ atS }) => atS), ...Array.from({ length: lines }, (_, line) => points.map(({ figures }) => figures[line] ?? null))],
  }
}
