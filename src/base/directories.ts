import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a directory and those above it where they are missing, each with `mode`. Step by step, because Node's own recursive
 *  mkdir never returns where a file system knows the parent and refuses the child with ENOENT (`/proc/x/y`).
 *  @throws the system's error when one cannot be made */
export function makeDirectories(path: string, mode: number): void {
  if (isDirectory(path)) return
  const above = dirname(path)
  if (above !== path) makeDirectories(above, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have made it in this moment.
    if (!isDirectory(path)) throw error
  }
}

function isDirectory(path: string): boolean {
  // Throws for a file on the way (ENOTDIR) or a directory that must not be looked into (EACCES): mkdir then says so.
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
