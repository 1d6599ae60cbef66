import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { InputSpec, OutputSpec } from '../spec/words.ts'
import { type Debounced, debounced } from './debounced.ts'
import { type Edge, type Gpio, type InputGroup, type InputLine, lineName, type OutputLine } from './gpio.ts'
import { chipsOf, type Place, placeOf, placeWords } from './gpio-place.ts'
import { hearEdges, holderOf, levelOf, refusal, request } from './gpio-request.ts'
import * as uapi from './gpio-uapi.ts'
import { reasonOf } from './health.ts'
import { codeOf, type Kernel, openKernel } from './kernel.ts'

/** GPIO by the character device /dev/gpiochipN, uAPI v2.
 *
 *  What an output does after this process was killed is the kernel's choice, not this driver's:
 *  - Raspberry Pi kernels keep driving the last level by default (`persist_gpio_outputs`). A contactor stays closed.
 *  - With `dtparam=strict_gpiod` in config.txt, and on upstream kernels, the line is released: it becomes an input, and the pull at the pin decides.
 *  So it takes a pull resistor to OFF, `strict_gpiod`, `pilotwire safe-state` after the service, and the dead-man relay. A line that was
 *  closed in good order was set OFF first, whatever the kernel does then.
 *
 *  A line that is requested has no other user: a second request, and an export by sysfs, get EBUSY. */

export interface ChardevOptions {
  readonly clock: Clock
  readonly log: Log
  /** This machine's when left out. */
  readonly kernel?: Kernel
  /** Where the chips are. /dev when left out. */
  readonly directory?: string
}

/** How many edges wait in the kernel while the event loop is busy. A Wiegand frame is 34 edges each way. */
const eventsOfInput = 64
const eventsOfGroup = 256

const pulls = { up: uapi.GPIO_V2_LINE_FLAG_BIAS_PULL_UP, down: uapi.GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN, none: uapi.GPIO_V2_LINE_FLAG_BIAS_DISABLED } as const
const bothEdges = uapi.GPIO_V2_LINE_FLAG_EDGE_RISING | uapi.GPIO_V2_LINE_FLAG_EDGE_FALLING
/** Answers to something that a chip cannot do (no interrupts, no debounce), or a kernel is too old for. */
const cannot: readonly string[] = ['EINVAL', 'ENXIO', 'EIO', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'errno 524']
/** How often an input without interrupts is looked at. */
const lookEvery: Millis = 5

/** @throws DeviceError 'absent' without koffi or without a chip, 'refused' where no chip may be opened */
export async function openChardev({ clock, log, kernel: given, directory = '/dev' }: ChardevOptions): Promise<Gpio> {
  const kernel = given ?? (await openKernel())
  const { chips, closed } = chipsOf(kernel, directory)
  if (chips.length === 0) {
    if (closed.length === 0) throw new DeviceError('GPIO', 'absent', new Error(`there is no ${directory}/gpiochipN. \`gpio: sysfs\` may work on this kernel`))
    throw new DeviceError('GPIO', 'refused', new Error(`${closed.join(', ')} cannot be opened. Add the user to the group gpio and log in again`))
  }
  const lines: { close(): void }[] = []
  const kept = <T extends { close(): void }>(line: T): T => {
    lines.push(line)
    return line
  }
  const at = { clock, log, kernel, directory }
  return {
    kind: 'chardev',
    output: (spec) => kept(openOutput(spec, at)),
    input: (spec) => kept(openInput(spec, at)),
    group: (specs) => kept(openGroup(specs, at)),
    close() {
      for (const each of lines) each.close()
    },
  }
}

interface At {
  readonly clock: Clock
  readonly log: Log
  readonly kernel: Kernel
  readonly directory: string
}

/** Never ACTIVE_LOW: levels of outputs are physical all the way down, so that OFF is one thing in every place that says it. */
function openOutput(spec: OutputSpec, { kernel, directory, log }: At): OutputLine {
  const device = lineName(spec)
  const place = placeOf(kernel, directory, spec)
  const [offLevel, onLevel] = spec.activeLow === true ? ([1, 0] as const) : ([0, 1] as const)
  let file: number | undefined
  /** @throws DeviceError */
  const set = (level: 0 | 1) => {
    try {
      if (file !== undefined) kernel.ioctl(file, uapi.GPIO_V2_LINE_SET_VALUES_IOCTL, uapi.lineValue(level))
    } catch (error) {
      throw refusal(kernel, device, place, error)
    }
  }
  const close = () => {
    if (file === undefined) return
    try {
      set(offLevel)
    } catch (error) {
      log.error({ line: device, error: reasonOf(error) }, 'an output could not be set OFF')
    }
    kernel.close(file)
    file = undefined
  }
  try {
    file = request(kernel, place.chip, [{ offset: place.offset, flags: uapi.GPIO_V2_LINE_FLAG_OUTPUT, level: offLevel }])
    const level = levelOf(kernel, file)
    if (level !== offLevel) {
      close()
      throw new DeviceError(device, 'refused', new Error(`${placeWords(place)} was set to ${offLevel} (OFF) and reads ${level}. Something else drives the pin`))
    }
  } catch (error) {
    if (error instanceof DeviceError) throw error
    close()
    throw refusal(kernel, device, place, error)
  }
  return {
    on: () => set(onLevel),
    off: () => set(offLevel),
    get isOn() {
      try {
        return file === undefined ? undefined : levelOf(kernel, file) === onLevel
      } catch {
        return undefined
      }
    },
    close,
  }
}

function flagsOf(spec: InputSpec): number {
  const polarity = spec.activeLow === true ? uapi.GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0
  return uapi.GPIO_V2_LINE_FLAG_INPUT | polarity | (spec.pull === undefined ? 0 : pulls[spec.pull])
}

/** Edges and debounce by the kernel, edges alone, or the bare line: the most that chip and kernel can do. @throws DeviceError */
function requestInput(
  kernel: Kernel,
  device: string,
  place: Place,
  spec: InputSpec,
): { readonly file: number; readonly hasEdges: boolean; readonly isDebounced: boolean } {
  const holdMs = spec.debounceMs ?? 0
  const flags = flagsOf(spec)
  const ways = [
    ...(holdMs > 0 ? [{ hasEdges: true, isDebounced: true }] : []),
    { hasEdges: true, isDebounced: holdMs === 0 },
    { hasEdges: false, isDebounced: holdMs === 0 },
  ]
  let refused: unknown
  for (const way of ways) {
    const line = { offset: place.offset, flags: flags | (way.hasEdges ? bothEdges : 0), debounceUs: way.isDebounced ? holdMs * 1_000 : 0 }
    try {
      return { file: request(kernel, place.chip, [line], way.hasEdges ? eventsOfInput : 0), ...way }
    } catch (error) {
      refused = error
      if (!cannot.includes(codeOf(error))) break
    }
  }
  throw refusal(kernel, device, place, refused)
}

function openInput(spec: InputSpec, { kernel, directory, clock, log }: At): InputLine {
  const device = lineName(spec)
  const place = placeOf(kernel, directory, spec)
  const edges = signal<Edge>()
  const { file, hasEdges, isDebounced } = requestInput(kernel, device, place, spec)
  let isOpen = true
  const read = (): boolean | undefined => {
    try {
      return isOpen ? levelOf(kernel, file) === 1 : undefined
    } catch {
      return undefined
    }
  }
  const settled = (isActive: boolean) => edges.emit({ isActive, at: clock.monotonic(), line: 0 })
  const hold: Debounced | undefined =
    hasEdges && isDebounced ? undefined : debounced({ clock, name: `debounce ${device}`, hold: spec.debounceMs ?? 0, isActive: read() ?? false, settled })
  const look = () => {
    const isActive = read()
    if (isActive !== undefined) hold?.seen(isActive)
    return isActive
  }
  const hear = (edge: Edge) => (hold === undefined ? edges.emit(edge) : hold.heard(edge.isActive))
  const stop = hasEdges ? hearEdges({ kernel, file, device, offsets: [place.offset], log, hear }) : stopOf(clock.every(`look at ${device}`, lookEvery, look))
  return {
    get isActive() {
      const isActive = look()
      return isActive === undefined || hold === undefined || isDebounced ? isActive : hold.isActive
    },
    edges,
    close() {
      if (!isOpen) return
      isOpen = false
      hold?.stop()
      stop()
      kernel.close(file)
    },
  }
}

const stopOf =
  (timer: { stop(): void }): (() => void) =>
  () =>
    timer.stop()

function openGroup(specs: readonly InputSpec[], { kernel, directory, log }: At): InputGroup {
  const device = specs.map(lineName).join(' + ')
  const places = specs.map((spec) => placeOf(kernel, directory, spec))
  const [first] = places
  if (first === undefined || places.some(({ chip }) => chip.path !== first.chip.path))
    throw new DeviceError(device, 'refused', new Error(`${places.map(placeWords).join(', ')}: lines of a group are on one chip. Wire them to one`))
  let file: number
  try {
    // Without the kernel's debounce: who asks for a group wants every edge.
    const lines = places.map(({ offset }, at) => ({ offset, flags: flagsOf(specs[at] ?? {}) | bothEdges }))
    file = request(kernel, first.chip, lines, eventsOfGroup)
  } catch (error) {
    // A request for several lines does not say which one is held.
    const held = places.find(({ chip, offset }) => holderOf(kernel, chip.path, offset) !== '')
    throw refusal(kernel, device, held ?? first, error)
  }
  const edges = signal<Edge>()
  const stop = hearEdges({ kernel, file, device, offsets: places.map(({ offset }) => offset), log, hear: edges.emit })
  let isOpen = true
  return {
    edges,
    close() {
      if (!isOpen) return
      isOpen = false
      stop()
      kernel.close(file)
    },
  }
}
