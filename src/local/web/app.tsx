import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Banners } from './parts/banners.tsx'
import { Header, Navigation, titles } from './parts/frame-of-page.tsx'
import { Spoken } from './parts/spoken.tsx'
import { placeFrom, type ViewName, type ViewProps } from './routes.ts'
import { access, learnAccess } from './state/access.ts'
import { follow, live } from './state/live.ts'
import { useStore } from './state/use-store.ts'
import { Bench } from './views/bench.tsx'
import { Frames } from './views/frames.tsx'
import { HealthView } from './views/health.tsx'
import { LiveView } from './views/live.tsx'
import { Login } from './views/login.tsx'
import { Sessions } from './views/sessions.tsx'
import { Settings } from './views/settings.tsx'

const views: Readonly<Record<ViewName, ComponentType<ViewProps>>> = {
  live: LiveView,
  sessions: Sessions,
  frames: Frames,
  settings: Settings,
  health: HealthView,
  bench: Bench,
}

export function App() {
  const { isLocked } = useStore(access)
  useEffect(() => void learnAccess(), [])
  if (isLocked === undefined) return null
  return (
    <>
      {isLocked ? <Login /> : <Charger />}
      <Spoken />
    </>
  )
}

function Charger() {
  const [place, setPlace] = useState(() => placeFrom(location.hash))
  useEffect(follow, [])
  useEffect(() => {
    const go = () => {
      setPlace(placeFrom(location.hash))
      scrollTo(0, 0)
    }
    addEventListener('hashchange', go)
    return () => removeEventListener('hashchange', go)
  }, [])
  const isReached = useStore(live, (now) => now.isReached)
  const id = useStore(live, ({ station }) => station?.id)
  useEffect(() => {
    document.title = [titles[place.view], id ?? 'Charger'].join(' · ')
  }, [place.view, id])
  const View = views[place.view]
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <Header />
      <Navigation present={place.view} />
      <main id="main" tabIndex={-1} class={isReached ? '' : 'stale'}>
        <Banners />
        <View rest={place.rest} />
      </main>
    </div>
  )
}
