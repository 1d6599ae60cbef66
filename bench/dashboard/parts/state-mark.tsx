import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ChargerState } from '../../csms/rest/shapes.ts'
import { stateMark } from '../map/marks.ts'
import { lookOf } from '../states.ts'

/** The mark of a state as the map draws it. For the eye: the words stand beside it. */
export function StateMark({ state }: { readonly state: ChargerState }) {
  const place = useRef<HTMLSpanElement>(null)
  useLayoutEffect(() => place.current?.replaceChildren(stateMark(lookOf(state))), [state])
  return <span class="state-mark" ref={place} aria-hidden="true" />
}
