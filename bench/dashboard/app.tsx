import type { ComponentType } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Spoken } from '../../src/local/web/parts/spoken.tsx'
import { useStore } from '../../src/local/web/state/use-store.ts'
import { ChargersView } from './chargers/chargers-view.tsx'
import { Drawer } from './drawer/drawer.tsx'
import { HistoryView } from './history/history-view.tsx'
import { Login } from './login.tsx'
import { Overview } from './overview/overview.tsx'
import { linkTo, placeFrom, type ViewName, type ViewProps } from './places.ts'
import { isLocked, learnAccess } from './state/access.ts'
import { follow, isReached } from './state/fleet.ts'
import { useMedia } from './state/use-media.ts'
import { Top, titles } from './top.tsx'

const views: Readonly<Record<ViewName, ComponentType<ViewProps>>> = { map: Overview, chargers: ChargersView, history: HistoryView }

export function App() {
  const isShut = useStore(isLocked)
  useEffect(() => void learnAccess(), [])
  if (isShut === undefined) return null
  return (
    <>
      {isShut ? <Login /> : <Console />}
      <Spoken />
    </>
  )
}

function Console() {
  const { view, charger } = usePlace()
  const isFresh = useStore(isReached)
  // On phones the drawer covers everything: what is behind it is out of reach.
  const isCovered = useMedia('(max-width: 859px)') && charger !== undefined
  useEffect(follow, [])
  useReturningFocus(charger !== undefined)
  useEffect(() => {
    document.title = [charger, titles[view], 'Pilotwire bench'].filter((each) => each !== undefined).join(' · ')
  }, [view, charger])
  const View = views[view]
  const open = (id: string) => {
    location.hash = linkTo({ view, charger: id })
  }
  return (
    <div class={charger === undefined ? 'console' : 'console has-drawer'}>
      <div class="console-page" inert={isCovered}>
        <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
          Skip to the content
        </button>
        <Top view={view} />
        <main id="main" tabIndex={-1} class={isFresh ? `view-${view}` : `view-${view} stale`}>
          <View chosen={charger} open={open} />
        </main>
      </div>
      {charger !== undefined && (
        <Drawer
          key={charger}
          id={charger}
          close={() => {
            location.hash = linkTo({ view, charger: undefined })
          }}
        />
      )}
    </div>
  )
}

/** What had the focus when the drawer opened has it again when it is closed. Looked at before the page behind is out of reach. */
function useReturningFocus(isOpen: boolean): void {
  const before = useRef<Element | null>(null)
  const wasOpen = useRef(false)
  if (isOpen && !wasOpen.current) before.current = document.activeElement
  wasOpen.current = isOpen
  useEffect(() => {
    if (isOpen || !(before.current instanceof HTMLElement)) return
    before.current.focus({ preventScroll: true })
    before.current = null
  }, [isOpen])
}

function usePlace() {
  const [place, setPlace] = useState(() => placeFrom(location.hash))
  useEffect(() => {
    const go = () => setPlace(placeFrom(location.hash))
    addEventListener('hashchange', go)
    return () => removeEventListener('hashchange', go)
  }, [])
  return place
}
