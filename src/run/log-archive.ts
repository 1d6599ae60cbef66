import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Clock } from '../base/clock.ts'
import { epochOf, isoOf, type Moment } from '../base/moment.ts'
import { withoutCredentials } from '../base/shown-address.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { Fact, LogKind } from '../core/facts.ts'
import { bootDocuments, settledMoments } from '../core/moments.ts'
import { securityLogLine } from '../core/security-log-lines.ts'
import type { LogSpan } from '../core/transfer.ts'
import { isOffered, isReadOnly, keys } from '../ocpp16/keys.ts'
import type { Ledger, Store } from '../store/store.ts'
import { writeZip, type ZipEntry } from './zip-file.ts'

export interface ArchiveParts {
  readonly id: string
  /** What stands in `about.json` beside the times: versions, board, machine. */
  readonly about: Readonly<Record<string, unknown>>
  readonly core: ChargePoint
  readonly store: Store
  readonly clock: Clock
  /** The newest lines of the log in memory. */
  readonly lines: () => readonly string[]
  /** Where the log goes, if it goes to a file. */
  readonly logFile: string | undefined
  /** Of its own: what an earlier archive left in it goes. */
  readonly directory: string
  /** Never in an archive, wherever they came from. */
  readonly secrets: readonly string[]
}

/** Bytes of a log file that are looked through, from its end. */
const fileTail = 4_194_304
/** The newest facts that are looked through: some megabytes. */
const mostFacts = 20_000
/** Facts that are read in one turn. */
const factsAtOnce = 100
/** A shorter word would take the place of innocent ones. */
const shortestSecret = 4

/** One zip with a readable name, `pilotwire-<id>-<utc>.zip`; of the security log that alone. Undefined: there is nothing in it.
 *  Facts and lines are those of the span, ms since 1970, both ends included; a line without a time is there whatever the span. */
export async function logArchive(kind: LogKind, span: LogSpan, parts: ArchiveParts): Promise<string | undefined> {
  const { id, store, clock, directory, secrets } = parts
  const now = clock.now()
  const ledger = store.ledger<Fact>()
  const settled = settledMoments(bootDocuments(store), ledger, clock)
  const turn = () => new Promise<void>((resolve) => clock.after('archive', 0, resolve))
  let lines = 0
  const clean = async function* (from: AsyncIterable<string> | Iterable<string>) {
    for await (const line of from) {
      lines++
      yield without(secrets, withoutCredentials(line))
    }
  }
  const entry = (name: string, from: AsyncIterable<string> | Iterable<string>): ZipEntry => ({ name, lines: clean(from) })
  const entries =
    kind === 'security'
      ? [entry('security.jsonl', securityLines(ledger, settled, span, turn))]
      : [
          entry('about.json', json({ station: id, at: isoOf(settled(now)), clockIsSet: now.trusted, upS: Math.round(now.bootMs / 1_000), ...parts.about })),
          entry('configuration.json', json(configurationOf(parts.core))),
          entry('status.json', json({ isOperative: parts.core.isOperative, evses: parts.core.evses.map((evse) => parts.core.view(evse)) })),
          entry('log.txt', within(span, parts.logFile === undefined ? parts.lines() : tailOf(parts.logFile))),
          entry('facts.jsonl', factLines(ledger, settled, span, turn)),
        ]
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const utc = isoOf(settled(now)).replace(/[-:]|\.\d+/g, '')
  const path = join(directory, `pilotwire-${id.replace(/[^\w.-]/g, '_').slice(0, 100)}-${kind === 'security' ? 'security-' : ''}${utc}.zip`)
  try {
    await writeZip(path, entries, now.epochMs, turn)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  if (lines > 0) return path
  await rm(path)
  return undefined
}

function json(value: unknown): readonly string[] {
  return JSON.stringify(value, undefined, 2).split('\n')
}

/** What GetConfiguration tells. */
function configurationOf(core: ChargePoint) {
  const told = keys.filter((key) => key.access !== 'w' && isOffered(key, core))
  return Object.fromEntries(told.map((key) => [key.key, { value: key.read(core), readonly: isReadOnly(key, core) }]))
}

function without(secrets: readonly string[], line: string): string {
  return secrets.reduce((text, secret) => (secret.length < shortestSecret ? text : text.replaceAll(secret, '(secret)')), line)
}

function isWithin({ oldest, latest }: LogSpan, epochMs: number): boolean {
  return epochMs >= (oldest ?? epochMs) && epochMs <= (latest ?? epochMs)
}

/** A line says its time in a field, or begins with it. */
const timeOf = /"time":"([^"]+)"|^(\S+Z) /

async function* within(span: LogSpan, lines: AsyncIterable<string> | Iterable<string>) {
  for await (const line of lines) {
    const [, field, beginning] = timeOf.exec(line) ?? []
    const epochMs = epochOf(field ?? beginning ?? '')
    if (epochMs === undefined || isWithin(span, epochMs)) yield line
  }
}

/** The end of a log file; a young one has a part before it (`lineWriter`). */
async function* tailOf(path: string) {
  const size = await sizeOf(path)
  if (size < fileTail) yield* linesOf(`${path}.1`, fileTail - size)
  yield* linesOf(path, fileTail)
}

/** @param most bytes, of its end */
async function* linesOf(path: string, most: number) {
  const size = await sizeOf(path)
  if (size === 0) return
  const start = Math.max(0, size - most)
  let isFirst = true
  for await (const line of createInterface({ input: createReadStream(path, { start }) })) {
    // It was cut somewhere.
    if (!isFirst || start === 0) yield line
    isFirst = false
  }
}

/** Bytes; 0: it was moved away, or it is a pipe, which would be read for ever. */
async function sizeOf(path: string): Promise<number> {
  const about = await stat(path).catch(() => undefined)
  return about?.isFile() === true ? about.size : 0
}

/** A few at a time: reading all at once would hold up whatever else this process does. */
async function* newestFacts(ledger: Ledger<Fact>, turn: () => Promise<void>) {
  let position = Math.max(0, ledger.last - mostFacts)
  for (let entries = ledger.after(position, factsAtOnce); entries.length > 0; entries = ledger.after(position, factsAtOnce)) {
    yield* entries
    position = entries.at(-1)?.sequence ?? position
    await turn()
  }
}

async function* factLines(ledger: Ledger<Fact>, settled: (at: Moment) => Moment, span: LogSpan, turn: () => Promise<void>) {
  for await (const { sequence, at: noted, fact } of newestFacts(ledger, turn)) {
    const at = settled(noted)
    if (isWithin(span, at.epochMs)) yield JSON.stringify({ sequence, at: isoOf(at), trusted: at.trusted, fact })
  }
}

async function* securityLines(ledger: Ledger<Fact>, settled: (at: Moment) => Moment, span: LogSpan, turn: () => Promise<void>) {
  for await (const entry of newestFacts(ledger, turn)) {
    const line = securityLogLine(entry, settled, span)
    if (line !== undefined) yield line
  }
}
