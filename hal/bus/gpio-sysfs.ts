import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Gpio as Onoff } from 'onoff'
import type { Clock } from '../../src/base/clock.ts'
import { DeviceError } from '../../src/base/errors.ts'
import type { Log } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import type { Millis } from '../../src/base/units.ts'
import type { InputSpec, LineSpec, OutputSpec } from '../spec/words.ts'
import { debounced } from './debounced.ts'
import { type Edge, type Gpio, type InputLine, lineName, type OutputLine } from './gpio.ts'
import { type Place, placeOf, withoutSysfs } from './gpio-sysfs-place.ts'
import { reasonOf } from './health.ts'
import { codeOf } from './kernel.ts'

/** GPIO by /sys/class/gpio, with `onoff`.
 *
 *  What an output does after this process was killed: the line stays exported and keeps driving its last level, on every kernel. A contactor stays
 *  closed until `pilotwire safe-state` runs or the dead-man relay drops out. That is also why an output closed in good order is set OFF and left
 *  exported: unexported it would float, or be ON behind a relay board that is active low.
 *
 *  The interface has no owner: another program may write to the same files, and nobody is told. It cannot set pulls, and it loses short pulses. */

export interface SysfsOptions {
  readonly clock: Clock
  readonly log: Log
  /** Where chips are looked for and levels are read back. `onoff` has /sys/class/gpio written into it: another place is for tests that put a tree there. */
  readonly root?: string
}

/** After an input could not be read: when it is watched again. */
const watchAgainAfter: Millis = 1_000

/** @throws DeviceError 'absent' without onoff or without sysfs GPIO */
export async function openSysfs({ clock, log, root = '/sys/class/gpio' }: SysfsOptions): Promise<Gpio> {
  const { Gpio: Line } = await import('onoff').catch((cause: unknown) => {
    throw new DeviceError('onoff', 'absent', cause)
  })
  if (!existsSync(`${root}/export`)) throw new DeviceError('GPIO', 'absent', new Error(`there is no ${root}/export: ${withoutSysfs(root)}`))
  const lines: { close(): void }[] = []
  const kept = <T extends { close(): void }>(line: T): T => {
    lines.push(line)
    return line
  }
  const at = { clock, log, root, Line, used: new Set<number>() }
  return {
    kind: 'sysfs',
    output: (spec) => kept(openOutput(spec, at)),
    input: (spec) => kept(openInput(spec, at)),
    group(specs) {
      throw new DeviceError(specs.map(lineName).join(' + '), 'refused', new Error('sysfs loses short pulses. Set `gpio: chardev` in the board file'))
    },
    close() {
      for (const each of lines) each.close()
    },
  }
}

interface At {
  readonly clock: Clock
  readonly log: Log
  readonly root: string
  readonly Line: typeof Onoff
  /** Numbers in use. The kernel would give one line to two devices, here under two names: a lamp would close a contactor. */
  readonly used: Set<number>
}

/** The files of one line. @throws the system's error */
function filesOf(root: string, { number }: Place) {
  const directory = `${root}/gpio${number}`
  return {
    isExported: () => existsSync(directory),
    read: (leaf: string) => readFileSync(`${directory}/${leaf}`, 'utf8').trim(),
    write: (leaf: string, word: string) => writeFileSync(`${directory}/${leaf}`, word),
  }
}
type Files = ReturnType<typeof filesOf>

/** Opens with onoff, which says nothing of its errors where the line was exported already: everything is read back. */
function opened(spec: LineSpec, { root, used }: At, open: (place: Place, files: Files) => Onoff, right: (files: Files) => string | undefined) {
  const device = lineName(spec)
  const place = placeOf(root, spec)
  const files = filesOf(root, place)
  let line: Onoff | undefined
  const refuse = (words: string): never => {
    throw new DeviceError(device, 'refused', new Error(`${place.words}: ${words}`))
  }
  if (used.has(place.number)) return refuse('the board file uses the line twice')
  used.add(place.number)
  try {
    line = open(place, files)
  } catch (error) {
    return refuse(remedyFor(codeOf(error)))
  }
  let wrong: string | undefined
  try {
    wrong = right(files)
  } catch (error) {
    wrong = remedyFor(codeOf(error))
  }
  return wrong === undefined ? { device, place, files, line } : refuse(wrong)
}

function remedyFor(code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return `${code}. Add the user to the group gpio (\`sudo usermod -aG gpio USER\`) and log in again`
  if (code === 'EBUSY') return 'EBUSY. Another driver or a program by the character device holds it: `gpioinfo` says who'
  if (code === 'EINVAL') return 'EINVAL. The number is not of this kernel, or the line cannot be exported'
  if (code === 'ENOENT') return 'ENOENT. One of its files is missing: a line without interrupts needs `gpio: chardev`'
  return `${code}. The line does not answer`
}

/** onoff's `activeLow` is never used: it turns `value` round, and not the level that an output begins with. */
function openOutput(spec: OutputSpec, at: At): OutputLine {
  const [offLevel, onLevel] = spec.activeLow === true ? ([1, 0] as const) : ([0, 1] as const)
  const direction = offLevel === 1 ? 'high' : 'low'
  const { device, place, files, line } = opened(
    spec,
    at,
    ({ number }, files) => {
      // Left by a process before: taken over at OFF rather than unexported, which would let it float. What that one set upside down is set right.
      if (files.isExported()) {
        files.write('active_low', '0')
        files.write('direction', direction)
      }
      return new at.Line(number, direction)
    },
    (files) => {
      if (files.read('direction') !== 'out') return 'it did not become an output. Is it an input by hardware, or does another program use it?'
      if (files.read('active_low') !== '0') return 'its active_low cannot be set to 0'
      return files.read('value') === String(offLevel) ? undefined : `it was set to ${offLevel} (OFF) and reads the other level. Something else drives the pin`
    },
  )
  let isOpen = true
  /** @throws DeviceError */
  const set = (level: 0 | 1) => {
    try {
      if (isOpen) line.writeSync(level)
    } catch (error) {
      throw new DeviceError(device, 'refused', new Error(`${place.words}: ${remedyFor(codeOf(error))}`))
    }
  }
  return {
    on: () => set(onLevel),
    off: () => set(offLevel),
    get isOn() {
      try {
        // Another program may have made an input of it, whose level says nothing of a relay.
        return isOpen && files.read('direction') === 'out' ? line.readSync() === onLevel : undefined
      } catch {
        return undefined
      }
    },
    close() {
      try {
        set(offLevel)
      } catch (error) {
        at.log.error({ line: device, error: reasonOf(error) }, 'an output could not be set OFF')
      }
      isOpen = false
    },
  }
}

function openInput(spec: InputSpec, at: At): InputLine {
  const isInverted = spec.activeLow === true
  const { device, line } = opened(
    spec,
    at,
    ({ number }) => new at.Line(number, 'in', 'both', { activeLow: isInverted }),
    (files) => {
      if (files.read('direction') !== 'in') return 'it did not become an input. Does another program use it?'
      if (files.read('active_low') !== (isInverted ? '1' : '0')) return 'its active_low cannot be set'
      return files.read('edge') === 'both' ? undefined : 'it has no interrupt. Set `gpio: chardev` in the board file'
    },
  )
  const { clock, log } = at
  if (spec.pull !== undefined) log.warn({ line: device, pull: spec.pull }, 'sysfs cannot set a pull: set it in config.txt (`gpio=N=ip,pu`)')
  const edges = signal<Edge>()
  const readSync = line.readSync.bind(line)
  const read = (): boolean | undefined => {
    try {
      return isOpen ? readSync() === 1 : undefined
    } catch {
      return undefined
    }
  }
  let isOpen = true
  const hold = debounced({
    clock,
    name: `debounce ${device}`,
    hold: spec.debounceMs ?? 0,
    isActive: read() ?? false,
    settled: (isActive) => edges.emit({ isActive, at: clock.monotonic(), line: 0 }),
  })
  const watch = watching(line, readSync, { clock, log, device, isOpen: () => isOpen, heard: (level) => hold.heard(level) })
  return {
    get isActive() {
      const isActive = read()
      if (isActive !== undefined) hold.seen(isActive)
      return isActive === undefined || spec.debounceMs === undefined ? isActive : hold.isActive
    },
    edges,
    close() {
      if (!isOpen) return
      isOpen = false
      hold.stop()
      watch.stop()
      try {
        // Its descriptor goes with it. An input that floats harms nobody.
        line.unexport()
      } catch (error) {
        log.debug({ line: device, error: codeOf(error) }, 'an input could not be unexported')
      }
    },
  }
}

interface Watched {
  readonly clock: Clock
  readonly log: Log
  readonly device: string
  readonly isOpen: () => boolean
  readonly heard: (isActive: boolean) => void
}

/** onoff reads the level in its poll handler, outside of everything that could catch: an error there would end the guard, and one that stays would
 *  spin. So its own read is replaced by one that does not throw, and a line that cannot be read rests for a second. */
function watching(line: Onoff, readSync: () => 0 | 1, { clock, log, device, isOpen, heard }: Watched): { stop(): void } {
  let level: 0 | 1 = 0
  let isLost = false
  let rest: { stop(): void } | undefined
  const lost = (error: unknown) => {
    if (!isLost) log.error({ line: device, error: codeOf(error) }, 'an input is lost')
    isLost = true
    rest?.stop()
    line.unwatchAll()
    rest = clock.after(`watch ${device}`, watchAgainAfter, () => {
      begin()
      // What changed meanwhile.
      const now = line.readSync()
      if (!isLost) heard(now === 1)
    })
  }
  line.readSync = () => {
    try {
      level = readSync()
      isLost = false
    } catch (error) {
      if (isOpen()) lost(error)
    }
    return level
  }
  const begin = () => {
    line.watch((_error, value) => {
      if (isOpen() && !isLost) heard(value === 1)
    })
  }
  begin()
  return {
    stop() {
      rest?.stop()
      line.unwatchAll()
    },
  }
}
