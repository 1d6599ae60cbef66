import type { Clock } from '../base/clock.ts'
import { type Listenable, signal } from '../base/signal.ts'
import type { FrameFilter, FrameRing, SeenFrame } from '../local/ports.ts'
import type { FrameSeen } from '../ocpp/wire.ts'

const mostFrames = 2_000
/** Characters of the payloads that are kept, all together: a central system that sends long ones must not fill the memory. */
const mostText = 4_000_000
/** CALLs that wait for their answer; the other end may never answer one, or send thousands. */
const mostOpen = 200
/** What the other end calls its actions is its own choice: the rest is counted as one. */
const mostActions = 200
const longestAction = 50
export const otherActions = '(other)'

/** A frame as it is kept: its payload as text, a fraction of the object's memory and quick to search. */
interface KeptFrame extends Omit<SeenFrame, 'payload'> {
  readonly text: string
}

/** Keeps the newest frames that pass. */
export function frameRing(frames: Listenable<FrameSeen>, clock: Clock): FrameRing & { close(): void } {
  const passed = signal<SeenFrame>()
  const open = new Map<string, number>()
  const counted = new Map<string, { readonly direction: 'in' | 'out'; readonly action: string; count: number }>()
  let kept: KeptFrame[] = []
  /** Where the oldest one stands: those before it are gone, and are cut off together. */
  let first = 0
  let length = 0
  let number = 0

  const count = (direction: 'in' | 'out', action: string) => {
    const name = `${direction} ${action}`
    const known = counted.get(name)
    if (known !== undefined) known.count++
    else if (counted.size < mostActions || action === otherActions) counted.set(name, { direction, action, count: 1 })
    else count(direction, otherActions)
  }
  /** Of an answer: ms since its CALL, which went the other way. */
  const latencyOf = ({ kind, direction, id }: FrameSeen): number | undefined => {
    if (id === undefined || (kind !== 'call' && kind !== 'result' && kind !== 'error')) return undefined
    const key = `${(kind === 'call') === (direction === 'out') ? 'ours' : 'theirs'} ${id}`
    const began = open.get(key)
    open.delete(key)
    if (kind !== 'call') return began === undefined ? undefined : clock.monotonic() - began
    open.set(key, clock.monotonic())
    const oldest = open.size > mostOpen ? open.keys().next().value : undefined
    if (oldest !== undefined) open.delete(oldest)
    return undefined
  }
  const makeRoom = () => {
    while (kept.length - first > mostFrames || (length > mostText && kept.length - first > 1)) length -= kept[first++]?.text.length ?? 0
    if (first < mostFrames / 4) return
    kept = kept.slice(first)
    first = 0
  }
  const off = frames.on((seen) => {
    const { direction, kind, id, payload, at } = seen
    const action = seen.action?.slice(0, longestAction)
    if (kind === 'call' && action !== undefined) count(direction, action)
    const frame = { number: ++number, at: at.epochMs, direction, kind, action, id, latencyMs: latencyOf(seen) }
    const text = JSON.stringify(payload) ?? 'null'
    kept.push({ ...frame, text })
    length += text.length
    makeRoom()
    passed.emit({ ...frame, payload })
  })

  return {
    newest(filter) {
      const fits = fitting(filter)
      const found: SeenFrame[] = []
      const limit = filter.limit ?? mostFrames
      for (let at = kept.length - 1; at >= first && found.length < limit; at--) {
        const frame = kept[at]
        if (frame === undefined || frame.number <= (filter.after ?? 0)) break
        if (!fits(frame)) continue
        const { text, ...rest } = frame
        found.push({ ...rest, payload: JSON.parse(text) })
      }
      return found.reverse()
    },
    passed,
    counts: () => [...counted.values()].map((each) => ({ ...each })),
    close: off,
  }
}

function fitting({ action, direction, kind, text }: FrameFilter): (frame: KeptFrame) => boolean {
  const wanted = action?.toLowerCase()
  const sought = text?.toLowerCase()
  return (frame) =>
    (wanted === undefined || frame.action?.toLowerCase() === wanted) &&
    (direction === undefined || frame.direction === direction) &&
    (kind === undefined || frame.kind === kind) &&
    (sought === undefined || frame.action?.toLowerCase().includes(sought) === true || frame.text.toLowerCase().includes(sought))
}
