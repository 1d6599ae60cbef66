import { useRef, useState } from 'preact/hooks'
import type { Evse } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { amps, power } from '../format.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { tell } from '../state/said.ts'

/** Below it there is no legal offer but a pause (IEC 61851-1 Annex A). */
const leastAmps = 6
/** Until the charger's own picture shows what was set. */
const settleMs = 500

/** The owner's limit, and every limit that is in force, the least first. */
export function LimitCard({ evse }: { evse: Evse }) {
  return (
    <Card title="Limits">
      <LimitSlider evse={evse} />
      <LimitList evse={evse} />
    </Card>
  )
}

function LimitSlider({ evse: { evse, localLimitA, maxAmps, isDc } }: { evse: Evse }) {
  const path = `/evses/${evse}/limit`
  const id = `limit-${evse}`
  const { drafted, draft, set } = useSetter((limit) => tell(api.put(path, { amps: limit }), () => undefined))
  const shown = drafted ?? localLimitA ?? maxAmps
  const words = drafted === undefined && localLimitA === null ? 'No limit' : amps(shown)
  const isPause = localLimitA !== null && localLimitA < leastAmps
  return (
    <div class="field">
      <label class="limit-label" for={id}>
        Your limit <output for={id}>{words}</output>
      </label>
      <input
        id={id}
        type="range"
        min={leastAmps}
        max={maxAmps}
        step={1}
        value={shown}
        aria-valuetext={words}
        onInput={(event) => draft(event.currentTarget.valueAsNumber)}
        onChange={(event) => void set(event.currentTarget.valueAsNumber)}
      />
      <div class="row between limit-foot">
        <span class="hint">{isPause ? 'Below 6 A charging pauses.' : `${leastAmps} A to ${maxAmps} A per phase${isDc ? ' of its supply' : ''}`}</span>
        {localLimitA !== null && (
          <Button kind="quiet" onPress={() => tell(api.delete(path), () => 'no limit of yours')}>
            No limit
          </Button>
        )}
      </div>
    </div>
  )
}

/** While a finger is on the slider, and until the charger has taken its value, the slider shows the draft: the charger's own would make
 *  it jump. However fast it moves, one request is under way, and the last value is the one that stays. */
function useSetter(send: (value: number) => Promise<unknown>) {
  const [drafted, draft] = useState<number>()
  const wanted = useRef<number | undefined>(undefined)
  const isSending = useRef(false)
  const set = async (value: number) => {
    draft(value)
    wanted.current = value
    if (isSending.current) return
    isSending.current = true
    while (wanted.current !== undefined) {
      const next = wanted.current
      wanted.current = undefined
      await send(next)
    }
    isSending.current = false
    browserClock.after(settleMs, () => {
      if (!isSending.current) draft(undefined)
    })
  }
  return { drafted, draft, set }
}

function LimitList({ evse: { limits, heldBy, isDc } }: { evse: Evse }) {
  const most = Math.max(1, ...limits.map(({ size }) => size))
  return (
    <ul class="limits" aria-label="Limits in force, the least first">
      {limits.map(({ name, words, size }) => (
        <li key={name} class={name === heldBy ? 'holds' : ''}>
          <span>{words}</span>
          <span class="figure">{isDc ? power(size) : amps(size)}</span>
          <meter min={0} max={most} value={size} aria-hidden="true" />
        </li>
      ))}
    </ul>
  )
}
