import type { SessionPage } from '../../rest/shapes.ts'
import { duration, energy, moment } from '../format.ts'
import { Card, Facts } from '../parts/card.tsx'
import { linkTo } from '../routes.ts'
import { live } from '../state/live.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

/** How much it was the last time; nothing where no session is kept. */
export function LastSession() {
  const changed = useStore(live, ({ session }) => session)
  const { value: page } = useFetched<SessionPage>('/sessions?limit=1', changed)
  const last = page?.sessions[0]
  if (last === undefined) return null
  return (
    <Card title="Last session" aside={<a href={linkTo('sessions', last.id)}>Details</a>}>
      <Facts
        of={[
          ['Energy', energy(last.energyWh)],
          ['Time', duration(last.durationS)],
          ['Started', moment(last.startedAt)],
          ['Card', <span class="mono">{last.token}</span>],
        ]}
      />
    </Card>
  )
}
