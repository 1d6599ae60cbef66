// Takes the lock of a directory, says so, and holds it until it is killed; or says why it cannot, and ends.
import { readSync, writeSync } from 'node:fs'
import { wordsOf } from '../../src/base/errors.ts'
import { lockDirectory } from '../../src/store/lock.ts'

try {
  lockDirectory(String(process.argv[2]))
  writeSync(1, 'held\n')
  // Blocks until the other end of standard input is gone.
  readSync(0, new Uint8Array(1))
} catch (error) {
  writeSync(1, `${wordsOf(error)}\n`)
}
