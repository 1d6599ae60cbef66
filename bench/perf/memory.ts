import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fuseGpioMissing } from '../../test/fuse/gpio.ts'
import { faultBoard } from './fault-board.ts'
import { type Figure, shown } from './figures.ts'
import { flood } from './flood.ts'
import { childrenOf, type Memory, memoryOf } from './process-usage.ts'
import { type Program, pause, startBareNode, startCore, startGuard, startStation, type Workbench } from './programs.ts'

const mostPssMb = 95
/** After the start the heap is still full of what only the start needed. */
const settles = 20
const floods = 10

/** Memory of guard and core, beside two Nodes that do nothing. They run on a copy of Node: on the one that everybody else here runs,
 *  pages of this bench and of other programs would make their share smaller than it is on a board. */
export async function memory(bench: Workbench): Promise<readonly Figure[]> {
  const node = join(bench.fresh('node'), 'node')
  copyFileSync(process.execPath, node)
  const bare = await twoBare(bench, node)
  const row = (what: string, [guard, core]: readonly [Memory, Memory], hasTarget = true): Figure => {
    const pss = guard.pssMb + core.pssMb
    return {
      what: `${what}, RSS of guard and core, PSS of both`,
      measured: `${shown(guard.rssMb, '').trim()} + ${shown(core.rssMb, 'MB')}, ${shown(pss, 'MB')}`,
      beside: shown(bare, 'MB'),
      ...(hasTarget ? { target: `PSS ${mostPssMb} MB`, isMet: pss <= mostPssMb } : {}),
    }
  }
  const figures = [
    row('Simulated board, run --split', await split(bench, node)),
    row('Simulated board, guard and core on a socket', await onSocket(bench, node)),
  ]
  const missing = fuseGpioMissing()
  if (missing !== undefined) return [...figures, { what: `Wired board on sysfs GPIO: not measured, ${missing}`, measured: '-' }]
  const { waits, flooded } = await wired(bench, node)
  return [...figures, row('Wired board (4 outlets on sysfs GPIO)', waits), row(`  the same after ${floods} s of 1000 CALL/s`, flooded, false)]
}

async function twoBare({ clock, say }: Workbench, node: string): Promise<number> {
  say('two Nodes that do nothing')
  const two = [startBareNode(node), startBareNode(node)]
  await pause(clock, 3)
  const pss = two.reduce((sum, { pid }) => sum + memoryOf(pid).pssMb, 0)
  await endAll(two)
  return pss
}

async function split(bench: Workbench, node: string): Promise<readonly [Memory, Memory]> {
  bench.say('memory of run --split')
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache'), words: ['--split'], node })
  await isUp(bench, station)
  const [core = 0] = childrenOf(station.pid)
  const found = [memoryOf(station.pid), memoryOf(core)] as const
  await station.end()
  return found
}

async function onSocket(bench: Workbench, node: string): Promise<readonly [Memory, Memory]> {
  bench.say('memory of guard and core')
  const directory = bench.fresh('halves')
  const half = { board: 'simulated', socket: join(directory, 'guard.sock'), directory, node }
  const guard = startGuard(bench, half)
  const core = startCore(bench, half)
  await isUp(bench, core)
  const found = [memoryOf(guard.pid), memoryOf(core.pid)] as const
  await core.end()
  await guard.end()
  return found
}

async function wired(bench: Workbench, node: string) {
  bench.say('memory of guard and core of a wired board')
  const board = await faultBoard(bench, node)
  const both = () => [memoryOf(board.guard.pid), memoryOf(board.core.pid)] as const
  try {
    await pause(bench.clock, settles)
    const waits = both()
    const load = flood(bench, board.line, 1_000)
    await pause(bench.clock, floods)
    await load.end()
    return { waits, flooded: both() }
  } finally {
    await board.close()
  }
}

async function isUp(bench: Workbench, { id }: Program): Promise<void> {
  const line = await bench.central.line(id)
  await line.next(({ action }) => action === 'StatusNotification')
  await pause(bench.clock, settles)
}

const endAll = (programs: readonly Program[]) => Promise.all(programs.map((each) => each.end()))
