import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import type { Documents } from '../store/store.ts'
import type { OpenTransaction, TransactionEnded } from './facts.ts'
import type { Register } from './metering.ts'

/** Ends the transactions that a power loss or a crash left open, with the register as it was last kept and the moment
 *  of that keeping (reference rule 35; safety rule 7: the kernel's boot id tells a power loss from a mere restart).
 *  Returns them. Those that the guard vouches for are left open: they go on. */
export function endCutOff(parts: {
  readonly open: Documents<OpenTransaction>
  readonly registers: Documents<Register>
  readonly now: Moment
  readonly log: Log
  /** The guard, which outlived the core, has this transaction bound to the plug-in of its EVSE still. */
  readonly isVouchedFor: (transaction: OpenTransaction) => boolean
  /** Writes it, in one step; later, where the disk is full now. */
  readonly end: (fact: TransactionEnded, at: Moment) => void
}): readonly OpenTransaction[] {
  const { open, registers, now, log } = parts
  const isOver = (transaction: OpenTransaction) => transaction.startedAt.boot !== now.boot || !parts.isVouchedFor(transaction)
  const cutOff = open.entries().filter(([, transaction]) => isOver(transaction))
  return cutOff.map(([key, transaction]) => {
    const kept = registers.get(key)
    // An older one was kept by the transaction before: it may show the same Wh, but not the moment.
    const isOwn = kept !== undefined && kept.at.boot === transaction.startedAt.boot && kept.at.bootMs >= transaction.startedAt.bootMs
    const at = isOwn ? kept.at : transaction.startedAt
    const meterWh = isOwn ? Math.max(kept.wh, transaction.meterStartWh) : transaction.meterStartWh
    const reason = at.boot === now.boot ? 'reboot' : 'powerLoss'
    parts.end({ kind: 'transactionEnded', transaction: transaction.id, evse: transaction.evse, reason, meterWh }, at)
    log.warn(
      { evse: transaction.evse, transaction: transaction.id, reason, meterWh: Math.floor(meterWh) },
      'a transaction was cut off; it ends with the last register kept',
    )
    return transaction
  })
}
