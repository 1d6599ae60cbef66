import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { leaveOut } from '../left-out.ts'
import { central } from './central.ts'
import { type Control, controlOf, freshDirectory, pilotwire } from './program.ts'

/** A file system of 1 MiB; undefined where this user may not mount one. */
function smallDisk(): string | undefined {
  const directory = join(freshDirectory(), 'disk')
  mkdirSync(directory)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'ignore' })
    return directory
  } catch {
    return undefined
  }
}
const disk = process.platform === 'linux' ? smallDisk() : undefined
if (disk === undefined) leaveOut('full disk: this user may not mount a tmpfs')
afterAll(() => {
  if (disk !== undefined) execFileSync('umount', ['-l', disk])
})

function fill(directory: string): void {
  const file = openSync(join(directory, 'ballast'), 'w')
  try {
    for (;;) writeSync(file, new Uint8Array(4_096))
  } catch {
    closeSync(file)
  }
}

/** Until a status says what is looked for; `wait` is the station's own patience. */
async function until(door: Control, found: (status: Awaited<ReturnType<Control['status']>>) => boolean) {
  while (!found(await door.status())) await door.ask('wait 0.2')
}

test.skipIf(disk === undefined)(
  'a disk that is full: the car goes on charging, no new transaction is begun, and the end is written when there is room',
  { timeout: 40_000 },
  async () => {
    const directory = disk as string
    const csms = await central()
    const settings = join(freshDirectory(), 'settings.json')
    writeFileSync(settings, '{"MeterValueSampleInterval":"1"}')
    const words = [
      'run',
      '--id',
      'CP-1',
      '--csms',
      csms.url,
      '--state',
      join(directory, 'state'),
      '--settings',
      settings,
      '--control',
      '0',
      '--board',
      'simulated-2',
    ]
    const station = pilotwire(words)
    const door = await controlOf(station)
    await csms.request('StatusNotification', { connectorId: 2, status: 'Available' })
    expect(await door.ask('status charging 1')).toBe('ok charging')
    fill(directory)
    await station.said(/a sample cannot be written; it waits in memory/)
    expect((await door.status()).connectors[0]).toMatchObject({ status: 'charging', contactor: 'closed' })
    expect(await door.ask('plugin 2')).toBe('ok')
    // The plug is locked before a transaction may begin.
    await door.ask('wait 1')
    expect(await door.ask('tag OTHER 2')).toBe('error the start cannot be written to the state directory: see the log')
    expect((await door.status()).connectors[1]).toMatchObject({ contactor: 'open' })
    // A setting that cannot be kept is not said to be set.
    expect(await csms.change('CP-1', 'MeterValueSampleInterval', '77')).toMatchObject({ kind: 'error', code: 'InternalError' })
    expect(await door.ask('stop 1')).toBe('ok stopped')
    await station.said(/a transaction cannot be written to the state directory[\s\S]*a transaction cannot be written to the state directory/)
    expect((await door.status()).connectors[0]).toMatchObject({ contactor: 'open', status: 'finishing' })
    rmSync(join(directory, 'ballast'))
    await csms.request('StopTransaction', { reason: 'Local' })
    await until(door, ({ connectors }) => connectors[0]?.transaction === null)
    await csms.request('MeterValues', { connectorId: 1 })
    // What was sampled while the disk was full comes before the end, under its transaction.
    expect(csms.transactions.oddities).toEqual([])
    expect(csms.transactions.all[0]?.samples.length).toBeGreaterThan(0)

    expect(await door.ask('tag OTHER 2')).toBe('ok started')
    await csms.request('StartTransaction', { connectorId: 2 })
    fill(directory)
    // An exit on a full disk is an exit: 0, in time, and the next start ends what could not be ended.
    const { code, tookMs } = await station.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(3_000)
    rmSync(join(directory, 'ballast'))
    const again = pilotwire(words)
    await csms.request('StopTransaction', { transactionId: 2 })
    expect(csms.transactions.oddities).toEqual([])
    expect((await again.end()).code).toBe(0)
  },
)

test('a damaged database is set aside with a loud line, and the charger comes up', async () => {
  const csms = await central()
  const state = freshDirectory()
  writeFileSync(join(state, 'pilotwire.db'), 'this is no database, and has never been one\n'.repeat(500))
  const station = pilotwire(['run', '--id', 'CP-1', '--csms', csms.url, '--state', state])
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  const { code, err } = await station.end()
  expect(code).toBe(0)
  expect(err).toMatch(/the damaged database was set aside and a new one begun/)
  expect(readdirSync(state)).toContain('pilotwire.db.damaged-1')
})

test('a damaged latch of welds keeps every contactor open, and says which file it is', async () => {
  const csms = await central()
  const state = freshDirectory()
  writeFileSync(join(state, 'latch.json'), '{"welded":')
  const station = pilotwire(['run', '--id', 'CP-1', '--csms', csms.url, '--state', state])
  // The first tick may come after the first report.
  await csms.request('StatusNotification', { connectorId: 1, status: 'Faulted' })
  await station.said(/latch\.json".*"msg":"the latch of welded contactors cannot be used/)
  expect((await station.end()).code).toBe(0)
})

test('a log that nobody reads, or whose disk is full, stops nothing', async () => {
  const csms = await central()
  for (const [at, environment] of [
    ['pipe', {}],
    ['full', { OCPP_LOG_FILE: '/dev/full' }],
  ] as const) {
    const from = csms.heard.all.length
    const id = `CP-${at}`
    const station = pilotwire(['run', '--id', id, '--csms', csms.url, '--state', freshDirectory(), '--log', 'debug'], { environment })
    // Paused: the pipe's 64 KiB are full after some hundred frames.
    station.child.stderr.pause()
    await csms.request('StatusNotification', { connectorId: 1 }, from)
    for (let n = 0; n < 300; n++) expect((await csms.trigger(id, 'StatusNotification', 1)).kind).toBe('result')
    station.child.stderr.resume()
    expect((await station.end()).code).toBe(0)
  }
})
