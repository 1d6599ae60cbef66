import { useState } from 'preact/hooks'
import type { Done } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Field } from '../parts/field.tsx'
import { tell } from '../state/said.ts'

/** The house around the charger, which load management looks at: what it draws, what its roof gives, whether its meter answers. */
export function HouseCard() {
  const [loads, setLoads] = useState('4 2 3')
  const [solarW, setSolarW] = useState('5000')
  const run = (line: string, words: string) => tell(api.post<Done>('/commands', { line }), () => words)
  const submit = (line: string, words: string) => (event: Event) => {
    event.preventDefault()
    void run(line, words)
  }
  return (
    <Card title="House">
      <form class="row" onSubmit={submit(`house ${loads}`, `the house draws ${loads} A`)}>
        <Field label="Draws, A on L1 L2 L3" value={loads} onValue={setLoads} />
        <Button type="submit">Apply</Button>
      </form>
      <form class="row" onSubmit={submit(`solar ${solarW}`, `the roof gives ${solarW} W`)}>
        <Field label="Roof gives, W" type="number" min={0} max={100_000} value={solarW} onValue={setSolarW} />
        <Button type="submit">Apply</Button>
      </form>
      <div class="row actions">
        <Button onPress={() => run('gridmeter off', 'the grid meter is silent')}>Meter silent</Button>
        <Button onPress={() => run('gridmeter on', 'the grid meter answers')}>Meter answers</Button>
      </div>
    </Card>
  )
}
