import { useState } from 'preact/hooks'
import type { Finding } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { tell } from '../state/said.ts'
import { Findings } from './findings.tsx'

/** The doctor looks at the whole machine, which takes a while: only when asked. */
export function DoctorCard() {
  const [findings, setFindings] = useState<readonly Finding[]>()
  const [isLooking, setLooking] = useState(false)
  const look = async () => {
    setLooking(true)
    const found = await tell(api.get<readonly Finding[]>('/doctor'), () => undefined)
    setLooking(false)
    if (found !== undefined) setFindings(found)
  }
  return (
    <Card title="Doctor" aside={<Button onPress={look}>{isLooking ? 'Looking…' : findings === undefined ? 'Look now' : 'Look again'}</Button>}>
      {findings === undefined ? (
        <p class="muted">Looks at the computer, the board and the wiring, and says what to do. It takes some seconds.</p>
      ) : findings.length === 0 ? (
        <p class="muted">The doctor has nothing to say here.</p>
      ) : (
        <Findings of={findings} label="What the doctor found" />
      )}
    </Card>
  )
}
