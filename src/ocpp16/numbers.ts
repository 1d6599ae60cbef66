import type { Documents } from '../store/store.ts'

/** The numbers that the central system gave to our transactions. */
export interface TransactionNumbers {
  numberOf(transaction: string): number | undefined
  /** Several only where a central system gave one number twice. */
  transactionsOf(number: number): readonly string[]
  /** Part of the atomic step in which the answer to StartTransaction is noted. */
  learn(transaction: string, number: number): void
  forget(transaction: string): void
}

export function transactionNumbers(documents: Documents<number>): TransactionNumbers {
  return {
    numberOf: (transaction) => documents.get(transaction),
    transactionsOf: (number) =>
      documents
        .entries()
        .filter(([, known]) => known === number)
        .map(([transaction]) => transaction),
    learn: (transaction, number) => documents.put(transaction, number),
    forget: (transaction) => documents.delete(transaction),
  }
}
