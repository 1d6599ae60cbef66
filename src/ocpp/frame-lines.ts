import type { FrameSeen } from './wire.ts'

/** Who writes: a charge point, or the central system of the bench. */
export type Writer = 'charger' | 'server'

/** A frame as one end saw it. */
export type StampedFrame = Pick<FrameSeen, 'direction' | 'kind' | 'action' | 'id' | 'payload' | 'at'>

/** CALLs whose answer may still come, at the most; one whose answer never comes is forgotten. */
const mostOpen = 1_000

/** Frames as lines for people who filter with grep, each of them `time [TAG] station action key=value ... {payload}`. A charge point writes of each
 *  frame its kind, its payload and the frame itself, a central system only the frame. Made from frames whose secrets are taken out. */
export function frameLines(writer: Writer): (station: string, frame: StampedFrame) => readonly string[] {
  const open = new Map<string, number>()
  return (station, frame) => {
    const latency = latencyOf(station, frame, open)
    const [send, place] = [frame.direction === 'out', harmless(station)]
    const stamp = new Date(frame.at.epochMs).toISOString()
    const line = (tag: string, words: readonly string[]) => [stamp, `[${tag}]`, place, ...words].join(' ')
    const facts = [harmless(frame.action ?? '-'), `id=${harmless(frame.id ?? '-')}`, ...(latency === undefined ? [] : [`latency=${latency}ms`])]
    const way = send ? 'SEND' : 'RECV'
    const whole = rawOf(frame)
    if (writer === 'server') return [line(`SERVER-${way}`, [...facts, whole])]
    return [
      ...(send ? [] : [line('OCPP-RAW-RECV', [...facts, whole])]),
      ...tagsOf(frame).map(([tag, more]) => line(`OCPP-${tag}-${way}`, [...facts, ...more])),
      line(`CHARGER-${way}`, [...facts, whole]),
    ]
  }
}

/** What is told of each kind of frame beside the frame itself. */
function tagsOf({ kind, payload }: StampedFrame): readonly (readonly [tag: string, more: readonly string[]])[] {
  switch (kind) {
    case 'call':
      return [
        ['CALL', []],
        ['PAYLOAD', [printed(payload)]],
      ]
    case 'result':
      return [
        ['CALLRESULT', []],
        ['RESPONSE', [printed(payload)]],
      ]
    case 'error':
      return [['CALLERROR', [printed(payload)]]]
    case 'malformed':
    case 'unknown':
      return [['MALFORMED', [printed(payload)]]]
  }
}

/** ms from a CALL to its answer; undefined for everything else. */
function latencyOf(station: string, { direction, kind, id, at }: StampedFrame, open: Map<string, number>): number | undefined {
  const asked = direction === 'out' ? 'in' : 'out'
  if (kind === 'call') {
    const [oldest] = open.keys()
    if (open.size >= mostOpen && oldest !== undefined) open.delete(oldest)
    open.set(`${station} ${direction} ${id}`, at.bootMs)
    return undefined
  }
  const key = `${station} ${asked} ${id}`
  const since = open.get(key)
  open.delete(key)
  return since === undefined ? undefined : Math.round(at.bootMs - since)
}

/** The frame as it is on the wire, but for its secrets. */
function rawOf({ kind, id, action, payload }: StampedFrame): string {
  if (kind === 'call') return printed([2, id, action, payload])
  if (kind === 'result') return printed([3, id, payload])
  if (kind !== 'error') return printed(payload)
  const { code, description, details } = payload as { readonly code: unknown; readonly description: unknown; readonly details: unknown }
  return printed([4, id, code, description, details])
}

/** JSON has its control characters escaped already, but for those of Unicode that some terminals obey. */
const printed = (value: unknown) => (JSON.stringify(value) ?? 'null').replace(/[^\P{C}\p{Cn}]/gu, escaped)

/** A word of the other end, as one word of a line. */
const harmless = (word: string) => word.slice(0, 255).replace(/[\s\p{C}]/gu, '?')

function escaped(character: string): string {
  return [...Array(character.length).keys()].map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
}
