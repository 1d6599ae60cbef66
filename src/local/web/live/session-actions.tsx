import type { Done, Evse } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { tell } from '../state/said.ts'
import { useTag } from '../state/use-tag.ts'

/** Start with a card, stop, pause. */
export function SessionActions({ evse }: { evse: Evse }) {
  const path = `/evses/${evse.evse}`
  const isBusy = evse.session !== null || evse.waitingToken !== null
  const pause = (enabled: boolean) => tell(api.put<Done>(`${path}/enabled`, { enabled }), () => (enabled ? 'Charging may go on' : 'Charging pauses'))
  return (
    <div class="stack">
      {!isBusy && <Start path={path} />}
      {evse.session === null && evse.waitingToken !== null && (
        <p class="muted">
          Card <strong>{evse.waitingToken}</strong> waits for the cable.
        </p>
      )}
      <div class="row actions">
        {isBusy && (
          <Button kind={evse.session === null ? 'plain' : 'danger'} onPress={() => tell(api.post<Done>(`${path}/stop`), ({ reply }) => reply)}>
            {evse.session === null ? 'Cancel' : 'Stop'}
          </Button>
        )}
        {evse.isEnabled && evse.session !== null && <Button onPress={() => pause(false)}>Pause</Button>}
        {evse.isEnabled && evse.session === null && (
          <Button onPress={() => pause(false)} tip="Charging pauses until it is enabled again, over a restart too">
            Disable
          </Button>
        )}
        {!evse.isEnabled && (
          <Button kind="main" onPress={() => pause(true)}>
            {evse.session === null ? 'Enable' : 'Resume'}
          </Button>
        )}
        {evse.lock !== 'none' && (
          <Button
            confirm={evse.session === null ? 'Let the plug go?' : 'End the session and let the plug go?'}
            onPress={() => tell(api.post<Done>(`${path}/unlock`), ({ reply }) => reply)}
          >
            Unlock
          </Button>
        )}
      </div>
    </div>
  )
}

function Start({ path }: { path: string }) {
  const { typed, setTyped, tag, keep } = useTag()
  const start = () => {
    keep()
    return tell(api.post<Done>(`${path}/start`, { idTag: tag }), ({ reply }) => reply)
  }
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault()
        if (tag !== '') void start()
      }}
    >
      <Field label="Card" value={typed} onValue={setTyped} maxLength={20} autocomplete="off" />
      <Button kind="main" type="submit" disabled={tag === ''}>
        Start
      </Button>
    </form>
  )
}
