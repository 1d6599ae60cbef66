import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { handStation } from './csms/station.ts'

const children: ChildProcessWithoutNullStreams[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A user's own, so that none of a person's is touched. */
const home = mkdtempSync(join(tmpdir(), 'pilotwire-bench-'))
const quiet = ['--http', 'off', '--database', ':memory:'] as const

/** The program as a user starts it, with a pipe instead of a terminal. */
function bench(...args: readonly string[]) {
  const own = { HOME: home, XDG_STATE_HOME: undefined, STATE_DIRECTORY: undefined, DATABASE_URL: undefined, PILOTWIRE_BENCH_TOKEN: undefined }
  const child = spawn(process.execPath, ['bench/main.ts', ...args], { cwd: new URL('../..', import.meta.url), env: { ...process.env, ...own } })
  children.push(child)
  let out = ''
  let err = ''
  child.stderr.on('data', (data) => {
    err += String(data)
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }))
  const waiting: { readonly words: RegExp; readonly found: (match: RegExpExecArray) => void }[] = []
  child.stdout.on('data', (data) => {
    out += String(data)
    for (const { words, found } of waiting) {
      const match = words.exec(out)
      if (match !== null) found(match)
    }
  })
  return {
    child,
    ended,
    said: (words: RegExp) =>
      new Promise<RegExpExecArray>((found) => {
        const match = words.exec(out)
        if (match === null) waiting.push({ words, found })
        else found(match)
      }),
  }
}

const start = { connectorId: 1, idTag: '04A2B3C4', meterStart: 0, timestamp: '2026-03-01T08:00:00.000Z' }

test('a station is served, commands come through the pipe, the journal is written, quit ends with 0', async () => {
  const journal = join(mkdtempSync(join(tmpdir(), 'pilotwire-bench-')), 'journal.jsonl')
  const run = bench('csms', ...quiet, '--port', '0', '--heartbeat', '77', '--cards', '04A2B3C4, OTHER', '--journal', journal)
  const [, url = ''] = await run.said(/(ws:\/\/127\.0\.0\.1:\d+) /)
  const station = await handStation(url, 'CP-1')
  expect((await station.call('BootNotification', { chargePointVendor: 'Hand', chargePointModel: 'Written' }))[2]).toMatchObject({ interval: 77 })
  expect((await station.call('Authorize', { idTag: 'STRANGER' }))[2]).toEqual({ idTagInfo: { status: 'Invalid' } })
  await station.call('StartTransaction', start)
  run.child.stdin.write('start 1 04A2B3C4\n')
  await run.said(/CP-1 answered RemoteStartTransaction: Accepted/)
  expect(station.asked[0]?.slice(2)).toEqual(['RemoteStartTransaction', { connectorId: 1, idTag: '04A2B3C4' }])
  run.child.stdin.write('quit\n')
  const { code, out, err } = await run.ended
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/CP-1 +● +transaction 1 started: CP-1\/1, card 04A2B3C4, meter 0 Wh/)
  expect(out).toMatch(/CP-1 +──▸ StartTransaction +connectorId=1 idTag=04A2B3C4/)
  expect(readFileSync(journal, 'utf8')).toMatch(/^\{"at":.*"event":"started".*\}\n$/)
})

test('a pipe that ends leaves it running; SIGTERM ends it with 0', async () => {
  const run = bench('csms', ...quiet, '--port', '0', '--log', 'events')
  run.child.stdin.end()
  const [, url = ''] = await run.said(/(ws:\/\/127\.0\.0\.1:\d+) /)
  const station = await handStation(url, 'CP-1')
  await station.call('Heartbeat', {})
  run.child.kill('SIGTERM')
  const { code, out } = await run.ended
  expect(code).toBe(0)
  expect(out).toMatch(/CP-1 +● +connected from 127/)
  expect(out).not.toMatch(/Heartbeat/)
})

test('a port in use ends with 2 and clear words', async () => {
  const first = bench('csms', ...quiet, '--port', '0')
  const [, port = ''] = await first.said(/ws:\/\/127\.0\.0\.1:(\d+) /)
  const { code, err } = await bench('csms', ...quiet, '--port', port).ended
  expect([code, err]).toEqual([2, `pilotwire-bench: --port: port ${port} on 127.0.0.1 is in use. End the program that listens there, or choose another port\n`])
})

describe('scenarios', () => {
  test('a bare name is found, a failure ends with 1, and the report tells of both', async () => {
    const report = join(mkdtempSync(join(tmpdir(), 'pilotwire-bench-')), 'report.xml')
    const { code, out, err } = await bench('run', 'unknown-card', 'test/bench/scenarios/must-fail.yaml', '--junit', report).ended
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(/^ok +unknown-card: Cards that are no good \([\d.]+ s, .* of simulated time\)\nFAILED +must-fail: /)
    expect(out).toMatch(/expected StartTransaction .*"TAG2".*\n[\s\S]*with\.idTag: expected "TAG2", came "TAG1"[\s\S]*\n1 passed, 1 failed, 0 skipped\n$/)
    expect(readFileSync(report, 'utf8')).toMatch(/<testsuite name="central system of the bench" tests="2" failures="1"/)
  })

  test('a central system behind a URL is played against in real time', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'pilotwire-bench-')), 'server.log')
    const csms = bench('csms', ...quiet, '--port', '0', '--log', 'silent', '--frames', log)
    const [, url = ''] = await csms.said(/(ws:\/\/127\.0\.0\.1:\d+) /)
    const { code, out } = await bench('run', 'test/bench/scenarios/quick.yaml', 'reservation', '--csms', url, '--id', 'CP-7', '--set', 'card=MINE').ended
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^ok +quick: .*\nskipped +reservation: .*\n +it needs the central system of the bench.*\n1 passed, 0 failed, 1 skipped\n$/),
    ])
    expect(readFileSync(log, 'utf8')).toMatch(/\[SERVER-RECV\] CP-7 Authorize id=\S+ \[2,.*"idTag":"MINE"/)
    expect(readFileSync(log, 'utf8')).toMatch(/\[SERVER-SEND\] CP-7 Authorize id=\S+ latency=\d+ms \[3,/)
  })
})

describe('the command line', () => {
  test.each<[readonly string[], number, RegExp]>([
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['--help'], 0, /csms/],
    [['csms', '--help'], 0, /--heartbeat <seconds>/],
    [['dance'], 2, /unknown command 'dance'/],
    [['csms', '--port', '70000'], 2, /port is a whole number from 0 to 65535/],
    [['csms', '--log', 'poems'], 2, /frames, events, silent/],
    [['csms', ...quiet, '--port', '0', '--journal', '/proc/nowhere/journal'], 2, /--journal: \/proc\/nowhere\/journal: .*Name a file that may be written/],
    [['csms', ...quiet, '--port', '0', '--frames', '/proc/nowhere/frames'], 2, /--frames: \/proc\/nowhere\/frames cannot be written/],
    [['csms', 'surplus'], 2, /too many arguments/],
    [['csms', '--http', 'door'], 2, /--http: door is no port\. Write 8080, HOST:8080, or off/],
    [['csms', '--token', 'short'], 2, /--token: is no token\. Take at least 8/],
    [['csms', '--tariff', 'much'], 2, /the tariff is a price like 0\.35/],
    [['csms', '--currency', 'euro'], 2, /three letters: EUR/],
    [['csms', '--cors', 'https://tool.example/page'], 2, /an origin is a URL without a path/],
    [['csms', '--tls-cert', 'cert.pem'], 2, /--tls-key: is missing/],
    [['csms', '--sites', 'jejj'], 2, /no sites of this name.*Did you mean jeju\?/],
    [['csms', ...quiet, '--broker', 'mqtt://127.0.0.1:9'], 2, /--broker: needs a database that all processes share/],
    [['sites', 'verify', 'jeju'], 0, /\njeju-seogwipo .* 10 +- +500 +500\n[\s\S]*\n3 sites, 34 chargers, 2,900 kW\n$/],
    [['sites', 'verify'], 2, /--database: there is no .*csms\.db\. Start pilotwire-bench csms once/],
    [['sites', 'import', './none.yaml'], 2, /none\.yaml: does not exist/],
    [['all', '--tls-cert', 'cert.pem'], 2, /--tls-cert: does not go with all/],
    [['all', '--pattern', 'stedy'], 2, /--pattern: no pattern stedy.*Did you mean steady\?/],
    [['demo', '--speed', '1'], 2, /speed is a whole number from 60 to 100000/],
    [['run', '--list'], 0, /^boot-pending-rejected +Pending and Rejected are kept to.*\n(.*\n){19}$/],
    [['run'], 2, /no scenario is named.*--list/],
    [['run', 'regular-sesion'], 2, /no scenario of this name.*Did you mean regular-session\?/],
    [['run', './none.yaml'], 2, /none\.yaml: does not exist/],
    [['run', 'regular-session', '--csms', 'ws://127.0.0.1:9', '--time', 'simulated'], 2, /simulated time does not go with --csms/],
    [['run', 'regular-session', '--set', 'crad=X'], 2, /no scenario here has a variable "crad".*Did you mean card\?/],
    [['run', 'regular-session', '--csms', 'http://127.0.0.1:9'], 2, /http:\/\/ is not a WebSocket|not a WebSocket/],
  ])('%j ends with %i', async (args, expected, words) => {
    const { code, out, err } = await bench(...args).ended
    expect(code).toBe(expected)
    expect(expected === 0 ? out : err).toMatch(words)
  })
})
