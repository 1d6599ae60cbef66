import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Latch, LatchRecord } from '../safety/latch.ts'
import { syncDirectory } from '../store/directory.ts'

/** The guard's one file: written whole, synced, then put in place, so that a power cut leaves the old or the new one. */
export function latchFile(path: string, log: Log): Latch {
  /** The guard takes every outlet out of service when its latch fails; a person needs to know why. */
  const told = <T>(run: () => T): T => {
    try {
      return run()
    } catch (error) {
      log.error(
        { file: path, error: wordsOf(error) },
        'the latch of welded contactors cannot be used: nothing is charged. Look at the contactors, then remove the file',
      )
      throw error
    }
  }
  const file = {
    load(): LatchRecord {
      let text: string
      try {
        text = readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { welded: [] }
        throw error
      }
      const record: unknown = JSON.parse(text)
      if (!isLatchRecord(record)) throw new Error(`${path} is not a latch file`)
      return record
    },
    save(record: LatchRecord) {
      const fresh = `${path}.new`
      const descriptor = openSync(fresh, 'w', 0o600)
      try {
        writeSync(descriptor, `${JSON.stringify(record)}\n`)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(fresh, path)
      syncDirectory(dirname(path))
    },
  }
  return { load: () => told(file.load), save: (record) => told(() => file.save(record)) }
}

function isLatchRecord(value: unknown): value is LatchRecord {
  return typeof value === 'object' && value !== null && 'welded' in value && Array.isArray(value.welded) && value.welded.every((each) => Number.isInteger(each))
}
