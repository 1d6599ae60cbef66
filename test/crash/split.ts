import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { type Seeded, seeded } from '../seeded.ts'
import { bundledProgram } from './bundle.ts'
import { openCentral } from './central.ts'
import { pictureAt, type Running, say, start } from './processes.ts'

export interface SplitOptions {
  readonly kills: number
  readonly seed: number
  /** A bundle of the sources as they stand when left out. */
  readonly program?: string
  /** Is told of each kill: how, and how long (ms) the charger was without a core. */
  readonly progress?: (how: string, withoutCoreMs: number) => void
}

export interface SplitVerdict {
  readonly kills: number
  /** ms without a core: the longest after SIGKILL and after SIGSTOP. */
  readonly longestKilledMs: number
  readonly longestStoppedMs: number
  readonly energyWh: number
  /** What is wrong; empty is the aim. */
  readonly faults: readonly string[]
}

/** A life must be this long (s) for the next core to come after 1 s; a lease lasts 10 s. */
const [shortestLife, longestLife] = [3.2, 5]

/** Guard and core as two processes, one long session: the core is killed or stopped at random moments, and nothing may show of it in
 *  the contactor, the transaction and its energy. */
export async function splitCampaign({ kills, seed, program, progress }: SplitOptions): Promise<SplitVerdict> {
  const home = mkdtempSync(join(tmpdir(), 'pilotwire-split-'))
  const clock = systemClock()
  const chance = seeded(seed)
  const central = await openCentral(clock, join(home, 'journal.jsonl'), chance)
  central.mend()
  const settings = join(home, 'settings.json')
  writeFileSync(settings, JSON.stringify({ MeterValueSampleInterval: '5' }))
  const state = join(home, 'state')
  let charger: Running | undefined
  try {
    const words = ['run', '--split', '--id', 'CP-1', '--csms', central.url, '--state', state, '--control', '127.0.0.1:0', '--settings', settings]
    charger = start(program ?? (await bundledProgram(home)), words, { NODE_COMPILE_CACHE: join(home, 'cache') })
    const verdict = await session(charger, kills, {
      clock,
      chance,
      progress: progress ?? (() => {}),
      register: () => Number(readFileSync(join(state, 'simulated-meter-1'), 'utf8')),
    })
    const faults = [...verdict.faults]
    const [transaction, ...others] = central.book.all
    if (transaction?.stop === undefined || others.length > 0)
      faults.push(`the central system knows ${central.book.all.length} transactions, the first ended: ${transaction?.stop !== undefined}`)
    const energyWh = (transaction?.stop?.meterStop ?? 0) - (transaction?.start.meterStart ?? 0)
    const drawnWh = verdict.registerWh - (transaction?.start.meterStart ?? 0)
    // The central system is told whole Wh.
    if (Math.abs(energyWh - drawnWh) > 1) faults.push(`${drawnWh.toFixed(2)} Wh were drawn and ${energyWh} Wh sold`)
    faults.push(...central.book.oddities.map((odd) => odd.what))
    return { kills, longestKilledMs: verdict.longestKilledMs, longestStoppedMs: verdict.longestStoppedMs, energyWh, faults }
  } finally {
    charger?.child.kill('SIGTERM')
    await charger?.ended
    await central.close()
    rmSync(home, { recursive: true, force: true })
  }
}

interface Show {
  readonly clock: Clock
  readonly chance: Seeded
  readonly progress: (how: string, withoutCoreMs: number) => void
  readonly register: () => number
}

async function session(charger: Running, kills: number, { clock, chance, progress, register }: Show) {
  const faults: string[] = []
  const longest = { SIGKILL: 0, SIGSTOP: 0 }
  const pause = (s: number) => new Promise<void>((resolve) => clock.after('pause', s * 1_000, resolve))
  const doorFrom = async (line: number) => String((await charger.said('station started', line))['control'])
  const pidFrom = async (line: number) => Number((await charger.said('core started', line))['pid'])
  let pid = await pidFrom(0)
  let door = await doorFrom(0)
  await say(door, 'plugin')
  while (!(await say(door, 'start TAG1 1')).startsWith('ok')) await pause(0.1)
  while ((await pictureAt(door)).contactor !== 'closed') await pause(0.05)
  const first = await pictureAt(door)
  const sessionFrom = charger.log.length
  for (let done = 0; done < kills; done++) {
    await pause(chance.between(shortestLife, longestLife))
    const how = done % 2 === 0 ? 'SIGKILL' : 'SIGSTOP'
    const line = charger.log.length
    const diedAt = clock.monotonic()
    process.kill(pid, how)
    pid = await pidFrom(line)
    door = await doorFrom(line)
    const withoutMs = clock.monotonic() - diedAt
    longest[how] = Math.max(longest[how], withoutMs)
    progress(how, withoutMs)
    const now = await pictureAt(door)
    if (now.transactionUuid !== first.transactionUuid)
      faults.push(`after ${how} ${done + 1} the transaction is ${now.transactionUuid}, it was ${first.transactionUuid}`)
    if (now.contactor !== 'closed') faults.push(`after ${how} ${done + 1} the contactor is ${now.contactor}`)
  }
  await pause(1.5)
  const opened = charger.log.slice(sessionFrom).filter(({ msg }) => msg === 'contactor opens' || msg === 'lease ended')
  if (opened.length > 0) faults.push(`the contactor was told to open ${opened.length} times`)
  await say(door, 'stop')
  while ((await pictureAt(door)).transactionUuid !== null) await pause(0.05)
  const registerWh = register()
  await pause(0.5)
  return { faults, longestKilledMs: longest.SIGKILL, longestStoppedMs: longest.SIGSTOP, registerWh }
}
