import type { Clock } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/base/log.ts'
import { nextTurn } from '../../../src/base/turn.ts'
import { type Counted, countedEnergy } from './energy.ts'
import { DatabaseError, type Engine } from './engine.ts'
import { putAll, type Steps } from './steps.ts'

/** A write. It may be run several times; only one of them counts. */
export type Write<T> = (counted: Counted) => Steps<T>

/** Writes go to the database in groups: those that come while a commit is under way go together in the next one. */
export interface Writer {
  /** Resolves when the database has committed it. Writes of one station are done in the order in which they came.
   *  @throws DatabaseError when the database takes nothing, or does not keep up */
  write<T>(station: string, write: Write<T>): Promise<T>
  /** Asked at each group for what goes with it; nobody waits for that, and it is lost when it fails. */
  rider(load: () => Write<void> | undefined): void
  /** A group is wanted for the riders too. */
  nudge(): void
  /** Resolves when what came before was tried, with the riders of a group. */
  settled(): Promise<void>
  /** Takes nothing more, and resolves when everything is written. */
  close(): Promise<void>
}

interface Waiting {
  readonly station: string
  readonly write: Write<unknown>
  done(result: unknown): void
  failed(error: unknown): void
}

/** In one commit. In SQLite nothing else happens meanwhile, so that it is some milliseconds at most. */
const mostInGroup = 64
/** A database that is gone must not eat the memory. */
const mostWaiting = 10_000

export function writerTo(engine: Engine, { clock, log }: { readonly clock: Clock; readonly log: Log }): Writer {
  let queue: Waiting[] = []
  const riders: (() => Write<void> | undefined)[] = []
  let pumping: Promise<void> | undefined
  let isNudged = false
  let isClosed = false
  let isDown = false

  const noted = (error: unknown) => {
    if (!isDown) log.error({ reason: wordsOf(error) }, 'the database takes nothing')
    isDown = true
  }
  const transacted = async (group: readonly Waiting[]) => {
    const results = await engine.transact(function* () {
      const counted = countedEnergy(engine.slot, clock.now().epochMs)
      const made: unknown[] = []
      for (const { write } of group) made.push(yield* write(counted))
      yield* counted.written()
      return made
    })
    if (isDown) log.info({}, 'the database takes writes again')
    isDown = false
    for (const [index, each] of group.entries()) each.done(results[index])
  }
  /** Where one of them is at fault, each is done by itself. */
  const committed = async (group: readonly Waiting[]): Promise<void> => {
    try {
      await transacted(group)
    } catch (error) {
      const isOwn = engine.isItsOwn(error)
      if (isOwn) noted(error)
      if (!isOwn && group.length > 1) for (const each of group) await committed([each])
      else for (const each of group) each.failed(isOwn ? new DatabaseError(`the database takes nothing: ${wordsOf(error)}`, { cause: error }) : error)
    }
  }
  const ridersOf = (): readonly Waiting[] =>
    riders.flatMap((load) => {
      const write = load()
      // That the database takes nothing was said.
      const failed = (error: unknown) => error instanceof DatabaseError || log.warn({ reason: wordsOf(error) }, 'frames were not kept')
      return write === undefined ? [] : [{ station: '', write, done() {}, failed }]
    })
  /** A program that ends does not try each of thousands at a database that is gone: a try may take many seconds. */
  const giveUp = () => {
    for (const each of queue) each.failed(new DatabaseError('the database takes nothing, and the program ends'))
    queue = []
    isNudged = false
  }
  const pump = async () => {
    while (queue.length > 0 || isNudged) {
      await nextTurn()
      isNudged = false
      const group = inOneOrder(queue.slice(0, mostInGroup))
      queue = queue.slice(mostInGroup)
      const load = ridersOf()
      isNudged ||= load.length > 0
      if (group.length + load.length > 0) await committed([...group, ...load])
      if (isClosed && isDown) giveUp()
    }
    pumping = undefined
  }
  const run = () => {
    pumping ??= pump()
    return pumping
  }
  const write = <T>(station: string, wanted: Write<T>) =>
    new Promise<T>((resolve, failed) => {
      if (isClosed) throw new DatabaseError('the database is closed')
      if (queue.length >= mostWaiting) throw new DatabaseError(`the database does not keep up: ${queue.length} writes wait`)
      queue.push({ station, write: wanted, done: resolve as (result: unknown) => void, failed })
      void run()
    })
  return {
    write,
    rider: (load) => void riders.push(load),
    nudge() {
      isNudged = true
      void run()
    },
    // The failure of the riders was said where they failed.
    settled: () => write('', () => putAll('', [])).catch(() => {}),
    async close() {
      isClosed = true
      isNudged = true
      await run()
    },
  }
}

/** By station, so that two processes do not wait for each other's rows crosswise. A write of no station stays where it is among the others. */
function inOneOrder(group: readonly Waiting[]): readonly Waiting[] {
  let part = 0
  const placed = group.map((each) => {
    if (each.station === '') part++
    return { each, part }
  })
  return placed.sort((a, b) => a.part - b.part || (a.each.station < b.each.station ? -1 : Number(a.each.station > b.each.station))).map(({ each }) => each)
}
