import { closeSync, constants, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
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

/** Bytes of a file that is written to. Who can make us write lines at will must not fill the disk with them. */
const largestFile = 33_554_432

/** @param to a file descriptor, or a file to append to; its directory is made
 *  @param largest bytes of the file; then it gets `.1` behind its name, and a new one is begun
 *  @param keep how many such files stay; the one before `.1` becomes `.2`, the last one goes
 *  @throws the system's error when the file cannot be opened */
export function lineWriter(to: number | string, largest: number = largestFile, keep = 1): LineWriter {
  const path = typeof to === 'string' ? resolve(to) : undefined
  let descriptor = typeof to === 'number' ? unblocked(to) : openFile(resolve(to))
  let isOpen = true
  /** Bytes of the file; undefined: of what is none. */
  let size = path === undefined ? undefined : sizeOf(descriptor)
  /** What a pipe took only the beginning of. */
  let rest: Buffer = Buffer.alloc(0)
  let lost = 0
  /** False: there is no room, or nobody reads any more. */
  const put = (bytes: Buffer): boolean => {
    try {
      const written = writeSync(descriptor, bytes)
      rest = bytes.subarray(written)
      if (size !== undefined) size += written
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
  const beginAnew = () => {
    // Where it cannot be done it is not tried again at each line.
    size = 0
    if (path === undefined) return
    try {
      for (let older = keep; older > 1; older--) if (existsSync(`${path}.${older - 1}`)) renameSync(`${path}.${older - 1}`, `${path}.${older}`)
      renameSync(path, `${path}.1`)
      const fresh = openFile(path)
      closeSync(descriptor)
      descriptor = fresh
      size = sizeOf(fresh)
    } catch {
      // Lines go where they went.
    }
  }
  return {
    write(line) {
      if (!isOpen) return
      if (size !== undefined && size >= largest && rest.length === 0) beginAnew()
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

function sizeOf(descriptor: number): number | undefined {
  const about = fstatSync(descriptor)
  return about.isFile() ? about.size : undefined
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
