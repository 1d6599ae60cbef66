import { describe, expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import type { SeenFrame } from '../../src/local/ports.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import { frameRing, otherActions } from '../../src/run/frame-ring.ts'

function bench() {
  const clock = simulatedClock()
  const frames = signal<FrameSeen>()
  const ring = frameRing(frames, clock)
  const passed: SeenFrame[] = []
  ring.passed.on((frame) => passed.push(frame))
  const pass = (direction: 'in' | 'out', kind: FrameSeen['kind'], action: string | undefined, id: string | undefined, payload: unknown = {}) =>
    frames.emit({ direction, kind, action, id, payload, at: clock.now() })
  return { clock, ring, passed, pass }
}
const numbers = (frames: readonly SeenFrame[]) => frames.map(({ number }) => number)

describe('the ring of frames', () => {
  test('an answer knows how long it took, whoever asked', async () => {
    const { clock, ring, pass, passed } = bench()
    pass('out', 'call', 'Heartbeat', 'a')
    await clock.advance(40)
    // The other end uses the same id for a question of its own.
    pass('in', 'call', 'Reset', 'a', { type: 'Soft' })
    await clock.advance(2)
    pass('out', 'result', 'Reset', 'a', { status: 'Accepted' })
    await clock.advance(8)
    pass('in', 'result', 'Heartbeat', 'a', { currentTime: 'now' })
    pass('in', 'result', undefined, 'b')
    expect(ring.newest({}).map(({ latencyMs }) => latencyMs)).toEqual([undefined, undefined, 2, 50, undefined])
    expect(ring.newest({}).map(({ payload }) => payload)).toEqual(passed.map(({ payload }) => payload))
    expect(ring.counts()).toEqual([
      { direction: 'out', action: 'Heartbeat', count: 1 },
      { direction: 'in', action: 'Reset', count: 1 },
    ])
  })

  test('it is filtered by action, direction, kind, text and number, the newest last', () => {
    const { ring, pass } = bench()
    pass('out', 'call', 'Heartbeat', '1')
    pass('in', 'result', 'Heartbeat', '1', { currentTime: '2026' })
    pass('out', 'call', 'Authorize', '2', { idTag: 'CaFe' })
    pass('in', 'error', 'Authorize', '2', { code: 'InternalError' })
    pass('in', 'malformed', undefined, undefined, { reason: 'no JSON' })
    expect(numbers(ring.newest({ action: 'authorize' }))).toEqual([3, 4])
    expect(numbers(ring.newest({ direction: 'out' }))).toEqual([1, 3])
    expect(numbers(ring.newest({ kind: 'malformed' }))).toEqual([5])
    expect(numbers(ring.newest({ text: 'cafe' }))).toEqual([3])
    expect(numbers(ring.newest({ text: 'BEAT' }))).toEqual([1, 2])
    expect(numbers(ring.newest({ after: 3 }))).toEqual([4, 5])
    expect(numbers(ring.newest({ limit: 2 }))).toEqual([4, 5])
    expect(numbers(ring.newest({ direction: 'in', limit: 1 }))).toEqual([5])
  })

  test('the newest 2,000 are kept', () => {
    const { ring, pass } = bench()
    for (let at = 1; at <= 5_000; at++) pass('out', 'call', 'Heartbeat', String(at))
    const kept = ring.newest({})
    expect(kept).toHaveLength(2_000)
    expect(kept[0]?.number).toBe(3_001)
    expect(kept.at(-1)?.number).toBe(5_000)
    expect(ring.counts()).toEqual([{ direction: 'out', action: 'Heartbeat', count: 5_000 }])
  })

  test('long payloads leave room for fewer, and one that is too long alone is kept', () => {
    const { ring, pass } = bench()
    for (let at = 1; at <= 20; at++) pass('in', 'call', 'DataTransfer', String(at), { data: 'x'.repeat(500_000) })
    expect(numbers(ring.newest({}))).toEqual([14, 15, 16, 17, 18, 19, 20])
    pass('in', 'call', 'DataTransfer', 'long', { data: 'x'.repeat(5_000_000) })
    expect(numbers(ring.newest({}))).toEqual([21])
    pass('in', 'call', 'DataTransfer', 'short', { data: 'x' })
    expect(numbers(ring.newest({}))).toEqual([22])
  })

  test('names that the other end invents, and questions that nobody answers, take no more than their room', () => {
    const { ring, pass } = bench()
    for (let at = 0; at < 1_000; at++) pass('in', 'call', `Action${at}${'x'.repeat(100)}`, String(at))
    const counts = ring.counts()
    expect(counts).toHaveLength(201)
    expect(counts.at(-1)).toEqual({ direction: 'in', action: otherActions, count: 800 })
    expect(counts[0]?.action).toHaveLength(50)
    pass('out', 'result', undefined, '0')
    pass('out', 'result', undefined, '999')
    expect(
      ring
        .newest({})
        .slice(-2)
        .map(({ latencyMs }) => latencyMs),
    ).toEqual([undefined, 0])
  })

  test('nothing is heard after it was closed', () => {
    const { ring, pass } = bench()
    ring.close()
    pass('out', 'call', 'Heartbeat', '1')
    expect(ring.newest({})).toEqual([])
  })
})
