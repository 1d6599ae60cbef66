import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Rows drawn above and below what is seen, so that a quick scroll finds something. */
const beyond = 8

/** A long list of which only what is seen is drawn. Rows are of one height; what is unfolded below some of them is not. */
export interface Windowed {
  /** First row that is drawn, and the one after the last. */
  readonly from: number
  readonly to: number
  /** Room for those that are not drawn, px. */
  readonly above: number
  readonly below: number
  /** False: there is more below, and it stays below. */
  readonly isAtEnd: boolean
  readonly onScroll: () => void
  toEnd(): void
  /** Stays where it is, whatever comes. */
  hold(): void
  /** Brings a row into sight, with what is unfolded below it. */
  reveal(at: number): void
}

export interface WindowOptions {
  readonly scroller: { readonly current: HTMLElement | null }
  /** Of each row, rising. */
  readonly keys: readonly number[]
  readonly rowPx: number
  /** Height of what is unfolded below a row, px, by key. */
  readonly unfolded: ReadonlyMap<number, number>
}

/** Where rows stand, px from the top of the list. */
function ruler({ keys, rowPx, unfolded }: Pick<WindowOptions, 'keys' | 'rowPx' | 'unfolded'>) {
  const extras = [...unfolded]
    .map(([key, px]) => ({ at: keys.indexOf(key), px }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
  const top = (row: number) => extras.reduce((sum, { at, px }) => (at < row ? sum + px : sum), row * rowPx)
  /** The row at this height. */
  const rowAt = (y: number) => {
    let low = 0
    let high = keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (top(middle + 1) <= y) low = middle + 1
      else high = middle
    }
    return low
  }
  return { top, rowAt }
}

/** A row out of sight is about to go. One that has the focus gives it to the list before, which hears the keys as well: a browser that loses
 *  the focus in the midst of a change lays out what is half done, and scrolls elsewhere. */
function takeFocus(box: HTMLElement): void {
  const { activeElement } = document
  if (activeElement === null || activeElement === box || !box.contains(activeElement)) return
  const row = activeElement.getBoundingClientRect()
  const sight = box.getBoundingClientRect()
  if (row.bottom < sight.top || row.top > sight.bottom) box.focus({ preventScroll: true })
}

export function useWindow({ scroller, keys, rowPx, unfolded }: WindowOptions): Windowed {
  const [seen, setSeen] = useState({ top: 0, height: 800 })
  const [isAtEnd, setAtEnd] = useState(true)
  /** The first row in sight and how far it is scrolled away: it stays where it is when rows above it go. */
  const anchor = useRef({ key: 0, beyond: 0 })
  const { top, rowAt } = ruler({ keys, rowPx, unfolded })

  const drop = (box: HTMLElement) => {
    const row = rowAt(box.scrollTop)
    anchor.current = { key: keys[row] ?? 0, beyond: box.scrollTop - top(row) }
  }
  const onScroll = () => {
    const box = scroller.current
    if (box === null) return
    takeFocus(box)
    setSeen({ top: box.scrollTop, height: box.clientHeight })
    setAtEnd(box.scrollTop + box.clientHeight >= box.scrollHeight - 4)
    drop(box)
  }

  const scrollTo = (y: number) => {
    const box = scroller.current
    if (box === null || Math.abs(box.scrollTop - y) < 1) return
    box.scrollTop = y
    onScroll()
  }

  useLayoutEffect(() => {
    const box = scroller.current
    if (box === null) return
    if (box.clientHeight !== seen.height) setSeen({ top: box.scrollTop, height: box.clientHeight })
    if (keys.length === 0) setAtEnd(true)
    if (isAtEnd) return scrollTo(box.scrollHeight - box.clientHeight)
    const row = keys.findIndex((key) => key >= anchor.current.key)
    if (row >= 0) scrollTo(top(row) + (keys[row] === anchor.current.key ? anchor.current.beyond : 0))
  }, [keys, rowPx, unfolded])

  const from = Math.max(0, rowAt(seen.top) - beyond)
  const to = Math.min(keys.length, rowAt(seen.top + seen.height) + 1 + beyond)
  return {
    from,
    to,
    above: top(from),
    below: Math.max(0, top(keys.length) - top(to)),
    isAtEnd: isAtEnd || top(keys.length) <= seen.height,
    onScroll,
    toEnd() {
      setAtEnd(true)
      scrollTo(top(keys.length))
    },
    hold() {
      if (scroller.current !== null) drop(scroller.current)
      setAtEnd(false)
    },
    reveal(at) {
      const box = scroller.current
      if (box === null || at < 0) return
      const end = top(at + 1)
      if (top(at) < box.scrollTop) scrollTo(top(at))
      else if (end > box.scrollTop + box.clientHeight) scrollTo(Math.min(top(at), end - box.clientHeight))
    },
  }
}
