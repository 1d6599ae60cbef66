import type { Breakable } from '../../rest/answers.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Notice } from '../parts/notice.tsx'
import { tell } from '../state/said.ts'
import { useFetched } from '../state/use-fetched.ts'

/** Everything that can be broken, and the one button that mends all. */
export function FaultCard({ evse }: { evse: number }) {
  const { value: breakables = [], problem } = useFetched<readonly Breakable[]>('/faults')
  const path = `/evses/${evse}/faults`
  return (
    <Card
      title="Faults"
      aside={
        <Button kind="main" onPress={() => tell(api.delete(path), () => 'all is mended')}>
          Mend all
        </Button>
      }
    >
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <ul class="breakables">
        {breakables.map(({ name, words }) => (
          <li key={name}>
            <Button onPress={() => tell(api.post(path, { name }), () => words)}>
              <span>
                {words}
                <small class="mono">{name}</small>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  )
}
