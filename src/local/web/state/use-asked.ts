import { useCallback, useEffect, useState } from 'preact/hooks'
import { wordsOf } from '../asking.ts'

export interface Fetched<T> {
  /** Undefined: not there yet, or it could not be had. */
  readonly value: T | undefined
  /** Why it could not be had. */
  readonly problem: string | undefined
  /** Asks again; the old value stays until then. */
  readonly reload: () => void
}

/** Asks once per path, and again on `reload` and whenever `since` is another. Undefined path: asks nothing. */
export function useAsked<T>(get: (path: string) => Promise<T>, path: string | undefined, since?: unknown): Fetched<T> {
  const [answer, setAnswer] = useState<{ readonly path: string | undefined; readonly value?: T; readonly problem?: string }>({ path: undefined })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (path === undefined) return undefined
    let isWanted = true
    get(path).then(
      (value) => isWanted && setAnswer({ path, value }),
      (error: unknown) => isWanted && setAnswer((before) => ({ ...(before.path === path ? before : {}), path, problem: wordsOf(error) })),
    )
    return () => {
      isWanted = false
    }
  }, [get, path, turn, since])
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  const isMine = answer.path === path
  return { value: isMine ? answer.value : undefined, problem: isMine ? answer.problem : undefined, reload }
}
