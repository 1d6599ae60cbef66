import { Button } from '../../src/local/web/parts/button.tsx'
import { Icon, type IconName } from '../../src/local/web/parts/icon.tsx'
import { LookButton } from '../../src/local/web/parts/look-button.tsx'
import { tell } from '../../src/local/web/state/said.ts'
import { useStore } from '../../src/local/web/state/use-store.ts'
import { linkTo, type ViewName, viewNames } from './places.ts'
import { logOut } from './state/access.ts'
import { isReached } from './state/fleet.ts'

export const titles: Readonly<Record<ViewName, string>> = { map: 'Map', chargers: 'Chargers', history: 'History' }

const icons: Readonly<Record<ViewName, IconName>> = { map: 'map', chargers: 'charger', history: 'sessions' }

export function Brand() {
  return (
    <span class="brand">
      <span class="brand-mark">
        <Icon name="live" />
      </span>
      <span class="brand-name">Pilotwire bench</span>
    </span>
  )
}

export function Top({ view }: { readonly view: ViewName }) {
  return (
    <header class="top">
      <Brand />
      <nav class="nav" aria-label="Views">
        {viewNames.map((name) => (
          <a key={name} href={linkTo({ view: name, charger: undefined })} aria-current={name === view ? 'page' : undefined}>
            <Icon name={icons[name]} />
            <span>{titles[name]}</span>
          </a>
        ))}
      </nav>
      <LinkState />
      <LookButton />
      <Button kind="quiet" label="Log out" onPress={() => tell(logOut(), () => 'logged out')}>
        <Icon name="leave" />
      </Button>
    </header>
  )
}

/** Whether what is shown is what is so. */
function LinkState() {
  const isOn = useStore(isReached)
  return (
    <span class={`link-state ${isOn ? 'on' : 'off'}`} role="status" title={isOn ? 'Every change is pushed to this page' : 'The page tries again by itself'}>
      <Icon name={isOn ? 'online' : 'offline'} />
      <span>{isOn ? 'Live' : 'Old figures: no connection'}</span>
    </span>
  )
}
