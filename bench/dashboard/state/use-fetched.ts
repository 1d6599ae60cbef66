import { type Fetched, useAsked } from '../../../src/local/web/state/use-asked.ts'
import { api } from '../api.ts'

/** Asks the central system once per path, and again on `reload` and whenever `since` is another. Undefined path: asks nothing. */
export function useFetched<T>(path: string | undefined, since?: unknown): Fetched<T> {
  return useAsked<T>(api.get, path, since)
}
