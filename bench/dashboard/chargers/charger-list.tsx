import { brief, none, power } from '../../../src/local/web/format.ts'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Charger, SiteNow } from '../../csms/rest/shapes.ts'
import { StateMark } from '../parts/state-mark.tsx'
import { Windowed } from '../parts/windowed.tsx'
import { linkTo, type ViewName } from '../places.ts'
import { chargers, sites } from '../state/fleet.ts'
import { useMatching } from '../state/use-matching.ts'
import { lookOf } from '../states.ts'

interface ListProps {
  /** Where the links stay. */
  readonly view: ViewName
  readonly chosen: string | undefined
  /** One line with more of each, for the whole width of a desk. */
  readonly isWide: boolean
}

const rowPx = { narrow: 56, wide: 46 }

/** The chargers of the filter, each a link to its drawer. */
export function ChargerList({ view, chosen, isWide }: ListProps) {
  const shown = useMatching()
  const total = useStore(chargers, (now) => now?.size)
  const places = useStore(sites)
  if (shown === undefined) return <p class="muted windowed-empty">Loading the chargers …</p>
  return (
    <Windowed
      label="Chargers"
      rows={shown}
      rowPx={isWide ? rowPx.wide : rowPx.narrow}
      keyOf={({ id }) => id}
      empty={total === 0 ? 'No station has connected yet.' : 'No charger is like that.'}
      row={(charger) => (
        <a
          class={isWide ? 'charger is-wide' : 'charger'}
          href={linkTo({ view, charger: charger.id })}
          aria-current={charger.id === chosen ? 'true' : undefined}
        >
          <StateMark state={charger.state} />
          {isWide ? <WideCells charger={charger} places={places} /> : <Cells charger={charger} places={places} />}
        </a>
      )}
    />
  )
}

function siteName({ site_id }: Charger, places: readonly SiteNow[]): string | undefined {
  return site_id === undefined ? undefined : (places.find(({ id }) => id === site_id)?.name ?? site_id)
}

interface CellProps {
  readonly charger: Charger
  readonly places: readonly SiteNow[]
}

function Cells({ charger, places }: CellProps) {
  const { id, name, state, power_w } = charger
  const site = siteName(charger, places)
  return (
    <>
      <span class="charger-name">
        <strong>{name ?? id}</strong>
        <span class="muted small">{[name === undefined ? undefined : id, site ?? modelOf(charger)].filter((each) => each !== undefined).join(' · ')}</span>
      </span>
      <span class="charger-now">
        <span>{lookOf(state).words}</span>
        <span class="muted small">{power_w > 0 ? power(power_w) : '\u00a0'}</span>
      </span>
    </>
  )
}

function WideCells({ charger, places }: CellProps) {
  const { id, name, state, power_w, max_kw, ocpp_version, seen_at } = charger
  return (
    <>
      <span>{lookOf(state).words}</span>
      <strong>{id}</strong>
      <span>{name ?? none}</span>
      <span>{siteName(charger, places) ?? none}</span>
      <span class="muted">{modelOf(charger) ?? none}</span>
      <span class="muted">{ocpp_version === undefined ? none : `OCPP ${ocpp_version}`}</span>
      <span class="figure">{power_w > 0 ? power(power_w) : none}</span>
      <span class="figure muted">{max_kw === undefined ? none : `${max_kw} kW`}</span>
      <span class="muted">{brief(seen_at)}</span>
    </>
  )
}

function modelOf({ vendor, model }: Charger): string | undefined {
  return vendor === undefined && model === undefined ? undefined : `${vendor ?? ''} ${model ?? ''}`.trim()
}
