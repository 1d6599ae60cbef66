import type { Ledger } from '../store/store.ts'
import type { Fact } from './facts.ts'

/** Entries that are read in one step: bounds the pause. */
const stepSize = 500
/** Entries behind the reader's cursor that are left alone: they may be on their way. */
const leaveAlone = 1_000

/** Deletes middle samples of what waits for the central system, the oldest first: of each transaction every second one (or all but every
 *  n-th), of those without a transaction every second of each EVSE. Starts, ends, notices, and the first and last sample of each series
 *  stay. A sample goes with its values for the end of the transaction, so that both tell the same. */
export interface Thinning {
  /** Looks at the next entries of the round; a round goes from the oldest to the newest, and then begins anew.
   *  @param keepEvery of so many middle samples one is kept, at least 2
   *  @param most to delete
   *  @returns how many were deleted, and whether the round is at its end. @throws StoreError */
  step(keepEvery: number, most: number): { readonly removed: number; readonly isRoundOver: boolean }
}

/** @param reader whose entries are thinned: those after its cursor */
export function thinning(ledger: Pick<Ledger<Fact>, 'after' | 'position' | 'remove'>, reader: string): Thinning {
  let at = 0
  /** By series: its last sample so far, and how many came before it. Whether that one may go is known when the next one comes. */
  let series = new Map<string, { readonly sequence: number; readonly before: number }>()

  return {
    step(keepEvery, most) {
      const from = Math.max(at, ledger.position(reader) + leaveAlone)
      const entries = ledger.after(from, stepSize)
      const doomed: number[] = []
      for (const { sequence, fact } of entries) {
        if (doomed.length >= most) break
        at = sequence
        const key = seriesOf(fact)
        if (key === undefined) continue
        const last = series.get(key)
        if (last !== undefined && last.before % keepEvery !== 0) doomed.push(last.sequence)
        series.set(key, { sequence, before: last === undefined ? 0 : last.before + 1 })
      }
      const isRoundOver = entries.length < stepSize && doomed.length < most
      if (isRoundOver) {
        at = 0
        series = new Map()
      }
      return { removed: doomed.length === 0 ? 0 : ledger.remove(doomed), isRoundOver }
    },
  }
}

/** Samples that stand in one line; undefined: never thinned. */
function seriesOf(fact: Fact): string | undefined {
  if (fact.kind !== 'meterSampled' || (fact.context !== 'periodic' && fact.context !== 'clock')) return undefined
  return `${fact.transaction ?? ''} ${fact.evse} ${fact.context}`
}
