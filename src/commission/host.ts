import { accessSync, constants, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { release, userInfo } from 'node:os'
import { openKernel } from '../../hal/bus/kernel.ts'
import type { LineSpec } from '../../hal/spec/words.ts'
import type { BoardSpec } from '../config/board.ts'
import { holders } from './holders.ts'

/** The computer as `doctor` looks at it; tests hand in one of paper. Nothing here changes anything. */
export interface Host {
  /** Undefined: not there, or not for this user. */
  read(path: string): string | undefined
  /** Names in a directory; none when it is not there. */
  list(path: string): readonly string[]
  /** Where a link leads, in full. */
  follow(path: string): string | undefined
  exists(path: string): boolean
  /** This user may read and write it. */
  isUsable(path: string): boolean
  /** Whether a native module loads in this Node. */
  loads(module: string): boolean
  /** Who holds a line of a GPIO chip, empty for nobody. Undefined: it cannot be told here. Nothing is requested.
   *  @throws DeviceError for a line that is not there */
  holderOf(line: LineSpec): string | undefined
  readonly kernel: string
  readonly platform: NodeJS.Platform
  /** Of Node: arm64, arm, x64 ... */
  readonly architecture: string
  readonly user: string
  readonly userId: number
  readonly epochMs: number
}

export const isPi5 = (host: Host): boolean => /Raspberry Pi (5|Compute Module 5)/.test(host.read('/proc/device-tree/model') ?? '')

/** @param board whose lines are looked at: only then is the kernel's interface opened, which takes 8 MB for koffi */
export async function thisHost(epochMs: number, board: BoardSpec | undefined): Promise<Host> {
  const tried = <T>(run: () => T): T | undefined => {
    try {
      return run()
    } catch {
      return undefined
    }
  }
  const succeeds = (run: () => unknown): boolean => {
    try {
      run()
      return true
    } catch {
      return false
    }
  }
  const load = createRequire(import.meta.url)
  const { username, uid } = userInfo()
  const kernel = board === undefined || board.kind === 'simulated' ? undefined : await openKernel().catch(() => undefined)
  return {
    read: (path) => tried(() => readFileSync(path, 'utf8')),
    list: (path) => tried(() => readdirSync(path).sort()) ?? [],
    follow: (path) => tried(() => realpathSync(path)),
    exists: (path) => succeeds(() => lstatSync(path)),
    isUsable: (path) => succeeds(() => accessSync(path, constants.R_OK | constants.W_OK)),
    loads: (module) => succeeds(() => load(module)),
    holderOf: kernel === undefined ? () => undefined : holders(kernel),
    kernel: release(),
    platform: process.platform,
    architecture: process.arch,
    user: username,
    userId: uid,
    epochMs,
  }
}
