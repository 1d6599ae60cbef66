import { none } from '../../../src/local/web/format.ts'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Dashboard } from '../../csms/rest/shapes.ts'
import { amount, count, large, money } from '../money.ts'
import { dashboard } from '../state/fleet.ts'

interface Kpi {
  readonly name: string
  readonly figure: string
  readonly unit?: string
  readonly more: string
}

function kpisOf(now: Dashboard): readonly Kpi[] {
  const trouble = now.states.faulted
  return [
    { name: 'Active', figure: count(now.active_transactions), more: `${count(now.transactions_today)} today` },
    { name: 'Power now', ...large(now.power_kw, 'W'), more: `of ${count(now.installed_kw)} kW` },
    { name: 'Energy today', ...large(now.energy_today_kwh, 'Wh'), more: 'since 0:00 UTC' },
    { name: 'Revenue', figure: money(now.revenue_today, now.currency), more: 'today, by tariff' },
    { name: 'Utilisation', figure: amount(now.utilisation_percent), unit: '%', more: 'of all outlets' },
    { name: 'Connected', figure: count(now.connected), unit: `/ ${count(now.chargers)}`, more: trouble === 0 ? 'no fault' : `${trouble} faulted` },
  ]
}

const names = ['Active', 'Power now', 'Energy today', 'Revenue', 'Utilisation', 'Connected']

/** The whole at a glance. The cards have their size before they have their figures. */
export function Kpis() {
  const now = useStore(dashboard)
  const cards = now === undefined ? names.map((name): Kpi => ({ name, figure: none, more: '\u00a0' })) : kpisOf(now)
  return (
    <ul class="kpis" aria-label="At a glance">
      {cards.map(({ name, figure, unit, more }) => (
        <li key={name} class="card kpi">
          <span class="kpi-name">{name}</span>
          <span class="kpi-figure">
            {figure}
            {unit !== undefined && <small> {unit}</small>}
          </span>
          <span class={more.endsWith('faulted') ? 'kpi-more is-trouble' : 'kpi-more'}>{more}</span>
        </li>
      ))}
    </ul>
  )
}
