import type { Frame } from '../../../../src/local/rest/shapes.ts'

/** Frames as the station tells them, numbered as they pass; a second apart. */
export function passing() {
  let number = 0
  const frame = (given: Omit<Frame, 'number' | 'at' | 'latencyMs'> & { readonly latencyMs?: number }): Frame => {
    number++
    return { latencyMs: null, ...given, number, at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString() }
  }
  return {
    call: (direction: Frame['direction'], id: string, action: string, payload: unknown = {}) => frame({ direction, kind: 'call', id, action, payload }),
    result: (direction: Frame['direction'], id: string, payload: unknown = {}) =>
      frame({ direction, kind: 'result', id, action: null, payload, latencyMs: 20 }),
    error: (direction: Frame['direction'], id: string, code: string, description: string) =>
      frame({ direction, kind: 'error', id, action: null, payload: { code, description, details: {} } }),
    malformed: (direction: Frame['direction']) => frame({ direction, kind: 'malformed', id: null, action: null, payload: { reason: 'not JSON' } }),
  }
}
