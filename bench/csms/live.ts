import type { Listenable } from '../../src/base/signal.ts'
import type { Frame } from './rest/shapes.ts'

/** What changed, for everybody who watches. Plain JSON: other processes of the same central system tell theirs too. What is told by its id is
 *  read anew from the store by whoever wants to show it. */
export type LiveEvent =
  /** Connected, gone, a status, a sample, a limit, taken out of the list. */
  | { readonly topic: 'charger'; readonly charger: string }
  /** Made, changed or taken away. */
  | { readonly topic: 'site'; readonly site: string }
  /** Began, ended. */
  | { readonly topic: 'transaction'; readonly transaction: number; readonly charger: string }
  | { readonly topic: 'frame'; readonly charger: string; readonly frame: Frame }

export interface Live {
  /** Events of this process, and of the others. */
  readonly events: Listenable<LiveEvent>
  /** Of this process. */
  publish(event: LiveEvent): void
  /** Frames of this charger are wanted, from whichever process, until the returned function is called. Left out where there is one process. */
  watch?(charger: string): () => void
}
