import type { Kysely } from 'kysely'
import type { Awaitable } from '../books/awaitable.ts'
import type { Steps } from './steps.ts'
import type { Tables } from './tables.ts'

/** What the store needs of a database. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres'
  /** For reading. */
  readonly db: Kysely<Tables>
  /** Tells rows of `statistics` of several writers apart. */
  readonly slot: number
  /** Takes the steps in one transaction of the database: when this is done it is on the disk; when it fails nothing of it remains. */
  transact<T>(steps: () => Steps<T>): Awaitable<T>
  /** Whether the database failed, and not what it was asked. */
  isItsOwn(error: unknown): boolean
  /** Gives some of the room that nothing stands in any more back to the disk. True: there is more of it. Left out where the database does so by itself. */
  giveBack?(): boolean
  close(): Promise<void>
}

/** The database takes nothing at present, or not so much. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}
