import type { Clock, Timer } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import { codeOf, type Kernel, openKernel, SystemCallError } from './kernel.ts'

/** Keys of an input device (linux/input.h), for readers that type like a keyboard. The device is grabbed: nobody else sees what it types, and the
 *  grab ends with the process, however that ends. */

export interface KeysOptions {
  readonly clock: Clock
  readonly log: Log
  /** This machine's when left out. */
  readonly kernel?: Kernel
  /** What this process was compiled for: the kernel gives it events of its own word size. */
  readonly is64Bit?: boolean
}

export interface Keys {
  /** Code of each key that is pressed (linux/input-event-codes.h), not of one that is released or repeats. */
  readonly pressed: Listenable<number>
  close(): void
}

const EVIOCGRAB = 0x40044590
const EV_SYN = 0
const EV_KEY = 1
const SYN_DROPPED = 3
const isPressed = 1

/** After a device vanished: when it is looked for again. One that comes and goes is looked for less and less. */
const lookEvery: Millis = 1_000
const longestLook: Millis = 30_000
/** After keys were lost in the middle of something typed, the rest of it is passed over: until nothing is typed for so long. */
const restAfterLoss: Millis = 1_000
const eventsAtOnce = 64

export interface KeyEvent {
  readonly type: number
  readonly code: number
  readonly value: number
}

/** struct input_event: a time of two words, then type (16 bits), code (16 bits), value (32 bits, signed). 24 bytes, or 16 in a 32-bit userland. */
export function keyEvents(bytes: Buffer, length: number, is64Bit: boolean): readonly KeyEvent[] {
  const time = is64Bit ? 16 : 8
  return Array.from({ length: Math.floor(length / (time + 8)) }, (_, index) => {
    const at = index * (time + 8) + time
    return { type: bytes.readUInt16LE(at), code: bytes.readUInt16LE(at + 2), value: bytes.readInt32LE(at + 4) }
  })
}

const narrow: readonly string[] = ['arm', 'ia32', 'mips', 'mipsel']

/** Once it was there it is opened again by itself when it vanishes and comes back.
 *  @throws DeviceError 'absent' where it is not there now, 'refused' where it may not be opened or another program has grabbed it */
export async function openKeys(path: string, { clock, log, kernel: given, is64Bit = !narrow.includes(process.arch) }: KeysOptions): Promise<Keys> {
  const kernel = given ?? (await openKernel())
  const pressed = signal<number>()
  const bytes = Buffer.alloc((is64Bit ? 24 : 16) * eventsAtOnce)
  let device: { close(): void } | undefined
  let looking: Timer | undefined
  let isClosed = false
  let quietUntil: Millis = 0
  let openedAt = clock.monotonic()
  let pause = lookEvery / 2
  const isMuted = () => {
    if (clock.monotonic() >= quietUntil) return false
    quietUntil = clock.monotonic() + restAfterLoss
    return true
  }
  const take = ({ type, code, value }: KeyEvent) => {
    // The buffer of the kernel ran over: what is missing cannot be known.
    if (type === EV_SYN && code === SYN_DROPPED) quietUntil = clock.monotonic() + restAfterLoss
    if (type === EV_KEY && value === isPressed && !isMuted()) pressed.emit(code)
  }
  const lost = (error: unknown) => {
    device?.close()
    device = undefined
    log.warn({ device: path, error: codeOf(error) }, 'the reader is gone; it is looked for until it is back')
    pause = clock.monotonic() - openedAt >= longestLook ? lookEvery : Math.min(longestLook, 2 * pause)
    quietUntil = clock.monotonic() + restAfterLoss
    lookAgain()
  }
  const lookAgain = () => {
    looking = clock.after(`look for ${path}`, pause, () => {
      try {
        device = grab(kernel, path, ready, lost)
        openedAt = clock.monotonic()
        log.info({ device: path }, 'the reader is back')
      } catch (error) {
        log.debug({ device: path, error: codeOf(error) }, 'the reader is still gone')
        lookAgain()
      }
    })
  }
  const ready = (file: number) => {
    const events = keyEvents(bytes, kernel.read(file, bytes), is64Bit)
    for (const event of events) if (!isClosed) take(event)
  }
  try {
    device = grab(kernel, path, ready, lost)
  } catch (error) {
    throw refusal(path, codeOf(error), error)
  }
  return {
    pressed,
    close() {
      isClosed = true
      looking?.stop()
      device?.close()
      device = undefined
    },
  }
}

/** Opens it for this process alone. @throws the system's error */
function grab(kernel: Kernel, path: string, ready: (file: number) => void, lost: (error: unknown) => void): { close(): void } {
  const file = kernel.open(path, 'read')
  let stop: (() => void) | undefined
  const gone = (error: unknown) => {
    if (stop !== undefined) lost(error)
  }
  try {
    kernel.ioctl(file, EVIOCGRAB, 1)
    stop = kernel.watch(
      file,
      () => {
        try {
          ready(file)
        } catch (error) {
          // A device that was pulled out reads ENODEV; anything else is a bug of who hears.
          if (codeOf(error) === 'unknown') throw error
          gone(error)
        }
      },
      () => gone(new SystemCallError('poll', 'ENODEV')),
    )
  } catch (error) {
    kernel.close(file)
    throw error
  }
  return {
    close() {
      stop?.()
      stop = undefined
      kernel.close(file)
    },
  }
}

function refusal(path: string, code: string, cause: unknown): DeviceError {
  if (code === 'ENOENT' || code === 'ENODEV')
    return new DeviceError(path, 'absent', new Error(`${code}. Plug it in; \`ls /dev/input/by-id\` names what is there`, { cause }))
  if (code === 'EACCES' || code === 'EPERM') {
    return new DeviceError(path, 'refused', new Error(`${code}. Add the user to the group input (\`sudo usermod -aG input USER\`) and log in again`, { cause }))
  }
  if (code === 'EBUSY') return new DeviceError(path, 'refused', new Error('EBUSY. Another program has grabbed it', { cause }))
  return new DeviceError(path, 'refused', new Error(`${code}. Is it an input device (/dev/input/by-id/...-event-kbd)?`, { cause }))
}
