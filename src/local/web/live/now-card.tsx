import type { Evse } from '../../rest/shapes.ts'
import { amps, duration, energy, headline, power, stateWords, volts } from '../format.ts'
import { Badge } from '../parts/notice.tsx'
import { Gauge } from './gauge.tsx'
import { SessionActions } from './session-actions.tsx'
import { toneOf } from './tone.ts'

/** What it is doing, how fast, how much. */
export function NowCard({ evse, isOnly }: { evse: Evse; isOnly: boolean }) {
  const [what, reason] = stateWords(evse.words)
  // While it charges the offer says who limits it.
  const why = evse.status === 'charging' && evse.offerWords !== null ? undefined : reason
  return (
    <section class={`card now ${toneOf(evse)}`} aria-label={isOnly ? 'Now' : `Outlet ${evse.evse} now`}>
      <div class="now-words" aria-live="polite">
        <h2>{what}</h2>
        {why !== undefined && <p class="now-why">{why}</p>}
      </div>
      <Gauge evse={evse} />
      {evse.offerWords !== null && <Offer words={evse.offerWords} />}
      <Figures evse={evse} />
      <SessionActions evse={evse} />
      <div class="now-marks">
        <Badge tone={evse.isPlugged ? 'good' : 'plain'}>{evse.isPlugged ? 'Cable plugged in' : 'No cable'}</Badge>
        {evse.lock !== 'none' && <Badge tone="plain">{`Plug ${evse.lock === 'unknown' ? 'lock unknown' : evse.lock}`}</Badge>}
        <Badge tone="plain">{`Contactor ${evse.contactor}`}</Badge>
        <Badge tone="plain">{`Pilot ${evse.pilot}`}</Badge>
        {!evse.isOperative && <Badge tone="warn">Out of service</Badge>}
        {evse.reservation !== null && <Badge tone="note">{`Kept for ${evse.reservation.token}`}</Badge>}
      </div>
    </section>
  )
}

/** `Offered 10 A, limited by a charging profile`. */
function Offer({ words }: { words: string }) {
  const [offer, why] = headline(words)
  return (
    <p class="now-offer muted">
      <strong>{offer}</strong>
      {why !== undefined && `, ${why}`}
    </p>
  )
}

function Figures({ evse: { session, currentA, voltageV, chargePercent, meterWh } }: { evse: Evse }) {
  const figures: readonly (readonly [string, string])[] = [
    ...(session === null
      ? []
      : ([
          ['Energy', energy(session.energyWh)],
          ['Time', duration(session.durationS)],
          ['Peak', power(session.peakW)],
        ] as const)),
    ...(session === null && (currentA ?? 0) <= 0 ? [] : [['Current', amps(currentA)] as const]),
    ['Voltage', volts(voltageV)],
    ...(session === null ? [['Meter', energy(meterWh)] as const] : []),
    ...(chargePercent === null ? [] : [['Battery', `${chargePercent} %`] as const]),
    ...(session === null || chargePercent !== null ? [] : [['Card', session.token] as const]),
  ]
  return (
    <dl class="figures">
      {figures.map(([name, figure]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  )
}
