import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { accessSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** GPIO as sysfs shows it, served by FUSE: real files, real epoll, no hardware. Needs /dev/fuse, gcc, pkg-config and libfuse3-dev.
 *
 *    const missing = fuseGpioMissing()
 *    if (missing !== undefined) leaveOut(`GPIO by sysfs: ${missing}`)
 *    test.skipIf(missing !== undefined)('an output begins OFF', async () => {
 *      await using gpio = await fuseGpio()                          // or gpio.close() when done
 *      const driver = openSysfsOutput({ root: gpio.root, ... })     // gpio.root stands for /sys/class/gpio
 *      gpio.drive(512 + 27, 1)                                      // the wire of input 27, by global number
 *      expect(gpio.level(512 + 22)).toBe(0)                         // what line 22 does, whoever drives it
 *      expect(gpio.history(512 + 22)).toEqual([{ out: true, level: 0, at: expect.anything() }])   // was never ON
 *      gpio.fault(512 + 22, 'stuck', true)                          // held (EBUSY), stuck (level does not follow), fails (EIO)
 *    })
 *
 *  `onoff` has /sys/class/gpio written into it. A program that uses it runs in a namespace where the tree stands there:
 *
 *      const child = gpio.inside([process.execPath, 'test/hal/bus/some-program.ts'])
 *      child.stdout.on('data', ...)                                 // the test still drives and reads the same lines from outside
 *
 *  What differs from a kernel: no udev, no `device` links, edges only through `value`, unexport lets go of the line at once. */

export interface Chip {
  readonly label: string
  /** First global number. */
  readonly base: number
  readonly lines: number
}

export interface Change {
  /** CLOCK_MONOTONIC as the file system saw it, ms: the same count as `Clock.monotonic()`. */
  readonly at: number
  readonly out: boolean
  readonly level: 0 | 1
}

export interface FuseGpio extends AsyncDisposable {
  /** Stands for /sys/class/gpio. */
  readonly root: string
  /** What the wire outside gives a line. It reaches the program while the line is an input. */
  drive(line: number, level: 0 | 1): void
  /** The physical level of a line. */
  level(line: number): 0 | 1
  /** held: export answers EBUSY. stuck: the level stays whatever is written. fails: direction and value answer EIO. */
  fault(line: number, kind: 'held' | 'stuck' | 'fails', on: boolean): void
  /** Every change of direction or level so far, the newest 4096. */
  history(line: number): readonly Change[]
  forget(line: number): void
  /** Starts a program that sees the tree at /sys/class/gpio. */
  inside(words: readonly [string, ...string[]], environment?: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams
  /** Unmounts. */
  close(): Promise<void>
}

/** As on a Raspberry Pi 4 with a kernel since 6.6. */
const raspberryPi: readonly Chip[] = [{ label: 'pinctrl-bcm2711', base: 512, lines: 58 }]

/** What this machine lacks for it; undefined: nothing. */
export function fuseGpioMissing(): string | undefined {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
  } catch {
    return '/dev/fuse does not open'
  }
  try {
    execFileSync('pkg-config', ['--exists', 'fuse3'], { stdio: 'ignore' })
    execFileSync('gcc', ['--version'], { stdio: 'ignore' })
  } catch {
    return 'gcc, pkg-config or libfuse3-dev is not installed'
  }
  return undefined
}

/** Mounts a fresh tree in a directory of its own. @throws Error with the words of the compiler or the server */
export async function fuseGpio(chips: readonly Chip[] = raspberryPi): Promise<FuseGpio> {
  const root = mkdtempSync(join(tmpdir(), 'pilotwire-gpio-'))
  const server = spawn(compiled(), [root, ...chips.map(({ label, base, lines }) => `${label}:${base}:${lines}`)], { stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(server, 'close')
  let complaint = ''
  server.stderr.on('data', (data: Buffer) => {
    complaint += String(data)
  })
  const ready = once(server.stdout, 'data').then(() => true)
  if (!(await Promise.race([ready, ended.then(() => false)]))) {
    rmdirSync(root)
    throw new Error(`FUSE GPIO did not start: ${complaint.trim()}`)
  }
  const knob = (kind: string, line: number) => join(root, 'sim', kind, String(line))
  const close = async () => {
    if (server.exitCode !== null) return
    server.stdin.end()
    await ended
    rmdirSync(root)
  }
  return {
    root,
    drive: (line, level) => writeFileSync(knob('level', line), String(level)),
    level: (line) => (readFileSync(knob('level', line), 'utf8').trim() === '1' ? 1 : 0),
    fault: (line, kind, on) => writeFileSync(knob(kind, line), on ? '1' : '0'),
    history: (line) => readFileSync(knob('history', line), 'utf8').split('\n').filter(Boolean).map(changeOf),
    forget: (line) => writeFileSync(knob('history', line), '0'),
    inside: (words, environment) => spawn('unshare', ['-Urm', 'sh', '-c', enter, root, ...words], { env: { ...process.env, ...environment } }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A kernel without GPIO has no directory to mount on, and sysfs lets nobody make one. */
const enter = '[ -d /sys/class/gpio ] || { mount -t tmpfs none /sys/class && mkdir /sys/class/gpio; } && mount --bind "$0" /sys/class/gpio && exec "$@"'

function changeOf(line: string): Change {
  const [nanoseconds = '', direction, level] = line.split(' ')
  return { at: Number(BigInt(nanoseconds) / 1_000n) / 1_000, out: direction === 'out', level: level === '1' ? 1 : 0 }
}

/** The server, compiled once for all runs that have the same source. */
function compiled(): string {
  const source = fileURLToPath(new URL('gpio.c', import.meta.url))
  const key = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)
  const directory = ownDirectory()
  const program = join(directory, `gpio-${key}`)
  if (existsSync(program)) return program
  const flags = execFileSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' }).trim().split(/\s+/)
  // Several workers may be at it at once: each renames a whole program into place.
  const mine = `${program}.${process.pid}`
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', mine, source, ...flags], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  renameSync(mine, program)
  return program
}

/** Programs are run from here: nobody else may have put one in. */
function ownDirectory(): string {
  const user = process.getuid?.() ?? 0
  const directory = join(tmpdir(), `pilotwire-fuse-${user}`)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(directory)
  if (uid !== user || (mode & 0o022) !== 0) throw new Error(`${directory} belongs to somebody else; remove it`)
  return directory
}
