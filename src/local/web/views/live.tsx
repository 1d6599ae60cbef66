import { useState } from 'preact/hooks'
import { Faults } from '../live/faults.tsx'
import { LastSession } from '../live/last-session.tsx'
import { LimitCard } from '../live/limit-card.tsx'
import { NowCard } from '../live/now-card.tsx'
import { Outlets } from '../live/outlets.tsx'
import { PhasesCard } from '../live/phases-card.tsx'
import { SessionPlot } from '../live/session-plot.tsx'
import { SiteCard } from '../live/site-card.tsx'
import { OfflineNotice, StationCard } from '../live/station-card.tsx'
import { Notice } from '../parts/notice.tsx'
import type { ViewProps } from '../routes.ts'
import { live } from '../state/live.ts'
import { remember, remembered } from '../state/remembered.ts'
import { useStore } from '../state/use-store.ts'

const outletKey = 'outlet'

export function LiveView(_props: ViewProps) {
  const station = useStore(live, (now) => now.station)
  const isReached = useStore(live, (now) => now.isReached)
  const [chosen, choose] = useState(() => Number(remembered(outletKey) ?? 1))
  if (station === undefined) return <p class="muted waiting-words">Asking the charger …</p>
  const evse = station.evses.find((each) => each.evse === chosen) ?? station.evses[0]
  if (evse === undefined) return <Notice tone="warn" title="This charger has no outlet" />
  const pick = (number: number) => {
    remember(outletKey, String(number))
    choose(number)
  }
  return (
    <>
      <h1 class="unseen">Live</h1>
      {station.evses.length > 1 && <Outlets evses={station.evses} chosen={evse.evse} onChoose={pick} />}
      <Faults evse={evse} />
      {isReached && <OfflineNotice station={station} />}
      <div class="columns live">
        <div class="column">
          <NowCard key={evse.evse} evse={evse} isOnly={station.evses.length === 1} />
          <div class="column later">
            {evse.byPhase.length > 1 && <PhasesCard evse={evse} />}
            {station.site !== null && <StationCard station={station} />}
          </div>
        </div>
        <div class="column">
          {evse.session === null ? <LastSession /> : <SessionPlot key={evse.session.id} session={evse.session} isDc={evse.isDc} />}
          <LimitCard key={evse.evse} evse={evse} />
          {station.site === null ? (
            <div class="column later">
              <StationCard station={station} />
            </div>
          ) : (
            <SiteCard site={station.site} evses={station.evses} />
          )}
        </div>
      </div>
    </>
  )
}
