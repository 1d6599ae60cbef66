import { rounded } from '../../core/figures.ts'
import type { SeenFrame } from '../ports.ts'
import { isoAt } from './session-picture.ts'
import type { Frame } from './shapes.ts'

/** A frame as the REST door tells it. */
export function frameOf({ number, at, direction, kind, action, id, payload, latencyMs }: SeenFrame): Frame {
  return {
    number,
    at: isoAt(at),
    direction,
    kind,
    action: action ?? null,
    id: id ?? null,
    payload: payload ?? null,
    latencyMs: rounded(latencyMs, 1) ?? null,
  }
}
