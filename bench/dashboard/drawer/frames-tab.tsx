import { useEffect, useMemo, useState } from 'preact/hooks'
import { type Choice, chosen, everything } from '../../../src/local/web/frames/choice.ts'
import { Sequence } from '../../../src/local/web/frames/sequence.tsx'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Choice as DropDown, Field } from '../../../src/local/web/parts/field.tsx'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Charger } from '../../csms/rest/shapes.ts'
import { frameFeed } from './frame-feed.ts'

/** The OCPP messages of this charger as they pass, each with its answer. */
export function FramesTab({ charger: { id } }: { readonly charger: Charger }) {
  const feed = useMemo(() => frameFeed(id), [id])
  useEffect(feed.follow, [feed])
  const live = useStore(feed.exchanges)
  const [held, hold] = useState<typeof live>()
  const [choice, choose] = useState<Choice>(everything)
  const exchanges = held ?? live
  const { shown, counts } = useMemo(() => chosen(exchanges, choice), [exchanges, choice])
  const isPaused = held !== undefined
  return (
    <section class="frames drawer-frames" aria-label="Frames">
      <div class="row">
        <Field label="Search" type="search" value={choice.text} onValue={(text) => choose({ ...choice, text })} />
        <DropDown
          label="Action"
          value={choice.action ?? ''}
          options={[{ value: '', words: 'Every action' }, ...counts.map(([action, count]) => ({ value: action, words: `${action} (${count})` }))]}
          onValue={(action) => choose({ ...choice, action: action === '' ? undefined : action })}
        />
        <Button isPressed={isPaused} onPress={() => hold(isPaused ? undefined : live)}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
      </div>
      <Sequence exchanges={shown} hasFilter={shown.length < exchanges.length} isPaused={isPaused} />
    </section>
  )
}
