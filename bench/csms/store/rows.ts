import { sql } from 'kysely'

// Between rows and the shapes of REST.

/** A row without its nulls: what is not known is left out. */
export function known<T extends object>(
  row: T,
): { [K in keyof T as null extends T[K] ? never : K]: T[K] } & { [K in keyof T as null extends T[K] ? K : never]?: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as never
}

/** ISO 8601 in UTC; null stays, a moment that no calendar has is left out. */
export function isoTime(epochMs: number | null): string | null {
  return epochMs === null || Math.abs(epochMs) > 8.64e15 ? null : new Date(epochMs).toISOString()
}

/** As `isoTime`, for what is always known. */
export const isoMoment = (epochMs: number) => isoTime(epochMs) ?? '1970-01-01T00:00:00.000Z'

/** What may stand in a column of whole numbers; null for what no station counts to. */
export function whole(value: number | undefined): number | null {
  return value !== undefined && Number.isSafeInteger(value) ? value : null
}

/** Amounts beyond any charger (W, Wh) are none: their sums would leave the range of numbers. */
export function amount(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) && Math.abs(value) <= 1e12 ? value : null
}

/** Whether a column holds a text, in any case. */
export function contains(column: string, text: string) {
  const part = `%${text.toLowerCase().replace(/[\\%_]/g, (each) => `\\${each}`)}%`
  return sql<boolean>`lower(${sql.ref(column)}) like ${part} escape '\\'`
}

/** Four digits behind the point are enough for kWh and money. */
export const rounded = (value: number) => Math.round(value * 10_000) / 10_000
