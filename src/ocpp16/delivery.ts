import type { ChargePoint } from '../core/charge-point.ts'
import { type Fact, isNotice, type MeterSampled, type TransactionEnded, type TransactionFact, type TransactionStarted } from '../core/facts.ts'
import type { TransactionTimes } from '../core/transaction-times.ts'
import type { CallOutcome, Peer } from '../ocpp/peer.ts'
import type { Delivery } from '../ocpp/reporter.ts'
import type { Entry, Ledger } from '../store/store.ts'
import { MeterValues, StartTransaction, StopTransaction } from './messages/core.ts'
import type { TransactionNumbers } from './numbers.ts'
import { meterValuesRequest, startRequest, stopRequest, tokenInfoOf, unknownTransaction } from './translate.ts'

export interface DeliveryParts {
  readonly core: ChargePoint
  readonly peer: Peer
  readonly ledger: Ledger<Fact>
  readonly numbers: TransactionNumbers
  /** What the central system is told of when it was. */
  readonly times: TransactionTimes
  /** A StartTransaction had its try, whatever came of it. */
  readonly startTried: (transaction: string) => void
}

/** Sends one fact of the ledger as OCPP 1.6 says it (rules 28 to 30 of transaction related messages). */
export function delivery(parts: DeliveryParts): (entry: Entry<Fact>) => Promise<Delivery> {
  const { core, peer, ledger, numbers, times } = parts
  /** Open transactions without a number, each looked up once: nothing is ever said of one that began silently. */
  const silent = new Map<string, boolean>()
  const isSilent = ({ kind, transaction }: TransactionFact): boolean => {
    if (transaction === undefined) return false
    const isTold = numbers.numberOf(transaction) !== undefined
    const known =
      !isTold && (silent.get(transaction) ?? ledger.about(transaction).some(({ fact }) => fact.kind === 'transactionStarted' && fact.isSilent === true))
    // Nothing stays of one that is over, or that has its number.
    if (isTold || kind === 'transactionEnded') silent.delete(transaction)
    else silent.set(transaction, known)
    return known
  }

  const start = async (entry: Entry<Fact>, fact: TransactionStarted): Promise<Delivery> => {
    const outcome = await peer.call(StartTransaction, startRequest(entry, fact))
    if (outcome.kind === 'disconnected') return { outcome: 'disconnected' }
    if (outcome.kind !== 'result') {
      parts.startTried(fact.transaction)
      return failed(outcome)
    }
    const { transactionId, idTagInfo } = outcome.payload
    return {
      outcome: 'delivered',
      commit: () => {
        numbers.learn(fact.transaction, transactionId)
        // After the step that notes the number: what follows may stop the transaction, which appends to the ledger.
        queueMicrotask(() => {
          parts.startTried(fact.transaction)
          core.tokenAnswered(fact.transaction, tokenInfoOf(idTagInfo))
        })
      },
    }
  }
  const sample = async (entry: Entry<Fact>, fact: MeterSampled): Promise<Delivery> => {
    if (fact.values.length === 0) return { outcome: 'nothing' }
    const number = fact.transaction === undefined ? undefined : (numbers.numberOf(fact.transaction) ?? unknownTransaction)
    return deliveryOf(await peer.call(MeterValues, meterValuesRequest(entry, fact, number)))
  }
  const end = async (entry: Entry<Fact>, fact: TransactionEnded): Promise<Delivery> => {
    const number = numbers.numberOf(fact.transaction) ?? unknownTransaction
    const outcome = await peer.call(StopTransaction, stopRequest(entry, fact, number, times.history(fact.transaction)))
    if (outcome.kind !== 'result') return deliveryOf(outcome)
    const { idTagInfo } = outcome.payload
    return {
      outcome: 'delivered',
      commit: () => {
        numbers.forget(fact.transaction)
        if (idTagInfo !== undefined && fact.token !== undefined) core.tokenLearnt(fact.token, tokenInfoOf(idTagInfo))
      },
    }
  }
  return (noted) => {
    const entry = times.timed(noted)
    const { fact } = entry
    if (!isNotice(fact) && isSilent(fact)) {
      // Its status need not wait for it.
      if (fact.kind === 'transactionStarted') parts.startTried(fact.transaction)
      return Promise.resolve({ outcome: 'nothing' })
    }
    switch (fact.kind) {
      case 'transactionStarted':
        return start(entry, fact)
      case 'meterSampled':
        return sample(entry, fact)
      case 'transactionEnded':
        return end(entry, fact)
      default:
        // A notice: another reader's.
        return Promise.resolve({ outcome: 'nothing' })
    }
  }
}

export function deliveryOf(outcome: CallOutcome): Delivery {
  if (outcome.kind === 'result') return { outcome: 'delivered' }
  return outcome.kind === 'disconnected' ? { outcome: 'disconnected' } : failed(outcome)
}

function failed(outcome: Exclude<CallOutcome, { kind: 'result' | 'disconnected' }>): Delivery {
  const reason =
    outcome.kind === 'timeout'
      ? 'no answer in time'
      : outcome.kind === 'error'
        ? `${outcome.code}: ${outcome.description}`
        : `an answer that does not fit: ${outcome.description}`
  return { outcome: 'failed', reason }
}
