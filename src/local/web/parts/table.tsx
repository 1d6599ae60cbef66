import type { ComponentChildren } from 'preact'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ComponentChildren
  /** Figures stand at the right. */
  readonly isFigure?: boolean
  /** Left out on phones. */
  readonly isExtra?: boolean
}

interface TableProps<T> {
  /** For screen readers: what the rows are. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string | number
  /** Shown instead of no rows. */
  readonly empty?: ComponentChildren
}

export function Table<T>({ label, columns, rows, keyOf, empty }: TableProps<T>) {
  if (rows.length === 0 && empty !== undefined) return <p class="muted">{empty}</p>
  return (
    // Keyboards scroll what is wider than the phone.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus
    <section class="table-scroll" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.title} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function classOf<T>({ isFigure, isExtra }: Column<T>): string {
  return [isFigure === true ? 'figure' : '', isExtra === true ? 'extra' : ''].join(' ').trim()
}
