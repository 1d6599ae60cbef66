import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Fact, LogKind } from '../../src/core/facts.ts'
import type { LogSpan } from '../../src/core/transfer.ts'
import { type ArchiveParts, logArchive } from '../../src/run/log-archive.ts'
import { charging } from '../stories/asking.ts'
import { type World, world } from '../stories/world.ts'
import { place } from '../transfer/place.ts'

/** Real turns of the event loop, the world's time. */
const partsOf = (w: World, more: Partial<ArchiveParts> = {}): ArchiveParts => ({
  ...{ id: 'CP 1/a', about: { versions: { pilotwire: '0.0.0' } }, core: w.core, store: w.store, lines: () => [], logFile: undefined, secrets: [] },
  clock: { ...w.clock, after: systemClock().after },
  directory: join(place(), 'logs'),
  ...more,
})

async function archived(
  w: World,
  { kind = 'diagnostics' as LogKind, span = {} as LogSpan, ...more }: Partial<ArchiveParts> & { kind?: LogKind; span?: LogSpan } = {},
) {
  const path = await logArchive(kind, span, partsOf(w, more))
  if (path === undefined) throw new Error('nothing was written')
  const files = Object.fromEntries(Object.entries(unzipSync(readFileSync(path))).map(([name, bytes]) => [name, strFromU8(bytes)]))
  return { name: basename(path), files, linesOf: (file: string) => (files[file] ?? '').split('\n').filter((line) => line !== '') }
}

test('diagnostics: what the station is, how it is set, how it stands, what it said and what happened', async () => {
  const w = await charging()
  const line = '{"level":"info","time":"2026-03-01T08:00:00.000Z","msg":"transaction started"}'
  const { name, files, linesOf } = await archived(w, { lines: () => [line] })
  expect(name).toMatch(/^pilotwire-CP_1_a-20260301T0800\d\dZ\.zip$/)
  expect(Object.keys(files)).toEqual(['about.json', 'configuration.json', 'status.json', 'log.txt', 'facts.jsonl'])
  expect(JSON.parse(files['about.json'] ?? '')).toMatchObject({ station: 'CP 1/a', clockIsSet: true, versions: { pilotwire: '0.0.0' } })
  expect(JSON.parse(files['configuration.json'] ?? '')).toMatchObject({ HeartbeatInterval: { value: '300', readonly: false } })
  expect(JSON.parse(files['status.json'] ?? '')).toMatchObject({ evses: [{ evse: 1, status: 'charging' }] })
  expect(linesOf('log.txt')).toEqual([line])
  expect(linesOf('facts.jsonl').map((each) => JSON.parse(each).fact.kind)).toContain('transactionStarted')
})

test('no secret is in it: neither the key nor the password of an address, wherever they stand', async () => {
  const w = await world({ settings: { AuthorizationKey: 'TopSecretKey1234' } })
  w.core.security.note('invalidMessages', 'location ftp://anna:geh/e@im@files/x')
  const lines = ['{"msg":"key TopSecretKey1234 and control-token"}', '{"url":"https://anna:geheim@files/x?a=b"}']
  const { files } = await archived(w, { lines: () => lines, secrets: ['TopSecretKey1234', 'control-token', ''] })
  const all = Object.values(files).join('\n')
  expect(all).not.toMatch(/TopSecretKey1234|control-token|anna|geheim|geh\/e/)
  expect(all).toContain('ftp://files/x')
  expect(all).toContain('key (secret)')
})

test('only the span that was asked for', async () => {
  const w = await world()
  w.core.security.note('invalidMessages', 'early')
  await w.clock.advance(minutes(10))
  const middle = w.clock.now().epochMs
  w.core.security.note('invalidMessages', 'middle')
  await w.clock.advance(minutes(10))
  w.core.security.note('invalidMessages', 'late')
  const lines = ['00', '10', '20'].map((minute) => `2026-03-01T08:${minute}:30.000Z at ${minute}`)
  const span = { oldest: middle - seconds(60), latest: middle + seconds(60) }
  const { linesOf } = await archived(w, { span, lines: () => [...lines, 'without a time'] })
  expect(linesOf('log.txt')).toEqual([lines[1], 'without a time'])
  expect(linesOf('facts.jsonl').map((line) => JSON.parse(line).fact.info)).toEqual(['middle'])
  const security = await archived(w, { kind: 'security', span })
  expect(Object.keys(security.files)).toEqual(['security.jsonl'])
  expect(security.name).toContain('-security-')
  expect(security.linesOf('security.jsonl').map((line) => JSON.parse(line).info)).toEqual(['middle'])
})

test('a security log without events is no file', async () => {
  const w = await world()
  const parts = partsOf(w)
  expect(await logArchive('security', { oldest: w.clock.now().epochMs + 1 }, parts)).toBeUndefined()
})

test('of a log in a file the end is taken; what an earlier archive left is gone', async () => {
  const w = await world()
  const directory = place()
  const logFile = join(directory, 'pilotwire.log')
  writeFileSync(logFile, `${Array.from({ length: 60_000 }, (_, at) => `{"msg":"line ${at} ${'x'.repeat(80)}"}`).join('\n')}\n`)
  const own = join(directory, 'logs')
  mkdirSync(own)
  writeFileSync(join(own, 'pilotwire-old.zip'), 'old')
  const { files, linesOf } = await archived(w, { logFile, directory: own })
  expect((files['log.txt'] ?? '').length).toBeLessThan(4_200_000)
  expect(linesOf('log.txt').at(-1)).toContain('line 59999')
  expect(linesOf('log.txt').every((line) => line.startsWith('{"msg":"line '))).toBe(true)
})

test('of a large ledger the newest facts are read, a few at a time: a guard may tick in the same process', async () => {
  const w = await world()
  const ledger = w.store.ledger<Fact>()
  w.store.atomically(() => {
    for (let at = 0; at < 25_000; at++) {
      ledger.append(w.clock.now(), { kind: 'securityEvent', event: 'invalidMessages', info: `number ${at}` }, { durability: 'grouped' })
    }
  })
  const seen: string[] = []
  const parts = partsOf(w)
  const after: typeof ledger.after = (sequence, limit) => {
    const found = ledger.after(sequence, limit)
    seen.push(found.length > 100 ? 'too many' : 'read')
    return found
  }
  const watched = Object.create(ledger, { after: { value: after } }) as typeof ledger
  const store = Object.create(w.store, { ledger: { value: () => watched } }) as World['store']
  const turning: typeof parts.clock.after = (name, delay, run) => {
    if (seen.at(-1) !== 'turn') seen.push('turn')
    return parts.clock.after(name, delay, run)
  }
  const { linesOf } = await archived(w, { store, clock: { ...parts.clock, after: turning } })
  expect(linesOf('facts.jsonl')).toHaveLength(20_000)
  expect(linesOf('facts.jsonl').at(-1)).toContain('number 24999')
  expect(seen.filter((each) => each === 'read')).toHaveLength(201)
  expect(seen.some((each, at) => each === 'too many' || (each === 'read' && seen[at - 1] === 'read'))).toBe(false)
})

test('an archive that cannot be finished leaves nothing behind: the disk may be full of it', async () => {
  const w = await world()
  const own = join(place(), 'logs')
  const broken = Object.create(w.store.ledger<Fact>(), {
    after: {
      value: () => {
        throw new Error('no room')
      },
    },
  })
  const store = Object.create(w.store, { ledger: { value: () => broken } }) as World['store']
  await expect(logArchive('diagnostics', {}, partsOf(w, { store, directory: own }))).rejects.toThrow('no room')
  expect(existsSync(own)).toBe(false)
})

test('of a log file that was begun a moment ago the part before it is taken too', async () => {
  const w = await world()
  const logFile = join(place(), 'log')
  writeFileSync(`${logFile}.1`, 'one\ntwo\n')
  writeFileSync(logFile, 'three\n')
  expect((await archived(w, { logFile })).linesOf('log.txt')).toEqual(['one', 'two', 'three'])
})

test.each(['/dev/null', '/nowhere/pilotwire.log'])('a log that goes to %s has no lines, and is no reason to send nothing', async (logFile) => {
  const { files } = await archived(await world(), { logFile })
  expect([files['log.txt'], files['about.json']]).toEqual(['', expect.stringContaining('CP 1/a')])
})
