import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Station } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { momentToSecond } from '../format.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Field, Switch } from '../parts/field.tsx'
import { tell } from '../state/said.ts'

/** Network, clock, the automatic EV, and back to the beginning. */
export function WorldCard({ station: { now, linkWords, automaticEv } }: { station: Pick<Station, 'now' | 'linkWords' | 'automaticEv'> }) {
  const auto = (on: boolean) => tell(api.put('/auto', { on }), () => `the automatic EV is ${on ? 'on' : 'off'}`)
  return (
    <Card title="World">
      <h3>Network</h3>
      <p class="muted small">{linkWords}.</p>
      <Seconds
        label="Cut for, s"
        verb="Cut"
        usual={30}
        min={0}
        onSeconds={(seconds) => tell(api.post('/connection/interrupt', { seconds }), () => `no network for ${seconds} s`)}
      />
      <h3>Clock</h3>
      <p class="muted small">{momentToSecond(now)}</p>
      <Seconds
        label="Shift by, s"
        verb="Shift"
        usual={3_600}
        onSeconds={(seconds) => tell(api.post('/clock', { seconds }), () => `the clock is shifted by ${seconds} s`)}
      >
        <Button onPress={() => tell(api.delete('/clock'), () => 'true time again')}>True time</Button>
      </Seconds>
      <h3>Everything</h3>
      <div class="row between">
        <Switch label="Automatic EV" isOn={automaticEv === true} onTurn={auto} />
        <Button
          kind="danger"
          confirm="Unplug everything, mend everything, and set the clock right?"
          onPress={() => tell(api.post('/reset'), () => 'as at the beginning')}
        >
          Reset the world
        </Button>
      </div>
    </Card>
  )
}

interface SecondsProps {
  readonly label: string
  readonly verb: string
  readonly usual: number
  readonly min?: number
  readonly onSeconds: (seconds: number) => unknown
  /** Further buttons. */
  readonly children?: ComponentChildren
}

function Seconds({ label, verb, usual, min, onSeconds, children }: SecondsProps) {
  const [seconds, setSeconds] = useState(String(usual))
  const submit = (event: Event) => {
    event.preventDefault()
    void onSeconds(Math.round(Number(seconds)))
  }
  return (
    <form class="row" onSubmit={submit}>
      <Field label={label} type="number" step={1} value={seconds} onValue={setSeconds} {...(min === undefined ? {} : { min })} />
      <Button type="submit">{verb}</Button>
      {children}
    </form>
  )
}
