import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { makeDirectories } from './directories.ts'

/** Writes lines at once and in order, and never waits nor fails: a pipe that nobody reads, or a full disk, costs lines of the log,
 *  not the charger. How many is said as soon as there is room again. */
export interface LineWriter {
  /** @param line with its line break */
  write(line: string): void
  /** Lets go of what the writer opened itself; later lines are lost. */
  close(): void
}

/** @param to a file descriptor, or a file to append to; its directory is made
 *  @throws the system's error when the file cannot be opened */
export function lineWriter(to: number | string): LineWriter {
  const descriptor = typeof to === 'string' ? openFile(resolve(to)) : unblocked(to)
  let isOpen = true
  /** What a pipe took only the beginning of. */
  let rest: Buffer = Buffer.alloc(0)
  let lost = 0
  /** False: there is no room, or nobody reads any more. */
  const put = (bytes: Buffer): boolean => {
    try {
      rest = bytes.subarray(writeSync(descriptor, bytes))
      return true
    } catch {
      return false
    }
  }
  const drained = () => {
    while (rest.length > 0) {
      const before = rest.length
      if (!put(rest) || rest.length === before) return false
    }
    return true
  }
  const note = () => {
    if (lost === 0) return true
    const said = put(Buffer.from(`{"level":"warn","lost":${lost},"msg":"lines of the log were lost: it could not be written"}\n`))
    if (said) lost = 0
    return said && drained()
  }
  return {
    write(line) {
      if (!isOpen) return
      if (!drained() || !note() || !put(Buffer.from(line))) lost++
      else drained()
    },
    close() {
      if (isOpen && descriptor !== to) closeSync(descriptor)
      isOpen = false
    },
  }
}

function openFile(path: string): number {
  makeDirectories(dirname(path), 0o755)
  return openSync(path, 'a', 0o640)
}

/** A pipe is opened anew, because only an own opening of it can be told not to block: the other ones are the parent's as well. */
function unblocked(descriptor: number): number {
  try {
    if (fstatSync(descriptor).isFIFO()) return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // No /proc, or no reader any more: as it is.
  }
  return descriptor
}
