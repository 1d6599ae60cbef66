import { said, unsay } from '../state/said.ts'
import { useStore } from '../state/use-store.ts'
import { Icon } from './icon.tsx'

/** Short messages at the foot of the page, read out in a pause. */
export function Spoken() {
  const messages = useStore(said)
  return (
    <div class="spoken" role="status" aria-live="polite">
      {messages.map(({ number, tone, words }) => (
        <div key={number} class={`spoken-one ${tone}`}>
          <span>{words}</span>
          <button type="button" aria-label="Close this message" onClick={() => unsay(number)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
