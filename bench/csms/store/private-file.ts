import { closeSync, existsSync, openSync } from 'node:fs'

/** Made for its owner alone, where it is not there yet: there are cards in it, and hashes of passwords. SQLite gives the files that it puts beside
 *  it the same mode. @throws the system's error when it cannot be made */
export function makePrivate(file: string): void {
  if (file !== ':memory:' && !existsSync(file)) closeSync(openSync(file, 'a', 0o600))
}
