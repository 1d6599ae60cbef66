import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs'
import { getSystemErrorName } from 'node:util'
import { DeviceError } from '../../src/base/errors.ts'

/** The few system calls that Node has no function for, and readiness of a file descriptor. Everything above it can be met by a kernel in software. */
export interface Kernel {
  /** Names in a directory; none where there is no such directory. */
  names(directory: string): readonly string[]
  /** Never blocks. @throws the system's error with its `code` */
  open(path: string, access: 'read' | 'read-write'): number
  /** Bytes are the structure behind the pointer, which the kernel may change; a number is handed over as it is. @throws SystemCallError */
  ioctl(file: number, request: number, argument: Uint8Array | number): void
  /** Bytes read; 0 when nothing is there now. @throws the system's error, ENODEV when the device is gone */
  read(file: number, into: Uint8Array): number
  /** Calls `ready` on the main thread while something can be read, `gone` once when the file broke. Returns what stops it; stop before `close`. */
  watch(file: number, ready: () => void, gone: () => void): () => void
  close(file: number): void
}

/** A system call failed. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError'
  /** EBUSY, ENODEV, ... */
  readonly code: string
  constructor(call: string, code: string) {
    super(`${call}: ${code}`)
    this.code = code
  }
}

/** The `code` of whatever a system call threw. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

/** This machine's kernel, through koffi, which is loaded here and only for drivers that need it.
 *
 *  Readiness is libuv's own poll on the main loop (`koffi.node.poll`), for these reasons: no thread is held, while a blocking read or poll(2)
 *  in the thread pool takes one of four for good and keeps a dying process alive; a socket around the descriptor is refused by Node, which takes
 *  only pipes, terminals and sockets; the package `epoll` would do, but it has to be compiled and would take a thread of its own.
 *  Measured from a write to the callback: 80 to 200 us, and no CPU while nothing happens.
 *  koffi does not document that function yet: its version is pinned, and a test holds it to what is said here.
 *  @throws DeviceError 'absent' where koffi does not load */
export async function openKernel(): Promise<Kernel> {
  const { default: koffi } = await import('koffi').catch((cause: unknown) => {
    throw new DeviceError('koffi', 'absent', cause)
  })
  const libc = koffi.load(null)
  // The same function twice: its third argument is a pointer or an integer, as the request wants it.
  const withBytes = libc.func('ioctl', 'int', ['int', 'unsigned long', 'void *'])
  const withNumber = libc.func('ioctl', 'int', ['int', 'unsigned long', 'long'])
  return {
    names(directory) {
      try {
        return readdirSync(directory)
      } catch {
        return []
      }
    },
    open: (path, access) => openSync(path, constants.O_NONBLOCK | (access === 'read' ? constants.O_RDONLY : constants.O_RDWR)),
    ioctl(file, request, argument) {
      const answer: unknown = typeof argument === 'number' ? withNumber(file, request, argument) : withBytes(file, request, argument)
      if (Number(answer) < 0) throw new SystemCallError(`ioctl 0x${request.toString(16)}`, nameOf(koffi.errno()))
    },
    read(file, into) {
      try {
        return readSync(file, into)
      } catch (error) {
        if (codeOf(error) === 'EAGAIN') return 0
        throw error
      }
    },
    watch(file, ready, gone) {
      // Held by the function that stops it: collected, the handle would close. Its declaration forgets the status that libuv hands over first.
      const handle = koffi.node.poll(file, { readable: true }, (...[status]: readonly unknown[]) => outside(Number(status) < 0 ? gone : ready))
      return () => handle.close()
    },
    close: closeSync,
  }
}

/** What is thrown in the callback would stay in the native part and stop the program for good; as a microtask of its own it ends the program as a bug should. */
function outside(run: () => void): void {
  try {
    run()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

function nameOf(errno: number): string {
  try {
    return getSystemErrorName(-errno)
  } catch {
    return `errno ${errno}`
  }
}
