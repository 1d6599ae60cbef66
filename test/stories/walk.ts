import { isoOf } from '../../src/base/moment.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { seeded } from '../seeded.ts'
import { watchOutlets } from './outlet-watch.ts'
import { eventFor, pauseOf } from './walk-events.ts'
import { type Broken, evseCount, type WalkWorld, walkWorld } from './walk-world.ts'

export interface Walked {
  /** What went wrong, each with the number of its step. */
  readonly faults: readonly string[]
  /** The events, for whoever has to find out why. */
  readonly trail: readonly string[]
  readonly figures: {
    readonly frames: number
    readonly transactions: number
    readonly wh: number
    readonly resent: number
    readonly statuses: number
    readonly simulatedHours: number
    /** Starts of the program, and of the computer. */
    readonly lives: number
    readonly boots: number
    /** CALLs of the station by action. */
    readonly actions: Readonly<Record<string, number>>
  }
}

/** A charge point in a world of chance: cars, cards, faults, limits, a network and a central system that are not always there, a program and
 *  a computer that die. Whatever happens is noted; at the end everything is mended and all must have arrived.
 *  @param broken a rule that is broken on purpose */
export async function walk(seed: number, events: number, broken?: Broken): Promise<Walked> {
  const chance = seeded(seed)
  const faults: string[] = []
  const trail: string[] = []
  let step = 0
  const blame = (words: string) => void faults.push(`step ${step}: ${words}`)
  const w = await walkWorld(chance, blame, broken)
  const startMs = w.clock.monotonic()
  const outlets = watchOutlets(w, blame)
  for (step = 1; step <= events && faults.length === 0; step++) {
    const [name, act] = eventFor(chance, w)
    const before = w.plants.map(({ evse }) => w.status(evse)).join(' ')
    act()
    const by = pauseOf(chance)
    await w.clock.advance(by)
    trail.push(`${step}, ${isoOf(w.clock.now()).slice(11)}: ${before}: ${name}, ${Math.round(by)} ms before`)
  }
  if (faults.length === 0) {
    await comeToRest(w)
    outlets.stop()
    judge(w, blame)
  }
  return {
    faults,
    trail,
    figures: {
      frames: w.watch.frames,
      statuses: w.watch.statuses,
      transactions: w.book.all.length,
      resent: w.book.startsResent,
      wh: Math.round(flowed(w)),
      simulatedHours: Math.round((w.clock.monotonic() - startMs) / 360_000) / 10,
      lives: w.lives,
      boots: w.boots,
      actions: Object.fromEntries([...w.watch.actions].sort()),
    },
  }
}

const flowed = (w: WalkWorld) => w.plants.reduce((sum, { wh }) => sum + wh, 0)

/** Everything is mended, every session ended, and time enough given to deliver. */
async function comeToRest(w: WalkWorld): Promise<void> {
  w.network.dials('accept')
  w.network.silence(false)
  w.network.cut()
  w.poor.swallows = 0
  w.core?.settings.set('freeVend', false)
  // Whatever is still to pass passes, and a program that ended is back. Once more, because an update may have waited for the last session.
  for (let turn = 0; turn < 2; turn++) {
    await w.clock.advance(minutes(5))
    w.link?.connect()
    await mend(w)
    await endSessions(w)
  }
  await w.clock.advance(hours(1))
  // A clock-aligned sample of this very moment is on its way.
  for (let turn = 0; turn < 3 && w.station?.door.reporter.behind !== 0; turn++) await w.clock.advance(seconds(10))
}

async function mend(w: WalkWorld): Promise<void> {
  const { core } = w
  core?.settings.set('freeVend', false)
  for (const plant of w.plants) {
    for (const each of [...plant.faults]) plant.setFault(each, false)
    core?.raise(plant.evse, undefined)
    core?.limit(plant.evse, 'local', undefined)
  }
  for (const { id } of core?.reservations.all ?? []) core?.reservations.cancel(id)
  await w.clock.advance(seconds(5))
  for (const { evse } of w.plants) core?.guard.clear(evse)
  core?.setAvailability('all', true)
  await w.clock.advance(minutes(2))
}

async function endSessions(w: WalkWorld): Promise<void> {
  for (const { evse } of w.plants) {
    const waiting = w.core?.view(evse).waitingToken
    if (waiting !== undefined) w.swipe(waiting, evse)
    w.core?.stop(evse, 'local')
    await w.clock.advance(seconds(15))
    w.plants[evse - 1]?.unplug()
  }
}

/** One start and one stop for each transaction, and all energy sold: each transaction rounds twice to whole Wh. */
function judge(w: WalkWorld, blame: (words: string) => void): void {
  const { book, losses, station } = w
  const behind = station?.door.reporter.behind ?? 'all'
  if (behind !== 0) blame(`${behind} facts were not delivered`)
  for (const { evse } of w.plants) {
    if (w.status(evse) !== 'available') blame(`connector ${evse} is ${w.status(evse)} at last`)
  }
  for (const { id, start } of book.running) blame(`transaction ${id} has no stop: ${JSON.stringify(start)}`)
  for (const { what, request } of book.oddities) blame(`${what}: ${JSON.stringify(request)}`)
  const sold = book.ended.reduce((sum, { start, stop }) => sum + (stop?.meterStop ?? 0) - start.meterStart, 0)
  // What one transaction loses by rounding the next one gains: nothing flows between them. One that was cut off has no next.
  const rounding = evseCount + losses.transactions
  if (Math.abs(sold + losses.wh - flowed(w)) > rounding)
    blame(`${sold} Wh sold, ${losses.wh.toFixed(1)} Wh cut off, ${flowed(w).toFixed(1)} Wh flowed, in ${book.all.length} transactions`)
}
