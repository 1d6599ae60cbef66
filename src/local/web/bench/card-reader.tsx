import type { Done } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Field } from '../parts/field.tsx'
import { tell } from '../state/said.ts'
import { useTag } from '../state/use-tag.ts'

/** Shows a card: starts, stops or cancels, as at the real reader. */
export function CardReader({ evse }: { evse: number }) {
  const { typed, setTyped, tag, keep } = useTag()
  const show = (event: Event) => {
    event.preventDefault()
    keep()
    void tell(api.post<Done>(`/evses/${evse}/tag`, tag === '' ? {} : { idTag: tag }), ({ reply }) => reply)
  }
  return (
    <Card title="Card reader">
      <form class="row" onSubmit={show}>
        <Field label="Card" value={typed} onValue={setTyped} maxLength={20} autocomplete="off" hint="Empty: the usual card." />
        <Button kind="main" type="submit">
          Show
        </Button>
      </form>
    </Card>
  )
}
