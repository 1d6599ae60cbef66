import type { Frame } from '../../rest/shapes.ts'

/** A request with its answer, as one line of the sequence; or a frame that belongs to no request. */
export interface Exchange {
  /** Rises, over a restart of the station too: the order of the list. */
  readonly key: number
  /** The CALL, or what stands alone. */
  readonly first: Frame
  readonly answer: Frame | undefined
  /** CALLs are sent one at a time in each direction (OCPP-J §4.1.1): once the next one passed, nobody waits for this one any more. */
  readonly isGivenUp: boolean
  /** Of both payloads, as JSON. */
  readonly characters: number
}

/** As many lines as are kept: what the ring of the station holds. */
export const mostExchanges = 2_000
/** Of all payloads that are kept; the ring of the station is as large. */
const mostCharacters = 4_000_000

/** The traffic of one connection, paired. */
export interface Traffic {
  /** Oldest first; the same array for as long as nothing passes. */
  readonly exchanges: readonly Exchange[]
  /** Frames that were taken in. */
  readonly count: number
  /** The ring of the station, oldest first: after each connection, for what was missed. A station that began anew is noticed. */
  load(ring: readonly Frame[]): void
  /** A frame as it passes. */
  add(frame: Frame): void
  clear(): void
}

const callOf = (answer: Frame) => `${answer.direction === 'in' ? 'out' : 'in'} ${answer.id}`

/** @param most exchanges @param mostOf characters of all payloads; the newest exchange is kept whatever its size */
export function traffic(most = mostExchanges, mostOf = mostCharacters): Traffic {
  let exchanges: Exchange[] = []
  /** Key of the exchange that waits, by direction and id of its CALL. */
  const open = new Map<string, number>()
  const newestCall = new Map<Frame['direction'], number>()
  let last: Frame | undefined
  let count = 0
  let characters = 0
  /** Added to the numbers of the station, which begin anew when it does. */
  let offset = 0

  /** From the back: an answer belongs to one of the newest. */
  const replace = (key: number, change: (exchange: Exchange) => Exchange) => {
    const at = exchanges.findLastIndex((each) => each.key === key)
    const found = exchanges[at]
    if (found !== undefined) exchanges = exchanges.with(at, change(found))
  }
  const push = (first: Frame, key: number) => {
    const size = sizeOf(first)
    characters += size
    exchanges = [...exchanges, { key, first, answer: undefined, isGivenUp: false, characters: size }]
  }
  const makeRoom = () => {
    let gone = 0
    for (const { first, key, characters: its } of exchanges.slice(0, -1)) {
      if (exchanges.length - gone <= most && characters <= mostOf) break
      gone += 1
      characters -= its
      if (open.get(waitingAs(first)) === key) open.delete(waitingAs(first))
    }
    if (gone > 0) exchanges = exchanges.slice(gone)
  }
  const call = (frame: Frame, key: number) => {
    const before = newestCall.get(frame.direction)
    if (before !== undefined) replace(before, (each) => (each.answer === undefined ? { ...each, isGivenUp: true } : each))
    newestCall.set(frame.direction, key)
    open.set(waitingAs(frame), key)
    push(frame, key)
  }
  const answer = (frame: Frame, key: number) => {
    const its = open.get(callOf(frame))
    open.delete(callOf(frame))
    if (its === undefined) return push(frame, key)
    const size = sizeOf(frame)
    characters += size
    replace(its, (each) => ({ ...each, answer: frame, characters: each.characters + size }))
  }

  const add = (frame: Frame) => {
    if (last !== undefined && frame.number <= last.number) return
    last = frame
    count++
    const key = offset + frame.number
    if (frame.kind === 'call') call(frame, key)
    else if (frame.kind === 'result' || frame.kind === 'error') answer(frame, key)
    else push(frame, key)
    makeRoom()
  }

  return {
    get exchanges() {
      return exchanges
    },
    get count() {
      return count
    },
    load(ring) {
      const [oldest] = ring
      if (last !== undefined && oldest !== undefined && oldest.number <= last.number && !ring.some(isSame(last))) {
        offset += last.number
        last = undefined
      }
      for (const frame of ring) add(frame)
    },
    add,
    clear() {
      exchanges = []
      characters = 0
      open.clear()
    },
  }
}

const sizeOf = ({ payload }: Frame) => JSON.stringify(payload)?.length ?? 0

const isSame = (one: Frame) => (other: Frame) => one.number === other.number && one.at === other.at && one.id === other.id
const waitingAs = (call: Frame) => `${call.direction} ${call.id}`

/** How an exchange went; `waiting`: no answer yet. */
export type Outcome = 'waiting' | 'accepted' | 'answered' | 'refused' | 'failed' | 'unanswered'

const accepted: readonly string[] = ['Accepted', 'Unlocked', 'Scheduled', 'RebootRequired', 'Idle']

/** @returns how it went, and the words for it: `Accepted`, `NotSupported`, `no answer` */
export function outcomeOf({ first, answer, isGivenUp }: Exchange): { readonly outcome: Outcome; readonly words: string } {
  const last = answer ?? first
  if (last.kind === 'malformed') return { outcome: 'failed', words: 'malformed' }
  if (last.kind === 'unknown') return { outcome: 'failed', words: 'unknown type' }
  if (last.kind === 'error') return { outcome: 'failed', words: textAt(last.payload, 'code') ?? 'CALLERROR' }
  if (last.kind === 'call') return isGivenUp ? { outcome: 'unanswered', words: 'no answer' } : { outcome: 'waiting', words: 'waiting…' }
  const status = statusOf(last.payload)
  return status === undefined ? { outcome: 'answered', words: 'OK' } : { outcome: accepted.includes(status) ? 'accepted' : 'refused', words: status }
}

function statusOf(payload: unknown): string | undefined {
  return textAt(payload, 'status') ?? textAt(fieldsOf(payload)['idTagInfo'], 'status') ?? textAt(fieldsOf(payload)['idTokenInfo'], 'status')
}

export function fieldsOf(payload: unknown): Readonly<Record<string, unknown>> {
  return typeof payload === 'object' && payload !== null ? (payload as Readonly<Record<string, unknown>>) : {}
}

export function textAt(payload: unknown, name: string): string | undefined {
  const value = fieldsOf(payload)[name]
  return typeof value === 'string' ? value : undefined
}

/** A frame as it went over the wire (OCPP-J §4.2); undefined: it was none. */
export function wireOf({ kind, id, action, payload }: Frame): string | undefined {
  if (kind === 'call') return JSON.stringify([2, id, action, payload])
  if (kind === 'result') return JSON.stringify([3, id, payload])
  if (kind !== 'error') return undefined
  const { code, description, details } = fieldsOf(payload)
  return JSON.stringify([4, id, code ?? '', description ?? '', details ?? {}])
}
