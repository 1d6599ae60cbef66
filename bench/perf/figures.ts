/** The value below which `share` (0 to 1) of the samples lie: nearest rank. NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5)

/** A line of the table: what was measured, beside what, and what was asked for. */
export interface Figure {
  readonly what: string
  readonly measured: string
  readonly beside?: string
  readonly target?: string
  /** Undefined: there is no target, the figure informs. */
  readonly isMet?: boolean
}

export const shown = (value: number, unit: string): string => `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`

const headings: Figure = { what: '', measured: 'pilotwire', beside: 'bare', target: 'target' }

export function table(figures: readonly Figure[]): string {
  const rows = [headings, ...figures].map(({ what, measured, beside = '', target = '', isMet }) => [
    what,
    measured,
    beside,
    target,
    isMet === undefined ? '' : isMet ? 'met' : 'MISSED',
  ])
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
