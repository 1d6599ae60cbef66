import { api } from '../api.ts'
import { type Fetched, useAsked } from './use-asked.ts'

/** Asks the charger once per path, and again on `reload` and whenever `since` is another. Undefined path: asks nothing. */
export function useFetched<T>(path: string | undefined, since?: unknown): Fetched<T> {
  return useAsked<T>(api.get, path, since)
}
