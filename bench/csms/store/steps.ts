/** What a statement may be given. */
export type Value = string | number | null | undefined
export type Row = Readonly<Record<string, unknown>>

/** What a write wants of the database next. Parameters are `$1`, `$2` ... in the text, each once. */
export type Statement =
  | { readonly text: string; readonly parameters: readonly Value[] }
  /** The same row of values for each of many: `insert into T (a, b)`, and what stands behind the values. */
  | { readonly insert: string; readonly conflict: string; readonly rows: readonly (readonly Value[])[] }

/** A write, step by step: SQLite takes all its steps at once, without letting anybody in between, PostgreSQL one after the other. It may be
 *  run anew from its beginning when it was rolled back. */
export type Steps<T> = Generator<Statement, T, readonly Row[]>

export function* ask<R extends Row>(text: string, ...parameters: readonly Value[]): Steps<readonly R[]> {
  return (yield { text, parameters }) as readonly R[]
}

export function* putAll(insert: string, rows: readonly (readonly Value[])[], conflict = ''): Steps<void> {
  if (rows.length > 0) yield { insert, conflict, rows }
}

/** What may go into a column: PostgreSQL keeps no NUL, and no station's text must fail because of one. */
export function bound(value: Value): string | number | null {
  if (value === undefined) return null
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value
}
