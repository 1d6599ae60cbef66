import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Icon } from '../../../src/local/web/parts/icon.tsx'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Charger } from '../../csms/rest/shapes.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { chargers } from '../state/fleet.ts'
import { lookOf } from '../states.ts'
import { AboutTab } from './about-tab.tsx'
import { ConfigurationTab } from './configuration-tab.tsx'
import { FramesTab } from './frames-tab.tsx'
import { NowTab } from './now-tab.tsx'

const tabs = { now: 'Now', configuration: 'Configuration', frames: 'Frames', about: 'About' } as const
type Tab = keyof typeof tabs

const bodies = { now: NowTab, configuration: ConfigurationTab, frames: FramesTab, about: AboutTab } as const

/** One charger: beside the map, on phones over everything. Escape closes it, and the focus comes here. */
export function Drawer({ id, close }: { readonly id: string; readonly close: () => void }) {
  const charger = useStore(chargers, (all) => all?.get(id))
  const isLoading = useStore(chargers, (all) => all === undefined)
  const [tab, choose] = useState<Tab>('now')
  const box = useDrawerFocus(close)
  return (
    <aside class="drawer" ref={box} tabIndex={-1} aria-label={`Charger ${id}`}>
      <header class="drawer-head">
        {charger !== undefined && <StateMark state={charger.state} />}
        <div class="drawer-title">
          <h2>{charger?.name ?? id}</h2>
          <p class="muted small">{charger === undefined ? '\u00a0' : headWords(charger)}</p>
        </div>
        <Button kind="quiet" label="Close the charger" onPress={close}>
          <Icon name="close" />
        </Button>
      </header>
      <Tabs tab={tab} choose={choose} />
      <Body id={id} charger={charger} isLoading={isLoading} tab={tab} />
    </aside>
  )
}

function headWords({ id, name, state, is_connected }: Charger): string {
  return [name === undefined ? undefined : id, lookOf(state).words, is_connected || state === 'offline' ? undefined : 'offline']
    .filter((each) => each !== undefined)
    .join(' · ')
}

function Tabs({ tab, choose }: { readonly tab: Tab; readonly choose: (tab: Tab) => void }) {
  const names = Object.keys(tabs) as Tab[]
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = names[(names.indexOf(tab) + step + names.length) % names.length]
    if (step === 0 || next === undefined) return
    choose(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div class="drawer-tabs" role="tablist" aria-label="About this charger" onKeyDown={onKeyDown} tabIndex={-1}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === tab}
          aria-controls="drawer-body"
          tabIndex={name === tab ? 0 : -1}
          onClick={() => choose(name)}
        >
          {tabs[name]}
        </button>
      ))}
    </div>
  )
}

function Body({ id, charger, isLoading, tab }: { readonly id: string; readonly charger: Charger | undefined; readonly isLoading: boolean; readonly tab: Tab }) {
  const Shown = bodies[tab]
  return (
    <div class="drawer-body" id="drawer-body" role="tabpanel" aria-labelledby={`tab-${tab}`}>
      {charger === undefined ? (
        <p class="muted">{isLoading ? 'Loading …' : `There is no charger ${id}. It shows up here when it connects.`}</p>
      ) : (
        <Shown key={id} charger={charger} />
      )}
    </div>
  )
}

function useDrawerFocus(close: () => void) {
  const box = useRef<HTMLElement>(null)
  const closer = useRef(close)
  closer.current = close
  useEffect(() => {
    box.current?.focus({ preventScroll: true })
    const onKeyDown = (event: KeyboardEvent) => {
      // A question over the page is closed first.
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('dialog[open]') === null) closer.current()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
  return box
}
