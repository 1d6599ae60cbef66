import type { Moment } from '../base/moment.ts'
import type { Millis } from '../base/units.ts'
import type { Entry, Ledger } from '../store/store.ts'
import type { Fact } from './facts.ts'

/** Gives the facts of the ledger the times that a central system is told. */
export interface TransactionTimes {
  /** The entry with its time settled. Of a transaction: none earlier than the one before it. */
  timed(entry: Entry<Fact>): Entry<Fact>
  /** Every entry about a transaction, in order, with the same times. */
  history(transaction: string): readonly Entry<Fact>[]
}

/** The clock may be set back in the middle of a transaction, by a central system or by the computer. What was told of it before stays
 *  as it is; from there on it is told by what the boot counted, so that its durations are right and its end never precedes its start.
 *  The next transaction goes by the clock again. Clock-aligned samples stay on their boundary (reference rule 37).
 *  @param settled what a moment's wall time is, the same whenever it is asked */
export function transactionTimes(ledger: Pick<Ledger<Fact>, 'about'>, settled: (at: Moment) => Moment): TransactionTimes {
  /** Of transactions whose facts are on their way: the last fact that was timed. */
  const last = new Map<string, { readonly sequence: number; readonly at: Moment }>()

  const isAligned = ({ fact }: Entry<Fact>) => fact.kind === 'meterSampled' && fact.context === 'clock'
  const follow = (previous: Moment | undefined, entry: Entry<Fact>): Moment => {
    const own = settled(entry.at)
    if (previous === undefined || isAligned(entry) || own.epochMs >= previous.epochMs) return own
    const since: Millis = own.boot === previous.boot ? Math.max(0, own.bootMs - previous.bootMs) : 0
    return { ...own, epochMs: Math.round(previous.epochMs + since) }
  }
  const history = (transaction: string): readonly Entry<Fact>[] => {
    let previous: Moment | undefined
    return ledger.about(transaction).map((entry) => {
      const at = follow(previous, entry)
      if (!isAligned(entry)) previous = at
      return { ...entry, at }
    })
  }
  const lastBefore = (transaction: string, sequence: number) => history(transaction).findLast((each) => each.sequence < sequence && !isAligned(each))?.at
  return {
    timed(entry) {
      const { subject, sequence, fact } = entry
      if (subject === undefined) return { ...entry, at: settled(entry.at) }
      const known = last.get(subject)
      const isFirst = fact.kind === 'transactionStarted'
      const isNext = known !== undefined && known.sequence < sequence
      const at = follow(isFirst ? undefined : isNext ? known.at : lastBefore(subject, sequence), entry)
      if (fact.kind === 'transactionEnded') last.delete(subject)
      else if (!isAligned(entry)) last.set(subject, { sequence, at })
      return { ...entry, at }
    },
    history,
  }
}
