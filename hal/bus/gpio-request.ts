import { DeviceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import type { Edge } from './gpio.ts'
import { infoOf, opened, type Place, placeWords } from './gpio-place.ts'
import * as uapi from './gpio-uapi.ts'
import { codeOf, type Kernel, SystemCallError } from './kernel.ts'

/** Lines of the character device once their place is known: asked for, read, heard, and why they could not be had. */

/** As `gpioinfo` shows who holds a line. */
const consumer = 'pilotwire'
const eventsAtOnce = 64

/** Asks the kernel for lines of one chip. @returns their descriptor. @throws the kernel's error */
export function request(kernel: Kernel, chip: Place['chip'], lines: readonly uapi.RequestedLine[], events = 0): number {
  const bytes = uapi.lineRequest(lines, consumer, events)
  opened(kernel, chip.path, (file) => kernel.ioctl(file, uapi.GPIO_V2_GET_LINE_IOCTL, bytes))
  return uapi.requestedFile(bytes)
}

/** Why a line could not be had, with who holds it and what to do. */
export function refusal(kernel: Kernel, device: string, place: Place, error: unknown): DeviceError {
  const code = codeOf(error)
  return new DeviceError(device, code === 'ENODEV' ? 'absent' : 'refused', new Error(`${placeWords(place)}: ${code}. ${remedyFor(kernel, place, code)}`))
}

function remedyFor(kernel: Kernel, { chip, offset }: Place, code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return 'Add the user to the group gpio (`sudo usermod -aG gpio USER`) and log in again'
  if (code === 'EINVAL') return 'Kernels before 5.10 do not know this interface: `gpio: sysfs`'
  if (code === 'ENODEV') return 'The chip is gone'
  if (code !== 'EBUSY') return 'The chip does not take it'
  const holder = holderOf(kernel, chip.path, offset)
  if (holder === 'sysfs') return `It is exported by sysfs: write its global number to /sys/class/gpio/unexport, once everything behind it is safe`
  if (holder === consumer) return 'pilotwire holds it already: another one runs, or the board file uses the line twice'
  if (holder === '') return 'Its pin has another function (UART, SPI, PWM, an overlay in config.txt)'
  return `${holder} holds it (see gpioinfo): stop that program, or take its overlay out of config.txt`
}

export function holderOf(kernel: Kernel, path: string, offset: number): string {
  try {
    return opened(kernel, path, (file) => infoOf(kernel, file, offset).consumer)
  } catch {
    return ''
  }
}

/** Level of a requested line: logical where ACTIVE_LOW was asked for. @throws the kernel's error */
export function levelOf(kernel: Kernel, file: number): 0 | 1 {
  const bytes = uapi.lineValue()
  kernel.ioctl(file, uapi.GPIO_V2_LINE_GET_VALUES_IOCTL, bytes)
  return uapi.levelIn(bytes)
}

interface Heard {
  readonly kernel: Kernel
  readonly file: number
  readonly device: string
  /** Of the lines, in the order of the request. */
  readonly offsets: readonly number[]
  readonly log: Log
  readonly hear: (edge: Edge) => void
}

/** Hears the edges of a request, those of one line in their order. Returns what stops it, harmless twice. */
export function hearEdges({ kernel, file, device, offsets, log, hear }: Heard): () => void {
  const bytes = Buffer.alloc(uapi.eventSize * eventsAtOnce)
  let stopPoll: (() => void) | undefined
  const stop = () => {
    stopPoll?.()
    stopPoll = undefined
  }
  const gone = (error: unknown) => {
    if (stopPoll === undefined) return
    stop()
    log.error({ line: device, error: codeOf(error) }, 'an input is lost')
  }
  const ready = () => {
    let length: number
    try {
      length = kernel.read(file, bytes)
    } catch (error) {
      return gone(error)
    }
    // One that hears may close the line.
    for (const { isRising, at, offset } of uapi.lineEvents(bytes, length)) {
      if (stopPoll !== undefined) hear({ isActive: isRising, at, line: offsets.indexOf(offset) })
    }
  }
  stopPoll = kernel.watch(file, ready, () => gone(new SystemCallError('poll', 'ENODEV')))
  return stop
}
