import { linkTo, type ViewName } from '../routes.ts'
import { access, logOut } from '../state/access.ts'
import { live } from '../state/live.ts'
import { tell } from '../state/said.ts'
import { useStore } from '../state/use-store.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { LookButton } from './look-button.tsx'

export const titles: Readonly<Record<ViewName, string>> = {
  live: 'Live',
  sessions: 'Sessions',
  frames: 'Frames',
  settings: 'Settings',
  health: 'Health',
  bench: 'Bench',
}

export function Header() {
  const id = useStore(live, ({ station }) => station?.id)
  const { isRequired } = useStore(access)
  return (
    <header class="top">
      <a class="brand" href={linkTo('live')}>
        <span class="brand-mark">
          <Icon name="live" />
        </span>
        <span class="brand-name">{id ?? 'Charger'}</span>
      </a>
      <LinkState />
      <LookButton />
      {isRequired && (
        <Button kind="quiet" label="Log out" onPress={() => tell(logOut(), () => 'logged out')}>
          <Icon name="leave" />
        </Button>
      )}
    </header>
  )
}

/** Whether the charger is online, and if not why. */
function LinkState() {
  const link = useStore(live, ({ station }) => station?.link)
  const words = useStore(live, ({ station }) => station?.linkWords)
  const isReached = useStore(live, (now) => now.isReached)
  if (!isReached || link === undefined) return <span class="link-state off">{isReached ? 'Loading' : 'No answer'}</span>
  const isOn = link === 'connected'
  return (
    <span class={`link-state ${isOn ? 'on' : 'off'}`} title={words}>
      <Icon name={isOn ? 'online' : 'offline'} />
      <span>{isOn ? 'Online' : 'Offline'}</span>
    </span>
  )
}

export function Navigation({ present }: { present: ViewName }) {
  const isSimulated = useStore(live, ({ station }) => station?.isSimulated === true)
  const shown = (Object.keys(titles) as ViewName[]).filter((name) => name !== 'bench' || isSimulated)
  return (
    <nav class="nav" aria-label="Views">
      {shown.map((name) => (
        <a key={name} href={linkTo(name)} aria-current={name === present ? 'page' : undefined}>
          <Icon name={name} />
          <span>{titles[name]}</span>
        </a>
      ))}
    </nav>
  )
}
