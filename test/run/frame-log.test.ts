import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { minutes } from '../../src/base/units.ts'
import { keepFrames } from '../../src/run/frame-log.ts'
import { leaveOut } from '../left-out.ts'
import { ask, charging } from '../stories/asking.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-frame-log-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const page = readFileSync(join(import.meta.dirname, '../../docs/protocol-log.md'), 'utf8')
const nowhere = { print: () => {}, log: () => {} }
const usual = { largestBytes: 10_485_760, keep: 4 }

/** A session with samples, a remote start that is refused, a request that the station does not know, and a password. */
async function sessionInto(file: string, about = usual) {
  const w = await charging({ settings: { MeterValueSampleInterval: '10' }, parts: { newId: () => crypto.randomUUID() } })
  const stop = keepFrames('CP-1', w.station.door.peer.frames, { file, ...about }, nowhere)
  await w.swipe('TAG1')
  await w.until(() => w.status() === 'finishing')
  await w.swipe('TAG1')
  await w.until(() => w.status() === 'charging')
  await w.clock.advance(minutes(2))
  await ask(w, w.csms.change('CP-1', 'AuthorizationKey', '00112233445566778899aabbccddeeff00112233'))
  await ask(w, w.csms.call('CP-1', { action: 'NoSuchThing', request: {}, response: {} }, {}))
  return { w, stop }
}

const hasTools = ['bash', 'jq', 'awk'].every((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined)
if (!hasTools) leaveOut("filters of the protocol log's page: bash, jq or awk is not installed")

describe.skipIf(!hasTools)('the filters of the page, on the log of a real session', () => {
  const blocks = [...page.matchAll(/\n([^\n]*):\n\n```sh\n([\s\S]*?)```/g)].map(([, what = '', command = '']) => [what, command] as const)
  const expected: readonly RegExp[] = [
    /^(?=[\s\S]*\[OCPP-CALL-SEND\] CP-1 StartTransaction)(?=[\s\S]*\[OCPP-CALL-RECV\] CP-1 ChangeConfiguration)/,
    /^(.* id=(\S+).*\n)(.*id=\2.*\n){6}$/,
    /^\S+Z Charging$/m,
    /^\d+ MeterValues$/m,
    /^\d+ [A-Z][A-Za-z]+$/m,
    /\[OCPP-CALLERROR-SEND\] CP-1 NoSuchThing .*NotImplemented/,
    /^\{"idTag":"TAG1","meterStart":\d+\}$/m,
    /^\[2,"[^"]+","StartTransaction"\]$/m,
    /^2026-03-01T08:0\S+ \d+$/m,
  ]
  test('print what they say', async () => {
    const own = mkdtempSync(join(directory, 'page-'))
    const { stop } = await sessionInto(join(own, 'frames.log'))
    stop()
    expect(blocks).toHaveLength(expected.length)
    for (const [at, [what, command]] of blocks.entries()) {
      const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -o pipefail\n${command}`], { cwd: own, encoding: 'utf8' })
      expect({ what, status, stderr }).toEqual({ what, status: 0, stderr: '' })
      expect(stdout, what).toMatch(expected[at] as RegExp)
    }
  })
})

test("the page's example lines are what is written", async () => {
  const own = join(directory, 'example.log')
  const { w, stop } = await sessionInto(own)
  await ask(w, w.csms.trigger('CP-1', 'Heartbeat'))
  stop()
  const shapeOf = (lines: readonly string[]) =>
    lines.map((line) =>
      line
        .replace(/^\S+Z/, 'time')
        .replace(/id=\S+/, 'id')
        .replace(/latency=\d+ms/, 'latency')
        .replace(/"[^"]{4,}"/g, '"..."'),
    )
  const [, example = ''] = /\{\.\.\.\}`:\n\n```\n([\s\S]*?)```/.exec(page) ?? []
  const beats = readFileSync(own, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' Heartbeat '))
  expect(shapeOf(example.trimEnd().split('\n'))).toEqual(shapeOf(beats.slice(0, 7)))
})

test('no secret is in it, in none of its lines', async () => {
  const own = join(directory, 'secret.log')
  const { stop } = await sessionInto(own)
  stop()
  const text = readFileSync(own, 'utf8')
  expect(text.match(/AuthorizationKey.*\(secret\)/g)).toHaveLength(3)
  expect(text.toLowerCase()).not.toContain('00112233')
})

test('files are turned over at their size, and so many are kept', async () => {
  const own = mkdtempSync(join(directory, 'turned-'))
  const { stop } = await sessionInto(join(own, 'f.log'), { largestBytes: 2_000, keep: 3 })
  stop()
  expect(readdirSync(own).sort()).toEqual(['f.log', 'f.log.1', 'f.log.2', 'f.log.3'])
  const stamps = ['f.log.3', 'f.log.2', 'f.log.1', 'f.log']
    .flatMap((name) => readFileSync(join(own, name), 'utf8').trimEnd().split('\n'))
    .map((line) => line.slice(0, 24))
  expect(stamps).toEqual([...stamps].sort())
})

test('a dash means standard output, nothing the place of the log, and a stopped one is still', async () => {
  const w = await charging()
  const [printed, logged]: [string[], string[]] = [[], []]
  const places = { print: (line: string) => void printed.push(line), log: (line: string) => void logged.push(line) }
  const stops = [
    keepFrames('CP-1', w.station.door.peer.frames, { file: '-', ...usual }, places),
    keepFrames('CP-1', w.station.door.peer.frames, { file: undefined, ...usual }, places),
  ]
  await w.clock.advance(minutes(6))
  expect(printed.length).toBeGreaterThan(0)
  expect(printed).toEqual(logged)
  for (const stop of stops) stop()
  await w.clock.advance(minutes(6))
  expect(printed).toHaveLength(logged.length)
})

test('a file that cannot be written is refused with a remedy', async () => {
  const w = await charging()
  expect(() => keepFrames('CP-1', w.station.door.peer.frames, { file: directory, ...usual }, nowhere)).toThrow(ConfigError)
  expect(() => keepFrames('CP-1', w.station.door.peer.frames, { file: directory, ...usual }, nowhere)).toThrow(/frame log .*cannot be written.*--frames/)
})
