import { useState } from 'preact/hooks'
import { CarCard } from '../bench/car-card.tsx'
import { CardReader } from '../bench/card-reader.tsx'
import { CommandCard } from '../bench/command-card.tsx'
import { CounterCard } from '../bench/counter-card.tsx'
import { FaultCard } from '../bench/fault-card.tsx'
import { HouseCard } from '../bench/house-card.tsx'
import { MessageCard } from '../bench/message-card.tsx'
import { WorldCard } from '../bench/world-card.tsx'
import { withLocalTimes } from '../format.ts'
import { Outlets } from '../live/outlets.tsx'
import { Notice } from '../parts/notice.tsx'
import { ConnectionCard } from '../settings/connection-card.tsx'
import { live } from '../state/live.ts'
import { useStore } from '../state/use-store.ts'

/** Hands at the simulated world; on a real board there is nothing to hold. */
export function Bench() {
  const station = useStore(live, (now) => now.station)
  const [chosen, choose] = useState(1)
  if (station === undefined) return null
  const evse = station.evses.find((each) => each.evse === chosen) ?? station.evses[0]
  if (!station.isSimulated || evse === undefined) return <Notice title="This board is real">There is nothing to simulate.</Notice>
  return (
    <>
      <div class="view-head">
        <h1>Bench</h1>
      </div>
      {station.evses.length > 1 && <Outlets evses={station.evses} chosen={evse.evse} onChoose={choose} />}
      <p class="bench-words">
        <strong>Outlet {evse.evse}:</strong> {withLocalTimes(evse.words)}
      </p>
      <div class="columns">
        <div class="column" key={evse.evse}>
          <CarCard evse={evse} />
          <CardReader evse={evse.evse} />
          <WorldCard station={station} />
          <ConnectionCard />
        </div>
        <div class="column">
          <FaultCard evse={evse.evse} />
          {station.site !== null && <HouseCard />}
          <CounterCard />
        </div>
        <MessageCard />
        <CommandCard />
      </div>
    </>
  )
}
