import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { emptyRecord, type Latch, type LatchRecord, latchRecordOf } from '../safety/latch.ts'
import { syncDirectory } from '../store/directory.ts'

/** 64 outlets with every counter take a third of it. */
const longestFile = 262_144

export interface LatchFile extends Latch {
  /** Resolves when what was kept so far is on the disk, or has failed to get there. */
  settled(): Promise<void>
}

/** The guard's one file: written whole, synced, then put in place, so that a power cut leaves the old or the new one. */
export function latchFile(path: string, log: Log): LatchFile {
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
  /** What is to be kept next; a `save` takes its place. */
  let waiting: LatchRecord | undefined
  let saves = 0
  let writing: Promise<void> | undefined
  let isFailing = false

  const load = (): LatchRecord => {
    let text: string
    try {
      if (statSync(path).size > longestFile) throw new Error(`${path} is not a latch file: it is too long`)
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyRecord
      throw error
    }
    return latchRecordOf(JSON.parse(text))
  }
  const save = (record: LatchRecord) => {
    waiting = undefined
    saves++
    const fresh = `${path}.new`
    const descriptor = openSync(fresh, 'w', 0o600)
    try {
      writeFileSync(descriptor, printed(record))
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(fresh, path)
    syncDirectory(dirname(path))
  }
  /** The disk works beside the tick; only the renaming is done at once, so that it never undoes a `save` that came in between. */
  const write = async (record: LatchRecord) => {
    const before = saves
    const fresh = `${path}.counters`
    const file = await open(fresh, 'w', 0o600)
    try {
      await file.writeFile(printed(record))
      await file.sync()
    } finally {
      await file.close()
    }
    if (saves !== before) return
    renameSync(fresh, path)
    const directory = await open(dirname(path), 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }
  const writeAll = async () => {
    for (let record = waiting; record !== undefined; record = waiting) {
      waiting = undefined
      try {
        await write(record)
        isFailing = false
      } catch (error) {
        if (!isFailing) log.warn({ file: path, error: wordsOf(error) }, 'the service counters cannot be written; they are tried again')
        isFailing = true
      }
    }
    writing = undefined
  }
  return {
    load: () => told(load),
    save: (record) => told(() => save(record)),
    keep(record) {
      waiting = record
      writing ??= writeAll()
    },
    settled: () => writing ?? Promise.resolve(),
  }
}

const printed = (record: LatchRecord) => `${JSON.stringify(record)}\n`
