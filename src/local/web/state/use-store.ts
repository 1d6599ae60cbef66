import { useEffect, useReducer, useRef } from 'preact/hooks'
import type { Store } from './store.ts'

/** What `pick` takes out of the store; drawn again only when that has changed.
 *  `useStore(live, ({ station }) => station?.link)` */
export function useStore<T, P = T>(store: Store<T>, pick: (value: T) => P = (value) => value as unknown as P): P {
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const picked = pick(store.get())
  const present = useRef({ pick, picked })
  present.current = { pick, picked }
  useEffect(() => {
    const look = () => {
      if (!Object.is(present.current.pick(store.get()), present.current.picked)) draw(undefined)
    }
    // It may have changed between drawing and now.
    look()
    return store.subscribe(look)
  }, [store])
  return picked
}
