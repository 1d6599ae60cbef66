import { useState } from 'preact/hooks'
import type { Evse } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { amps } from '../format.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { Badge } from '../parts/notice.tsx'
import { tell } from '../state/said.ts'

/** The simulated cable and the car on it. */
export function CarCard({ evse }: { evse: Evse }) {
  const path = `/evses/${evse.evse}`
  const wish = (body: Readonly<Record<string, unknown>>, words: string) => tell(api.put(`${path}/ev`, body), () => words)
  return (
    <Card title="Cable and car" aside={<Badge tone={evse.isPlugged ? 'good' : 'plain'}>{evse.isPlugged ? 'plugged in' : 'unplugged'}</Badge>}>
      <div class="row actions">
        <Button kind={evse.isPlugged ? 'plain' : 'main'} disabled={evse.isPlugged} onPress={() => tell(api.post(`${path}/plug`), () => 'plugged in')}>
          Plug in
        </Button>
        <Button disabled={!evse.isPlugged} onPress={() => tell(api.post(`${path}/unplug`), () => 'unplugged')}>
          Unplug
        </Button>
      </div>
      <div class="row actions">
        <Button onPress={() => wish({ ready: true, suspended: false }, 'the car draws')}>Draws</Button>
        <Button onPress={() => wish({ suspended: true }, 'the car pauses')}>Pauses</Button>
        <Button onPress={() => wish({ ready: false }, 'the car is not ready')}>Not ready</Button>
        <Button onPress={() => wish({ full: true }, 'the battery is full')}>Full</Button>
      </div>
      <Wishes evse={evse} wish={wish} />
    </Card>
  )
}

function Wishes({ evse, wish }: { evse: Evse; wish: (body: Readonly<Record<string, unknown>>, words: string) => unknown }) {
  const [wanted, setWanted] = useState(String(evse.isDc ? 50_000 : evse.maxAmps))
  const [phases, setPhases] = useState<'1' | '3'>(evse.phases === 3 ? '3' : '1')
  const [fullAfter, setFullAfter] = useState('')
  const apply = (event: Event) => {
    event.preventDefault()
    const size = evse.isDc ? { wantsWatts: Number(wanted) } : { wantsAmps: Number(wanted), phases: Number(phases) }
    void wish({ ...size, ...(fullAfter === '' ? {} : { fullAfterWh: Number(fullAfter) }) }, `the car wants ${evse.isDc ? `${wanted} W` : amps(Number(wanted))}`)
  }
  return (
    <form class="row" onSubmit={apply}>
      <Field
        label={evse.isDc ? 'Wants, W' : 'Wants, A per phase'}
        type="number"
        min={0}
        max={evse.isDc ? 1_000_000 : 80}
        step="any"
        value={wanted}
        onValue={setWanted}
      />
      {!evse.isDc && evse.phases === 3 && <Choice label="Phases" value={phases} options={['1', '3']} onValue={setPhases} />}
      <Field label="Full after, Wh" type="number" min={0} max={1_000_000} step="any" value={fullAfter} onValue={setFullAfter} />
      <Button type="submit">Apply</Button>
    </form>
  )
}
