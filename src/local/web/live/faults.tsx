import type { ComponentChildren } from 'preact'
import type { Done, Evse } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { tell } from '../state/said.ts'

/** Each fault with what to do about it. */
export function Faults({ evse: { evse, faults, raised } }: { evse: Evse }) {
  if (faults.length === 0 && raised === null) return null
  return (
    <div class="stack">
      {faults.map(({ fault, words, remedy }, index) => (
        <FaultNotice key={fault} title={words} evse={index === faults.length - 1 ? evse : undefined}>
          {remedy}.
        </FaultNotice>
      ))}
      {raised !== null && faults.length === 0 && (
        <FaultNotice title="A fault was reported by command" evse={evse}>
          It is called {raised}. Clear it once it is dealt with.
        </FaultNotice>
      )}
    </div>
  )
}

/** @param evse clears its faults; undefined: another notice does */
function FaultNotice({ title, evse, children }: { title: string; evse: number | undefined; children: ComponentChildren }) {
  return (
    <Notice tone="bad" isUrgent title={title}>
      <p>{children}</p>
      {evse !== undefined && (
        <div class="row end">
          <Button onPress={() => tell(api.post<Done>(`/evses/${evse}/clear-fault`), ({ reply }) => reply)}>Clear the fault</Button>
        </div>
      )}
    </Notice>
  )
}
