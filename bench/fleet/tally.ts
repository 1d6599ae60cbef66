import { type LatencyCounts, latencies } from './latencies.ts'

/** What a fleet has counted. */
export interface Tally {
  frame(direction: 'in' | 'out', count?: number): void
  /** A CALL of ours was answered, in ms of real time. */
  answered(action: string, ms: number): void
  /** Counted among the errors, by name. */
  failed(name: string, count?: number): void
  /** Counted beside the errors, by name. */
  noted(name: string, count?: number): void
  /** Adds what another process counted. */
  merge(other: TallyCounts): void
  readonly counts: TallyCounts
}

/** As plain JSON. */
export interface TallyCounts {
  readonly framesIn: number
  readonly framesOut: number
  readonly calls: Readonly<Record<string, LatencyCounts>>
  /** `time-out of StartTransaction`, `disconnect` ...: what a measurement must not have. */
  readonly errors: Readonly<Record<string, number>>
  /** `transactions`, `cuts` ...: what happened besides. */
  readonly notes: Readonly<Record<string, number>>
}

/** More names than these nobody reads, and a hostile central system may think of many. */
const mostNames = 200

export function tally(): Tally {
  const frames = { in: 0, out: 0 }
  const calls = new Map<string, ReturnType<typeof latencies>>()
  const errors = new Map<string, number>()
  const notes = new Map<string, number>()
  const callsOf = (action: string) => {
    const found = calls.get(action) ?? latencies()
    calls.set(action, found)
    return found
  }
  const count = (names: Map<string, number>, name: string, many: number) => {
    const known = names.has(name) || names.size < mostNames ? name : 'others'
    names.set(known, (names.get(known) ?? 0) + many)
  }
  return {
    frame(direction, many = 1) {
      frames[direction] += many
    },
    answered: (action, ms) => callsOf(action).add(ms),
    failed: (name, many = 1) => count(errors, name, many),
    noted: (name, many = 1) => count(notes, name, many),
    merge(other) {
      frames.in += other.framesIn
      frames.out += other.framesOut
      for (const [action, each] of Object.entries(other.calls)) callsOf(action).merge(each)
      for (const [name, many] of Object.entries(other.errors)) count(errors, name, many)
      for (const [name, many] of Object.entries(other.notes)) count(notes, name, many)
    },
    get counts() {
      return {
        framesIn: frames.in,
        framesOut: frames.out,
        calls: Object.fromEntries([...calls].map(([action, each]) => [action, each.counts])),
        errors: Object.fromEntries(errors),
        notes: Object.fromEntries(notes),
      }
    },
  }
}

/** All the calls together. */
export function allCalls({ calls }: TallyCounts): LatencyCounts {
  const all = latencies()
  for (const each of Object.values(calls)) all.merge(each)
  return all.counts
}

export const errorsOf = ({ errors }: TallyCounts): number => Object.values(errors).reduce((sum, each) => sum + each, 0)
