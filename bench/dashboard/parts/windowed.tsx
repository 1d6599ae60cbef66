import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

interface WindowedProps<T> {
  /** For screen readers: what the rows are. */
  readonly label: string
  readonly rows: readonly T[]
  readonly rowPx: number
  readonly keyOf: (row: T) => string
  /** One focusable thing: a link. */
  readonly row: (row: T) => ComponentChildren
  /** Instead of no rows. */
  readonly empty: ComponentChildren
}

/** Rows drawn above and below what is seen. */
const beyond = 6

/** A long list of rows of one height, of which only what is seen is drawn. Arrow keys walk it. */
export function Windowed<T>({ label, rows, rowPx, keyOf, row, empty }: WindowedProps<T>) {
  const box = useRef<HTMLDivElement>(null)
  const [seen, see] = useState({ top: 0, height: 800 })
  useEffect(() => {
    const { current } = box
    if (current === null) return undefined
    const look = () => see({ top: current.scrollTop, height: current.clientHeight })
    const resized = new ResizeObserver(look)
    resized.observe(current)
    current.addEventListener('scroll', look, { passive: true })
    return () => {
      resized.disconnect()
      current.removeEventListener('scroll', look)
    }
  }, [])
  const from = Math.max(0, Math.min(Math.floor(seen.top / rowPx) - beyond, rows.length - 1))
  const to = Math.min(rows.length, Math.ceil((seen.top + seen.height) / rowPx) + beyond)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are the links; their keys are heard here once for all.
    <div class="windowed" ref={box} onKeyDown={walk}>
      {rows.length === 0 && <div class="windowed-empty">{empty}</div>}
      <ul aria-label={label} style={{ paddingTop: `${from * rowPx}px`, paddingBottom: `${Math.max(0, rows.length - to) * rowPx}px` }}>
        {rows.slice(from, to).map((each, at) => (
          <li key={keyOf(each)} style={{ height: `${rowPx}px` }} aria-setsize={rows.length} aria-posinset={from + at + 1}>
            {row(each)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function walk(event: KeyboardEvent): void {
  const present = event.target instanceof Element ? event.target.closest('li') : null
  const next = event.key === 'ArrowDown' ? present?.nextElementSibling : event.key === 'ArrowUp' ? present?.previousElementSibling : undefined
  const goal = next?.querySelector<HTMLElement>('a, button')
  if (goal === null || goal === undefined) return
  event.preventDefault()
  goal.focus()
}
