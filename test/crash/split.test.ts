import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { chance } from '../../src/base/chance.ts'
import { systemClock } from '../../src/base/clock.ts'
import { socketStream } from '../../src/run/socket-stream.ts'
import { remotePort } from '../../src/safety/remote-port.ts'
import { seeded } from '../seeded.ts'
import { bundledProgram } from './bundle.ts'
import { openCentral } from './central.ts'
import { pictureAt, say, start } from './processes.ts'
import { splitCampaign } from './split.ts'

/** How often the core is killed; a longer run sets PILOTWIRE_CORE_KILLS, or calls `node test/crash/run-split.ts --kills 50`. */
const kills = Number(process.env['PILOTWIRE_CORE_KILLS'] ?? 3)
const seed = Math.floor(chance() * 1_000_000)
const clock = systemClock()
const pause = (s: number) => new Promise<void>((resolve) => clock.after('pause', s * 1_000, resolve))

test.concurrent(`a core that is killed or stopped ${kills} times in mid-session interrupts nothing (seed ${seed})`, {
  timeout: 60_000 + kills * 15_000,
}, async () => {
  const { faults, energyWh } = await splitCampaign({ kills, seed })
  expect(faults, `seed ${seed}`).toEqual([])
  expect(energyWh).toBeGreaterThan(kills * 10)
})

/** Guard and core as two programs that nobody starts again, on a Unix socket. */
async function apart({ onTestFinished }: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'pilotwire-apart-'))
  const central = await openCentral(clock, join(home, 'journal.jsonl'), seeded(1))
  central.mend()
  const settings = join(home, 'settings.json')
  writeFileSync(settings, JSON.stringify({ MeterValueSampleInterval: '1' }))
  const program = await bundledProgram(home)
  const environment = { NODE_COMPILE_CACHE: join(home, 'cache') }
  const socket = join(home, 'guard.sock')
  const guard = start(program, ['guard', '--socket', socket, '--state', join(home, 'guard')], environment)
  await guard.said('guard started')
  const startCore = async () => {
    const words = ['--id', 'CP-1', '--csms', central.url, '--state', join(home, 'core'), '--control', '127.0.0.1:0', '--settings', settings]
    const core = start(program, ['core', ...words, '--socket', socket], environment)
    const door = String((await core.said('station started'))['control'])
    return { core, door }
  }
  const first = await startCore()
  const running = [guard, first.core]
  onTestFinished(async () => {
    for (const each of running) each.child.kill('SIGKILL')
    await Promise.all(running.map((each) => each.ended))
    await central.close()
    rmSync(home, { recursive: true, force: true })
  })
  await say(first.door, 'plugin')
  while (!(await say(first.door, 'start TAG1 1')).startsWith('ok')) await pause(0.1)
  while ((await pictureAt(first.door)).contactor !== 'closed') await pause(0.05)
  return {
    central,
    guard,
    first,
    async startCore() {
      const next = await startCore()
      running.push(next.core)
      return next
    },
    /** A core that offers nothing: hands for the world in the guard. */
    hands: () => remotePort(socketStream(createConnection(socket)), clock),
  }
}

const times = (log: readonly { readonly msg?: string; readonly [field: string]: unknown }[], words: string) =>
  log.filter(({ msg }) => msg === words).map(({ time }) => Date.parse(String(time)))

test.concurrent('a core that stays dead: the lease ends after 10 s, then a normal stop; the next core goes on with the transaction', {
  timeout: 60_000,
}, async (context) => {
  const w = await apart(context)
  const { transactionUuid } = await pictureAt(w.first.door)
  const from = w.guard.log.length
  const diedAt = clock.now().epochMs
  w.first.core.child.kill('SIGKILL')
  await w.guard.said('contactor opens', from)
  const log = w.guard.log.slice(from)
  const [endedAt = 0] = times(log, 'lease ended')
  const [openedAt = 0] = times(log, 'contactor opens')
  expect(endedAt - diedAt).toBeGreaterThan(8_800)
  expect(endedAt - diedAt).toBeLessThan(10_500)
  expect(openedAt - endedAt).toBeGreaterThanOrEqual(0)
  expect(openedAt - endedAt).toBeLessThan(6_200)
  const { core, door } = await w.startCore()
  while ((await pictureAt(door)).contactor !== 'closed') await pause(0.1)
  expect((await pictureAt(door)).transactionUuid).toBe(transactionUuid)
  // The guard ends: the core is nothing without it.
  w.guard.child.kill('SIGTERM')
  expect(await core.ended).toBe(1)
  expect(await w.guard.ended).toBe(0)
})

test.concurrent('a core that is dead while its EV leaves and another comes within 3 s: the contactor never closes', { timeout: 60_000 }, async (context) => {
  const w = await apart(context)
  const from = w.guard.log.length
  w.first.core.child.kill('SIGKILL')
  await w.first.core.ended
  // The guard has one core at a time, and hears of its end a moment later.
  await w.guard.said('the core is gone', from)
  const hands = await w.hands()
  expect(await hands.world('unplug 1')).toBe(true)
  await w.guard.said('unplugged', from)
  // The socket's lock lets the cable go, a second later it is out.
  await pause(1.5)
  expect(await hands.world('plugIn 1')).toBe(true)
  await w.guard.said('plugged in', from)
  await pause(10)
  expect(hands.report(1)).toMatchObject({ isPlugged: true, contactor: 'open', isOffering: false })
  expect(hands.report(1).transaction).toBeUndefined()
  hands.close()
  await pause(1)
  await w.startCore()
  while (w.central.book.ended.length === 0) await pause(0.1)
  expect(w.central.book.all).toMatchObject([{ stop: { reason: 'Reboot' } }])
  expect(times(w.guard.log.slice(from), 'contactor closes')).toEqual([])
  expect(times(w.guard.log.slice(from), 'contactor opens')).toHaveLength(1)
})
