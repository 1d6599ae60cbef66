import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Register } from '../../hal/types.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'

/** The register of a simulated meter, as non-volatile as a real one's. */
export function registerFile(path: string, log: Log): Register {
  /** Said once, not at every Wh. */
  let isFailing = false
  return {
    load() {
      try {
        const wh = Number(readFileSync(path, 'utf8'))
        return Number.isFinite(wh) && wh >= 0 ? wh : 0
      } catch {
        return 0
      }
    },
    save(wh) {
      try {
        // In one step: a process that is killed in the middle of it must not set the meter back to 0.
        writeFileSync(`${path}.new`, String(wh))
        renameSync(`${path}.new`, path)
        isFailing = false
      } catch (error) {
        if (!isFailing) log.warn({ error: wordsOf(error) }, 'the simulated meter cannot keep its register')
        isFailing = true
      }
    },
  }
}
