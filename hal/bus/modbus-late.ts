import type { Millis } from '../../src/base/units.ts'
import { type Ask, isRead, type Reply, replyLength } from './modbus-frame.ts'
import type { Choice, Job } from './modbus-master.ts'

/** Which request may go next on a serial line, so that a reply that comes late cannot pass for another's.
 *
 *  A reply on a serial line says its unit, function and length, but neither the registers nor the request. Two rules keep readings apart:
 *  1. Hard, per unit: no request is sent while the reply to another one for other registers, of the same unit, function and length, may still
 *     come. It may while `lateMs` have not passed since the request failed; and since a request succeeded whose reply may have been that of
 *     an earlier try, for then its own is still to come.
 *  2. Whole bus: consecutive requests for different registers have replies of different lengths. It also holds when a device says things
 *     twice, or under another's address.
 *  A read is widened to another length where the device allows; else another request goes first; else a short read goes between (rule 2),
 *  or the request waits (rule 1) and what would hold it up further waits behind it. Writes never wait: their reply repeats the register. */

/** How late a reply may come after its request was given up. */
export const lateMs = 5_000
/** More lengths than this are not tried. */
const mostWidths = 16

interface Late {
  readonly ask: Ask
  readonly untilMs: Millis
}

export class LateReplies {
  #late: readonly Late[] = []
  #previous: Ask | undefined
  /** The previous request was answered with an exception. */
  #refused: Ask | undefined

  /** The request was given up at `nowMs`: its reply may come yet. */
  missed(ask: Ask, nowMs: Millis): void {
    this.#refused = undefined
    this.#late = [...this.#live(nowMs).filter((each) => !sameReply(each.ask, ask) || each.ask.at !== ask.at), { ask, untilMs: nowMs + lateMs }]
  }

  /** The request was answered, or so it seems: where the reply may have been that of an earlier try, its own is still to come. */
  answered(ask: Ask, reply: Reply, nowMs: Millis): void {
    const isLikely = (each: Ask) => (reply.kind === 'exception' ? each.unit === ask.unit && each.fn === ask.fn : sameReply(each, ask))
    if (this.#live(nowMs).some((each) => isLikely(each.ask))) this.missed(ask, nowMs)
    this.#refused = reply.kind === 'exception' ? ask : undefined
  }

  /** Requests whose answer may come, or come a second time. */
  suspects(nowMs: Millis): readonly Ask[] {
    const late = this.#live(nowMs).map(({ ask }) => ask)
    return this.#refused === undefined ? late : [...late, this.#refused]
  }

  #live(nowMs: Millis): readonly Late[] {
    this.#late = this.#late.filter(({ untilMs }) => untilMs > nowMs)
    return this.#late
  }

  sent(ask: Ask): void {
    this.#previous = ask
  }

  next(waiting: readonly Job[], nowMs: Millis): Choice | { readonly waitMs: Millis } {
    const late = this.#live(nowMs)
    // What older jobs wait for: their lengths may not be used by younger ones, or they would wait for ever.
    const wanted: Ask[] = []
    let between: Choice | undefined
    for (const job of waiting) {
      const free = widths(job).filter((ask) => !late.some((each) => mistakable(each.ask, ask)) && !wanted.some((each) => mistakable(each, ask)))
      const ask = free.find((each) => !this.#isAsLong(each) && !late.some((other) => isAsLong(other.ask, each))) ?? free.find((each) => this.#mayFollow(each))
      if (ask !== undefined) return { job, ask, gapMs: job.gapMs }
      const [first] = free
      if (first !== undefined) between ??= this.#between(job, first, late)
      wanted.push(job.ask)
    }
    return between ?? { waitMs: Math.min(...late.map(({ untilMs }) => untilMs - nowMs)) }
  }

  #isAsLong(ask: Ask): boolean {
    return this.#previous !== undefined && isAsLong(this.#previous, ask)
  }

  /** The same registers again can only be mistaken for themselves. */
  #mayFollow(ask: Ask): boolean {
    return !this.#isAsLong(ask) || (this.#previous !== undefined && sameReply(this.#previous, ask) && this.#previous.at === ask.at)
  }

  /** A shorter read of the same place, whose reply nobody wants; undefined while each could be mistaken. Nothing is shorter than one register:
   *  the job goes by itself. */
  #between(job: Job, ask: Ask, late: readonly Late[]): Choice | undefined {
    const short = shorter(ask, job.step)
    if (short.length === 0) return { job, ask, gapMs: job.gapMs }
    const free = short.find((each) => !late.some((other) => mistakable(other.ask, each)))
    return free && { job: undefined, ask: free, gapMs: job.gapMs }
  }
}

/** Shorter reads of the same place, shortest first. Half a number may be refused: that answer is short as well. */
function shorter(ask: Ask, step: number): readonly Ask[] {
  if (!isRead(ask)) return []
  const steps = Math.min(mostWidths, Math.ceil(ask.count / step) - 1)
  const counts = steps > 0 ? Array.from({ length: steps }, (_, at) => (at + 1) * step) : [1]
  return counts.filter((count) => count < ask.count).map((count) => ({ ...ask, count }))
}

/** The request as it is, and widened step by step. */
function widths({ ask, most, step }: Job): readonly Ask[] {
  if (!isRead(ask)) return [ask]
  const wider = Math.max(0, Math.min(mostWidths, Math.floor((most - ask.count) / step)))
  return Array.from({ length: wider + 1 }, (_, at) => ({ ...ask, count: ask.count + at * step }))
}

const isAsLong = (one: Ask, other: Ask) => isRead(one) && isRead(other) && replyLength(one) === replyLength(other)

/** The replies to both look alike. */
const sameReply = (one: Ask, other: Ask) => isAsLong(one, other) && one.unit === other.unit && one.fn === other.fn

/** The reply to one would pass for the reply to the other, and carries other registers. */
const mistakable = (one: Ask, other: Ask) => sameReply(one, other) && one.at !== other.at
