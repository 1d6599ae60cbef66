import { useEffect, useMemo, useState } from 'preact/hooks'
import { ActionList } from '../frames/action-list.tsx'
import { type Choice, chosen, everything } from '../frames/choice.ts'
import { type Feed, frameFeed, type Seen } from '../frames/feed.ts'
import { FrameButtons, FrameFilters } from '../frames/frame-tools.tsx'
import { Sequence } from '../frames/sequence.tsx'
import type { ViewProps } from '../routes.ts'
import { useStore } from '../state/use-store.ts'

/** Live OCPP traffic: requests with their answers, in the order in which they passed. */
export function Frames(_props: ViewProps) {
  const feed = useMemo(frameFeed, [])
  useEffect(feed.follow, [feed])
  const { seen, held, pause, resume, clear } = usePause(feed)
  const [choice, setChoice] = useState<Choice>(everything)
  const { exchanges } = held ?? seen
  const { shown, counts } = useMemo(() => chosen(exchanges, choice), [exchanges, choice])
  return (
    <section class="frames" aria-labelledby="frames-title">
      <header class="view-head">
        <h1 id="frames-title">Frames</h1>
        <span class="muted frames-about">{shown.length < exchanges.length ? `${shown.length} of ${exchanges.length}` : exchanges.length}</span>
        <FrameButtons
          shown={shown}
          all={exchanges}
          waiting={held === undefined ? undefined : seen.count - held.count}
          pause={pause}
          resume={resume}
          clear={clear}
        />
      </header>
      <FrameFilters choice={choice} choose={setChoice} counts={counts} />
      <div class="frames-body">
        <ActionList counts={counts} choice={choice} choose={setChoice} />
        <Sequence exchanges={shown} hasFilter={shown.length < exchanges.length} isPaused={held !== undefined} />
      </div>
    </section>
  )
}

/** While paused `held` is what was there; what passes is kept beside it. */
function usePause({ seen: store, clear }: Feed) {
  const seen = useStore<Seen>(store)
  const [held, setHeld] = useState<Seen>()
  return {
    seen,
    held,
    pause: () => setHeld(store.get()),
    resume: () => setHeld(undefined),
    clear() {
      clear()
      if (held !== undefined) setHeld({ exchanges: [], count: store.get().count })
    },
  }
}
