import type { Evse } from '../../rest/shapes.ts'
import { stateWords } from '../format.ts'
import { toneOf } from './tone.ts'

/** Which outlet is shown, where there are several. */
export function Outlets({ evses, chosen, onChoose }: { evses: readonly Evse[]; chosen: number; onChoose: (evse: number) => void }) {
  return (
    <fieldset class="outlets" aria-label="Outlet">
      {evses.map((each) => (
        <button key={each.evse} type="button" class={toneOf(each)} aria-pressed={each.evse === chosen} onClick={() => onChoose(each.evse)}>
          <strong>Outlet {each.evse}</strong>
          <span>{stateWords(each.words)[0]}</span>
        </button>
      ))}
    </fieldset>
  )
}
