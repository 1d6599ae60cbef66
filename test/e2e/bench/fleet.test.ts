import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { centralSystem } from '../../../bench/csms/central-system.ts'
import { type Door, openDoor } from '../../../bench/csms/door.ts'
import { systemClock } from '../../../src/base/clock.ts'

// Fleets as a user starts them, against the central system of the bench in this process.

const clock = systemClock()
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end()
})

async function central(port = 0) {
  const system = centralSystem({ clock })
  const door = await openDoor(system, { port })
  endings.push(() => door.close())
  return { system, door }
}

function run(...words: readonly string[]) {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, ['bench/main.ts', 'fleet', ...words], { cwd: new URL('../../..', import.meta.url) })
  endings.push(() => child.kill('SIGKILL'))
  const said: string[] = []
  for (const each of [child.stdout, child.stderr]) each.on('data', (data) => said.push(String(data)))
  return { child, out: () => said.join(''), ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out: said.join('') })) }
}

const portOf = ({ url }: Door) => Number(new URL(url).port)

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise<void>((resolve) => void clock.after('look', 50, resolve))
}

test('twenty stations charge in two processes: figures, metrics, exit code 0', async () => {
  const { system, door } = await central()
  const fleet = run(
    '--stations',
    '20',
    '--csms',
    door.url,
    '--pattern',
    'steady',
    '--ramp',
    '40',
    '--sample-interval',
    '1',
    '--duration',
    '8s',
    '--workers',
    '2',
    '--metrics',
    '0',
  )
  await until(() => /http:\S+\/metrics/.test(fleet.out()))
  const [metrics = ''] = /http:\S+\/metrics/.exec(fleet.out()) ?? []
  await until(() => system.transactions.all.length === 20)
  const page = await (await fetch(metrics)).text()
  expect(page).toContain('pilotwire_fleet_stations{state="wanted"} 20')
  expect(page).toMatch(/# TYPE pilotwire_fleet_call_seconds histogram\npilotwire_fleet_call_seconds_bucket{action="\w+",le="0.0005"} \d+\n/)
  expect((await fetch(metrics.replace('/metrics', '/'))).status).toBe(404)
  const { code, out } = await fleet.ended
  expect(out).toContain('20 stations, 20 online, outlets: 20 charging')
  expect(out).toMatch(/20 transactions begun\nRSS \d+ MB in 2 processes, CPU/)
  expect(out).toMatch(/\nMeterValues +\d{2,} +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+\n/)
  expect(out).toContain('No errors.')
  expect(code).toBe(0)
  expect(new Set(system.stations.map(({ id }) => id)).size).toBe(20)
  // They were switched off in good order.
  expect(system.transactions.all.every(({ stop }) => stop !== undefined)).toBe(true)
}, 30_000)

test('a central system that goes away in between is counted, and the stations come back', async () => {
  const first = await central()
  const fleet = run('--stations', '10', '--csms', first.door.url, '--pattern', 'steady', '--ramp', '100', '--duration', '60s')
  await until(() => first.system.transactions.all.length === 10)
  await first.door.close()
  const second = await central(portOf(first.door))
  await until(() => second.system.stations.length === 10)
  fleet.child.kill('SIGINT')
  const { code, out } = await fleet.ended
  expect(out).toMatch(/Errors:\n(?:.*\n)*? {2}10 x connection lost\n/)
  expect(out).not.toContain('not online at the end')
  expect(code).toBe(1)
}, 30_000)

test('accelerated: an evening at the depot passes in seconds, with its state kept on the disk', async () => {
  const { system, door } = await central()
  const state = mkdtempSync(join(tmpdir(), 'pilotwire-fleet-'))
  endings.push(() => rmSync(state, { recursive: true, force: true }))
  const pattern = join(state, 'evening.yaml')
  writeFileSync(pattern, 'about: x\narrivals: { perDay: 24 }\nstay: { minutes: [10, 20] }\nevs: [{ batteryKwh: 60 }]\ncards: { list: [VAN-1] }\n')
  const words = [
    '--stations',
    '5',
    '--csms',
    door.url,
    '--pattern',
    pattern,
    '--speed',
    '600',
    '--at',
    '17:00',
    '--duration',
    '1h',
    '--state',
    join(state, 'kept'),
  ]
  const { code, out } = await run(...words, '--id', 'VAN {n}', '--board', 'simulated,simulated-dc@100').ended
  expect(out).toContain('time flows 600 times as fast')
  const ended = system.transactions.all.filter(({ stop }) => stop !== undefined)
  expect(ended.length).toBeGreaterThan(1)
  expect(ended.every(({ start }) => start.idTag === 'VAN-1')).toBe(true)
  expect(existsSync(join(state, 'kept', 'VAN%201', 'pilotwire.db'))).toBe(true)
  expect([code, out.includes('No errors.')]).toEqual([0, true])
}, 30_000)

test('nobody answers: exit code 1; wrong words: exit code 2, with the remedy', async () => {
  const { door } = await central()
  await door.close()
  const refused = run('--stations', '2', '--csms', door.url, '--duration', '2s')
  const unknown = run('--pattern', 'comuter')
  const both = run('--at', '07:00')
  const [one, two, three] = await Promise.all([refused.ended, unknown.ended, both.ended])
  expect(one.code).toBe(1)
  expect(one.out).toMatch(/ x connection not made: refused\n/)
  expect(two).toMatchObject({ code: 2, out: expect.stringContaining('Did you mean commuter?') })
  expect(three).toMatchObject({ code: 2, out: expect.stringContaining('--at goes with --speed') })
}, 30_000)
