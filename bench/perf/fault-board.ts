import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Timer } from '../../src/base/clock.ts'
import { type FuseGpio, fuseGpio } from '../../test/fuse/gpio.ts'
import type { Line } from './central.ts'
import { among, childrenOf, hurry } from './process-usage.ts'
import { type Program, pause, startCore, startGuard, type Workbench } from './programs.ts'

/** Lines of one outlet, beside each other on the header, and then those of the board. */
const each = { plugged: 0, ready: 1, contactor: 2, mirror: 3, earth: 4, red: 5 } as const
export type OutletLine = keyof typeof each
const perOutlet = Object.keys(each).length
export const outlets = [1, 2, 3, 4] as const
const stopButton = outlets.length * perOutlet
/** GPIO numbers, beyond the header: of the program that is nothing but `onoff`. */
const bareLines = { input: 40, output: 41 }
const base = 512

const headerOf = (outlet: number, line: OutletLine) => (outlet - 1) * perOutlet + each[line]

/** A board file of kind `wired` on sysfs: everything that a fault goes through is on GPIO lines, nothing is on a bus. */
function boardFile(): string {
  const evses = outlets.map((outlet) => {
    const line = (name: OutletLine) => ({ header: headerOf(outlet, name) })
    return {
      maxAmps: 16,
      phases: 1,
      cable: 'fixed',
      controller: {
        kind: 'native',
        pilot: { kind: 'contacts', plugged: line('plugged'), ready: line('ready') },
        contactor: { output: line('contactor'), mirror: line('mirror') },
      },
      protectiveEarth: line('earth'),
      indicator: { red: line('red') },
    }
  })
  return JSON.stringify({ name: 'bench-perf', kind: 'wired', gpio: 'sysfs', benchOnly: 'accepted', evses, emergencyStop: { header: stopButton } })
}

/** Four outlets on FUSE GPIO, their guard and their core as two processes, and nothing but `onoff` on two lines beside them. */
export interface FaultBoard {
  readonly gpio: FuseGpio
  readonly guard: Program
  readonly core: Program
  readonly line: Line
  readonly stopButton: number
  readonly bare: { readonly input: number; readonly output: number }
  /** Global number of a line. */
  lineOf(outlet: number, line: OutletLine): number
  /** Guard, the file system that stands for the kernel, and the program that is nothing but `onoff`: before all others. False: not allowed. */
  hurry(): boolean
  /** Every fault that the guard has told of so far. */
  faults(): readonly string[]
  close(): Promise<void>
}

/** @param node the Node that runs guard and core; this one's own when left out
 *  @throws Error when guard or core do not come up */
export async function faultBoard(bench: Workbench, node = process.execPath): Promise<FaultBoard> {
  const gpio = await fuseGpio()
  const directory = bench.fresh('board')
  const board = join(directory, 'board.json')
  writeFileSync(board, boardFile())
  const lineOf = (outlet: number, line: OutletLine) => base + headerOf(outlet, line)
  const bare = { input: base + bareLines.input, output: base + bareLines.output }
  const copies = gpio.inside([process.execPath, fileURLToPath(new URL('copies.ts', import.meta.url)), String(bare.input), String(bare.output)])
  const socket = join(directory, 'guard.sock')
  const guard = startGuard(bench, { board, socket, directory, node, inside: gpio.inside })
  const core = startCore(bench, { board, socket, directory, node })
  const follower = mirrorsFollow(bench, gpio, lineOf)
  const close = async () => {
    await core.end()
    await guard.end()
    follower.stop()
    copies.stdin.end()
    await once(copies, 'close')
    await gpio.close()
  }
  let line: Line
  try {
    line = await bench.central.line(core.id)
    await line.next(({ action }) => action === 'StatusNotification')
  } catch (error) {
    await close()
    throw error
  }
  await pause(bench.clock, 1)
  if (gpio.history(bare.output).length === 0) throw new Error('the program that is nothing but onoff did not come up')
  return {
    gpio,
    guard,
    core,
    line,
    stopButton: base + stopButton,
    bare,
    lineOf,
    hurry: () => [among(childrenOf(process.pid), gpio.root), guard.pid, copies.pid].every((pid) => pid !== undefined && hurry(pid)),
    faults: () => readFileSync(join(directory, 'guard.log'), 'utf8').match(/(?<="fault":")\w+/g) ?? [],
    close,
  }
}

/** Contacts follow their coils after about 20 ms, and mirror contacts with them. */
function mirrorsFollow({ clock }: Workbench, gpio: FuseGpio, lineOf: FaultBoard['lineOf']): Timer {
  const shown = new Map<number, 0 | 1>()
  return clock.every('contacts', 20, () => {
    for (const outlet of outlets) {
      const level = gpio.level(lineOf(outlet, 'contactor'))
      if (level === (shown.get(outlet) ?? 0)) continue
      shown.set(outlet, level)
      gpio.drive(lineOf(outlet, 'mirror'), level)
    }
  })
}
