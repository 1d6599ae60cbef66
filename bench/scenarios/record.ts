import type { Clock } from '../../src/base/clock.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import { shown } from './pattern.ts'

/** A frame of a scenario, as the station saw it. */
export interface Recorded {
  /** 1, 2, ... */
  readonly number: number
  /** ms since the scenario began. */
  readonly atMs: number
  readonly from: 'station' | 'csms'
  readonly kind: FrameSeen['kind']
  /** Of the CALL, also for its answer. */
  readonly action: string | undefined
  readonly id: string | undefined
  /** Secrets are taken out. */
  readonly payload: unknown
  /** Of a CALL, once it came. */
  answer: Recorded | undefined
}

/** Everything that passed between a station and its central system. */
export interface FrameRecord {
  readonly all: readonly Recorded[]
  add(frame: FrameSeen): void
  /** CALLs are answered on the connection that they came on, or never. */
  disconnected(): void
  /** Frames that no declaration of OCPP 1.6 fits, in words. */
  readonly misfits: readonly string[]
}

export function frameRecord(clock: Clock): FrameRecord {
  const all: Recorded[] = []
  const misfits: string[] = []
  const open = new Map<string, Recorded>()
  const startMs = clock.monotonic()
  const note = (entry: Recorded) => {
    const words = misfitOf(entry)
    if (words !== undefined) misfits.push(`${frameWords(entry)}: ${words}`)
  }
  return {
    all,
    misfits,
    add({ direction, kind, action, id, payload }) {
      const from = direction === 'out' ? 'station' : 'csms'
      const entry: Recorded = { number: all.length + 1, atMs: clock.monotonic() - startMs, from, kind, action, id, payload, answer: undefined }
      all.push(entry)
      if (kind === 'call') open.set(`${from} ${id}`, entry)
      else {
        const key = `${from === 'station' ? 'csms' : 'station'} ${id}`
        const call = open.get(key)
        if (call !== undefined) call.answer = entry
        open.delete(key)
      }
      note(entry)
    },
    disconnected: () => open.clear(),
  }
}

/** What OCPP 1.6 says against a frame; undefined: nothing. An action that OCPP does not know is the peer's to refuse. */
function misfitOf({ kind, action, payload }: Recorded): string | undefined {
  if (kind === 'malformed') return `no OCPP frame: ${(payload as { readonly reason: string }).reason}`
  const message = action === undefined ? undefined : messages16.get(action)?.message
  if (message === undefined || (kind !== 'call' && kind !== 'result')) return undefined
  return violationOf(kind === 'call' ? message.request : message.response, payload)?.description
}

const arrows = { station: 'station -> csms', csms: 'csms -> station' } as const
const kinds = { call: '', result: ' (answer)', error: ' (error)', malformed: ' (malformed)', unknown: ' (unknown)' } as const

/** A frame in one line. */
export function frameWords({ atMs, from, kind, action, payload }: Recorded, most = 300): string {
  return `${spanWords(atMs).padStart(10)}  ${arrows[from]}  ${action ?? '?'}${kinds[kind]} ${shown(payload, most)}`
}

/** Time since the beginning: `+12.34s`, `+2h05m`. */
export function spanWords(ms: number): string {
  if (ms < 600_000) return `+${(ms / 1_000).toFixed(2)}s`
  const minutes = Math.floor(ms / 60_000)
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return `+${minutes}m${String(Math.floor(ms / 1_000) % 60).padStart(2, '0')}s`
  return hours < 48 ? `+${hours}h${String(minutes % 60).padStart(2, '0')}m` : `+${Math.floor(hours / 24)}d${String(hours % 24).padStart(2, '0')}h`
}
