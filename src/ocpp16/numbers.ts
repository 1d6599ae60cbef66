import type { Documents } from '../store/store.ts'

/** The numbers that the central system gave to our transactions. */
export interface TransactionNumbers {
  numberOf(transaction: string): number | undefined
  transactionOf(number: number): string | undefined
  /** Part of the atomic step in which the answer to StartTransaction is noted. */
  learn(transaction: string, number: number): void
  forget(transaction: string): void
}

export function transactionNumbers(documents: Documents<number>): TransactionNumbers {
  return {
    numberOf: (transaction) => documents.get(transaction),
    transactionOf: (number) => documents.entries().find(([, known]) => known === number)?.[0],
    learn: (transaction, number) => documents.put(transaction, number),
    forget: (transaction) => documents.delete(transaction),
  }
}
