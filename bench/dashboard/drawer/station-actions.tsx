import { Button } from '../../../src/local/web/parts/button.tsx'
import { Card } from '../../../src/local/web/parts/card.tsx'
import type { Charger, Outcome } from '../../csms/rest/shapes.ts'
import { api, pathOf } from '../api.ts'
import { askStation } from './ask.ts'

/** What is asked of the whole charger. */
export function StationActions({ charger: { id, is_connected } }: { readonly charger: Charger }) {
  const post = (what: string, rest: string, body: unknown) => askStation(what, api.post<Outcome>(pathOf(id, rest), body))
  const disabled = !is_connected
  return (
    <Card title="Charger">
      <div class="row actions">
        <Button disabled={disabled} onPress={() => post('In service', '/availability', { operative: true })}>
          In service
        </Button>
        <Button disabled={disabled} onPress={() => post('Out of service', '/availability', { operative: false })}>
          Out of service
        </Button>
        <Button disabled={disabled} onPress={() => post('Soft reset', '/reset', { type: 'soft' })}>
          Soft reset
        </Button>
        <Button
          kind="danger"
          disabled={disabled}
          confirm="Reset it hard? A session that runs is cut off."
          onPress={() => post('Hard reset', '/reset', { type: 'hard' })}
        >
          Hard reset
        </Button>
      </div>
    </Card>
  )
}
