import { useState } from 'preact/hooks'
import { amps } from '../../../src/local/web/format.ts'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Card } from '../../../src/local/web/parts/card.tsx'
import { Choice } from '../../../src/local/web/parts/field.tsx'
import type { Charger, Outcome } from '../../csms/rest/shapes.ts'
import { api, pathOf, query } from '../api.ts'
import { askStation } from './ask.ts'

/** kW, of chargers of which nobody said what they can do. */
const assumedKw = { ac: 22, dc: 150 }

/** How much it may draw, by this central system: the whole charger, or an outlet of it. */
export function LimitCard({ charger }: { readonly charger: Charger }) {
  const [evse, choose] = useState(0)
  const evses = [...new Set(charger.connectors.map(({ evse_id }) => evse_id))]
  // Of a single outlet there is nothing to choose: its own limit, set over REST, is shown where the charger has none.
  const [only] = evses.length === 1 && !isLimited(charger) ? charger.connectors.filter(isLimited) : []
  const held = only?.evse_id ?? evse
  return (
    <Card title="Limit">
      {evses.length > 1 && (
        <Choice
          label="Of"
          value={String(evse)}
          options={[{ value: '0', words: 'The whole charger' }, ...evses.map((each) => ({ value: String(each), words: `Outlet ${each}` }))]}
          onValue={(value) => choose(Number(value))}
        />
      )}
      <LimitSlider key={held} charger={charger} evse={held} />
    </Card>
  )
}

const isLimited = ({ limit_w, limit_a }: Pick<Charger, 'limit_w' | 'limit_a'>) => limit_w !== undefined || limit_a !== undefined

function LimitSlider({ charger, evse }: { readonly charger: Charger; readonly evse: number }) {
  const [draft, setDraft] = useState<number>()
  const [isBusy, setBusy] = useState(false)
  const held = evse === 0 ? charger : charger.connectors.find(({ evse_id }) => evse_id === evse)
  const presentKw = held?.limit_w === undefined ? undefined : held.limit_w / 1_000
  const mostKw = Math.max(charger.max_kw ?? assumedKw[charger.kind ?? 'ac'], presentKw ?? 0)
  const shown = draft ?? presentKw ?? mostKw
  const hasLimit = presentKw !== undefined || held?.limit_a !== undefined
  const words = draft === undefined && presentKw === undefined ? (held?.limit_a === undefined ? 'No limit' : `${amps(held.limit_a)} per phase`) : `${shown} kW`
  const id = `limit-${evse}`
  const evse_id = evse === 0 ? undefined : evse
  const during = async (work: Promise<boolean>) => {
    setBusy(true)
    await work
    setBusy(false)
    setDraft(undefined)
  }
  const set = (kw: number) => during(askStation(`Limit of ${kw} kW`, api.post<Outcome>(pathOf(charger.id, '/limit'), { kw, evse_id })))
  const clear = () => during(askStation('No limit', api.delete<Outcome>(pathOf(charger.id, `/limit${query({ evse_id })}`))))
  return (
    <div class="field">
      <label class="limit-label" for={id}>
        At most <output for={id}>{words}</output>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={mostKw}
        step={mostKw > 30 ? 1 : 0.5}
        value={shown}
        disabled={!charger.is_connected || isBusy}
        aria-valuetext={words}
        aria-busy={isBusy}
        onInput={(event) => setDraft(event.currentTarget.valueAsNumber)}
        onChange={(event) => void set(event.currentTarget.valueAsNumber)}
      />
      <div class="row between limit-foot">
        <span class="hint">{`0 to ${mostKw} kW${charger.max_kw === undefined ? ', assumed' : ''}`}</span>
        <Button kind="quiet" disabled={!hasLimit || !charger.is_connected} onPress={clear}>
          Remove limit
        </Button>
      </div>
    </div>
  )
}
