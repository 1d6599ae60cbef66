import { appendFileSync, closeSync, existsSync, openSync, readFileSync, truncateSync } from 'node:fs'
import { ConfigError, wordsOf } from '../../../src/base/errors.ts'
import type { TransactionEvent } from './booking.ts'
import type { MemoryBook, TransactionBook } from './transactions.ts'

/** Keeps a book of transactions in a file, one JSON line for each event, and takes in what an earlier run wrote there:
 *  ids go on counting, and a start that was sent to the earlier run is recognised. A book over a database knows all that by itself.
 *  @throws ConfigError when the file cannot be read or written */
export function keepJournal(path: string, book: Pick<TransactionBook, 'happened'> & Partial<Pick<MemoryBook, 'replay'>>, now: () => number): { close(): void } {
  const file = refused(path, () => {
    if (existsSync(path)) for (const event of eventsIn(path)) book.replay?.(event)
    return openSync(path, 'a')
  })
  const stopListening = book.happened.on((event) => appendFileSync(file, `${JSON.stringify({ at: new Date(now()).toISOString(), ...event })}\n`))
  return {
    close() {
      stopListening()
      closeSync(file)
    },
  }
}

function refused<T>(path: string, attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    throw new ConfigError('--journal', '', `${path}: ${wordsOf(error)}`, 'Name a file that may be written')
  }
}

/** The events of a journal. A last line that was cut off by a crash is taken out of the file. */
function eventsIn(path: string): readonly TransactionEvent[] {
  const bytes = readFileSync(path)
  const complete = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
  if (complete.length < bytes.length) truncateSync(path, complete.length)
  return complete
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TransactionEvent)
}
