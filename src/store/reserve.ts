import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { freeBytesOf } from './directory.ts'
import type { Reserve } from './store.ts'

/** What deleting takes on a full disk, bytes: the log of the deletion, and the pages of the log before it that move into the database. */
const reserveBytes = 2 * 1_024 * 1_024
/** It is set aside where the disk has so many times as much. */
const plenty = 8
/** SQLite's own largest number of pages, https://sqlite.org/limits.html. */
const noLimit = 4_294_967_294

/** @param directory of the database; undefined: it is in memory */
export function reserveFor(database: Database, directory: string | undefined): Reserve {
  if (directory === undefined) return { setAside() {}, release() {} }
  const path = join(directory, 'reserve')
  const limitTo = (pages: number) => database.exec(`PRAGMA max_page_count = ${pages}`)
  let isLimited = false
  const isWhole = () => {
    try {
      return statSync(path).size === reserveBytes
    } catch {
      return false
    }
  }
  /** False: the disk will not even do that. */
  const remove = (): boolean => {
    try {
      rmSync(path, { force: true })
      return true
    } catch {
      return false
    }
  }
  return {
    setAside() {
      if (isWhole()) return
      const free = freeBytesOf(directory) ?? 0
      if (isLimited && free >= reserveBytes) {
        limitTo(noLimit)
        isLimited = false
      }
      if (free < plenty * reserveBytes) return
      try {
        writeFileSync(path, new Uint8Array(reserveBytes), { mode: 0o600 })
      } catch {
        // Half of it is none.
        remove()
      }
    },
    release() {
      if (!existsSync(path) || !remove()) return
      limitTo(Number(database.prepare('PRAGMA page_count').get()?.page_count))
      isLimited = true
    },
  }
}
