// Appends numbered facts until it is killed, and prints each number after the store has taken it.
//   a <sequence> <run>   a fact was appended      m <sequence>   the reader moved      d <value>   the document was put
import { writeSync } from 'node:fs'
import { silentLog } from '../../src/base/log.ts'
import { lockDirectory } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/open.ts'

export interface Written {
  readonly kind: 'written'
  /** Its own sequence. */
  readonly n: number
  /** Which process wrote it. */
  readonly run: string
  /** Two facts of one atomic run point at each other. */
  readonly twin?: number
}

const [, , directory = '', run = ''] = process.argv
const say = (line: string) => writeSync(1, `${line}\n`)

lockDirectory(directory)
const store = openStore({ directory, log: silentLog })
const ledger = store.ledger<Written>()
const counter = store.documents<number>('counters')
say('open')
for (let step = 0; ; step++) {
  const n = ledger.last + 1
  const at = { bootMs: step, boot: run, epochMs: 0, trusted: false }
  const durability = step % 3 === 0 ? 'durable' : 'grouped'
  if (step % 7 === 0) {
    store.atomically(() => {
      ledger.append(at, { kind: 'written', n, run, twin: n + 1 }, { durability })
      counter.put('pairs', n)
      ledger.append(at, { kind: 'written', n: n + 1, run, twin: n }, { durability, subject: 'second' })
    })
    say(`a ${n} ${run}`)
    say(`a ${n + 1} ${run}`)
    say(`d ${n}`)
  } else {
    say(`a ${ledger.append(at, { kind: 'written', n, run }, { durability }).sequence} ${run}`)
  }
  if (step % 5 === 0) {
    ledger.moveTo('reader', n, durability)
    say(`m ${n}`)
  }
  if (step % 50 === 49) store.flush()
}
