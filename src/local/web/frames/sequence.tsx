import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Button } from '../parts/button.tsx'
import type { Exchange } from './exchanges.ts'
import { Row } from './row.tsx'
import { useWindow, type Windowed } from './window.ts'

interface SequenceProps {
  readonly exchanges: readonly Exchange[]
  /** Something is left out by the filter. */
  readonly hasFilter: boolean
  readonly isPaused: boolean
}

/** Until the first row was measured. */
const guessedRowPx = 40

/** The exchanges from the oldest down to the newest, as a list that the keyboard walks: j and k or the arrows, Home, End, Enter folds. */
export function Sequence({ exchanges, hasFilter, isPaused }: SequenceProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rowPx = useRowHeight(scroller)
  const { toggle, unfolded, measured } = useUnfolded()
  const keys = useMemo(() => exchanges.map(({ key }) => key), [exchanges])
  const shown = useWindow({ scroller, keys, rowPx, unfolded })
  const { current, focused, onKeyDown } = useWalk(scroller, keys, shown)
  const justOpened = useRef<number | undefined>(undefined)
  const open = (key: number) => {
    shown.hold()
    justOpened.current = unfolded.has(key) ? undefined : key
    toggle(key)
  }
  useLayoutEffect(() => {
    const { current: key } = justOpened
    if (key === undefined || (unfolded.get(key) ?? 0) === 0) return
    justOpened.current = undefined
    shown.reveal(keys.indexOf(key))
  })
  return (
    <div class="frames-sequence">
      <div class="frames-heads" aria-hidden="true">
        <span>Station</span>
        <span>Central system</span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are the buttons; their keys are heard here once for all. */}
      <div class="frames-scroller" ref={scroller} tabIndex={-1} onScroll={shown.onScroll} onKeyDown={onKeyDown}>
        {exchanges.length === 0 && <p class="frames-empty">{emptyWords(hasFilter, isPaused)}</p>}
        <ol class="frames-list" aria-label="Exchanges, the oldest first" style={{ paddingTop: `${shown.above}px`, paddingBottom: `${shown.below}px` }}>
          {exchanges.slice(shown.from, shown.to).map((exchange, at) => (
            <Row
              key={exchange.key}
              exchange={exchange}
              place={shown.from + at + 1}
              of={exchanges.length}
              isOpen={unfolded.has(exchange.key)}
              isCurrent={exchange.key === current}
              toggle={open}
              focused={focused}
              measured={measured}
            />
          ))}
        </ol>
      </div>
      {!shown.isAtEnd && (
        <div class="frames-newest">
          <Button onPress={shown.toEnd}>↓ Newest</Button>
        </div>
      )}
    </div>
  )
}

function emptyWords(hasFilter: boolean, isPaused: boolean): string {
  if (hasFilter) return 'No frame is like that.'
  return isPaused ? 'Cleared, and paused.' : 'No frame yet. What passes from now on shows here.'
}

/** px, as it comes out with the letters and the width that the browser has. */
function useRowHeight(scroller: { readonly current: HTMLDivElement | null }): number {
  const [rowPx, setRowPx] = useState(guessedRowPx)
  useLayoutEffect(() => {
    const height = scroller.current?.querySelector<HTMLElement>('.frames-row')?.offsetHeight
    if (height !== undefined && height > 0 && height !== rowPx) setRowPx(height)
  })
  return rowPx
}

/** Which rows are unfolded, and how high what is below them is. */
function useUnfolded() {
  const [unfolded, setUnfolded] = useState<ReadonlyMap<number, number>>(new Map())
  const toggle = useCallback((key: number) => {
    setUnfolded((before) => {
      const next = new Map(before)
      if (!next.delete(key)) next.set(key, 0)
      return next
    })
  }, [])
  const measured = useCallback((key: number, px: number) => {
    setUnfolded((before) => (before.has(key) && before.get(key) !== px ? new Map(before).set(key, px) : before))
  }, [])
  return { unfolded, toggle, measured }
}

/** The row that the keyboard is at: the one the Tab key comes to. */
function useWalk(scroller: { readonly current: HTMLDivElement | null }, keys: readonly number[], shown: Windowed) {
  const [walked, setWalked] = useState<number>()
  const wantsFocus = useRef(false)
  const at = walked === undefined ? -1 : keys.indexOf(walked)
  const current = at < 0 ? keys.at(-1) : walked
  const focused = useCallback((key: number) => setWalked(key), [])
  const rowOf = (key: number | undefined) => scroller.current?.querySelector<HTMLElement>(`[data-key="${key}"]`) ?? null
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    const row = rowOf(current)
    if (row === null) return
    wantsFocus.current = false
    row.focus({ preventScroll: true })
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const { target, currentTarget } = event
    const isRow = target === currentTarget || (target instanceof HTMLElement && target.dataset['key'] !== undefined)
    const from = at < 0 ? keys.length - 1 : at
    const to = isRow && !event.ctrlKey && !event.metaKey && !event.altKey ? moves[event.key]?.(from, keys.length - 1) : undefined
    if (to === undefined) return
    event.preventDefault()
    const next = Math.max(0, Math.min(keys.length - 1, to))
    wantsFocus.current = true
    setWalked(keys[next])
    // It is not drawn yet, and the row that has the focus may go: the list hears the keys until then.
    if (rowOf(keys[next]) === null) scroller.current?.focus({ preventScroll: true })
    // What a person looks at does not run away; from the newest on they run along again.
    if (next === keys.length - 1) shown.toEnd()
    else shown.hold()
    shown.reveal(next)
  }
  return { current, focused, onKeyDown }
}

const moves: Readonly<Record<string, (from: number, last: number) => number>> = {
  j: (from) => from + 1,
  ArrowDown: (from) => from + 1,
  k: (from) => from - 1,
  ArrowUp: (from) => from - 1,
  PageDown: (from) => from + 10,
  PageUp: (from) => from - 10,
  Home: () => 0,
  End: (_from, last) => last,
}
