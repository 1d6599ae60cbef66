import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Latch, LatchRecord } from '../safety/latch.ts'

/** The guard's one file: written whole, synced, then put in place, so that a power cut leaves the old or the new one. */
export function latchFile(path: string): Latch {
  return {
    load() {
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
    save(record) {
      const fresh = `${path}.new`
      const file = openSync(fresh, 'w', 0o600)
      try {
        writeSync(file, `${JSON.stringify(record)}\n`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(fresh, path)
      syncDirectory(dirname(path))
    },
  }
}

function isLatchRecord(value: unknown): value is LatchRecord {
  return typeof value === 'object' && value !== null && 'welded' in value && Array.isArray(value.welded) && value.welded.every((each) => Number.isInteger(each))
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
