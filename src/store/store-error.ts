/** What the disk refuses while the program runs.
 *  `full`: no space left; `readOnly`: the file or its file system takes no writes; `damaged`: what was read is no database of ours;
 *  `busy`: another program holds the database; `medium`: reading or writing failed below the file system. */
export type StoreProblem = 'full' | 'readOnly' | 'damaged' | 'busy' | 'medium'

const words: Readonly<Record<StoreProblem, string>> = {
  full: 'the disk is full',
  readOnly: 'the database cannot be written',
  damaged: 'the database is damaged',
  busy: 'another program holds the database',
  medium: 'the disk failed',
}

/** The store could not do what it was asked. Nothing of the failed write remains. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly problem: StoreProblem
  constructor(problem: StoreProblem, detail: string, cause?: unknown) {
    super(`${words[problem]}: ${detail}`, { cause })
    this.problem = problem
  }
}

/** Primary result codes, https://sqlite.org/rescode.html. 5 BUSY, 6 LOCKED, 8 READONLY, 10 IOERR, 11 CORRUPT, 13 FULL, 14 CANTOPEN, 26 NOTADB. */
const problems: ReadonlyMap<number, StoreProblem> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'readOnly'],
  [10, 'medium'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'readOnly'],
  [26, 'damaged'],
])

/** An error of SQLite as a StoreError where it says something about the disk; anything else (a bug) as it is. */
export function storeErrorOf(error: unknown, path: string): unknown {
  if (!isSqlError(error)) return error
  const problem = problems.get(error.errcode & 0xff)
  return problem === undefined ? error : new StoreError(problem, `${path}: ${error.message}`, error)
}

/** True for an error that SQLite itself reported. */
export function isSqlError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

/** Runs a write that charging does not depend on. False: the store would not take it, and `refused` was told why. A bug is thrown on. */
export function attempted(write: () => void, refused: (error: StoreError) => void): boolean {
  try {
    write()
    return true
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    refused(error)
    return false
  }
}

/** Runs a write; where the disk is full and `makeRoom` could delete something, once more. @throws what the write throws */
export function withRoom<T>(write: () => T, makeRoom: () => boolean): T {
  try {
    return write()
  } catch (error) {
    if (!(error instanceof StoreError) || error.problem !== 'full' || !makeRoom()) throw error
    return write()
  }
}
