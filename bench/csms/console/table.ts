import { harmless } from './lines.ts'

/** Columns beside each other; those from `numbers` on stand to the right. */
export function table(rows: readonly (readonly string[])[], numbers: number): readonly string[] {
  const clean = rows.map((row) => row.map(harmless))
  const widths = (clean[0] ?? []).map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0)))
  return clean.map((row) =>
    row
      .map((cell, at) => (at < numbers ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
