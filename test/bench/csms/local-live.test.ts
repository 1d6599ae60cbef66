import { expect, test } from 'vitest'
import type { StationFrame } from '../../../bench/csms/central-system.ts'
import type { LiveEvent } from '../../../bench/csms/live.ts'
import { localLive } from '../../../bench/csms/local-live.ts'
import type { Frame } from '../../../bench/csms/rest/shapes.ts'
import { signal } from '../../../src/base/signal.ts'

test('what the store and the stations do is told, and each frame is written down', () => {
  const [chargerChanged, transactionChanged, frames] = [signal<string>(), signal<{ transaction: number; charger: string }>(), signal<StationFrame>()]
  const siteChanged = signal<string>()
  const kept: Frame[] = []
  const told: LiveEvent[] = []
  const live = localLive(
    { chargerChanged, siteChanged, transactionChanged, frames: { keep: (frame) => void kept.push(frame), page: () => Promise.reject(new Error('not asked')) } },
    { frames },
  )
  live.events.on((event) => told.push(event))
  chargerChanged.emit('CP-1')
  siteChanged.emit('north')
  transactionChanged.emit({ transaction: 7, charger: 'CP-1' })
  const at = { bootMs: 0, boot: 'a', epochMs: Date.UTC(2026, 4, 1), trusted: true }
  frames.emit({ station: 'CP-1', direction: 'in', kind: 'call', action: 'Heartbeat', id: 'm1', payload: {}, at })
  const frame = { charger_id: 'CP-1', at: '2026-05-01T00:00:00.000Z', direction: 'in', kind: 'call', action: 'Heartbeat', message_id: 'm1', payload: {} }
  expect(kept).toEqual([frame])
  expect(told).toEqual([
    { topic: 'charger', charger: 'CP-1' },
    { topic: 'site', site: 'north' },
    { topic: 'transaction', transaction: 7, charger: 'CP-1' },
    { topic: 'frame', charger: 'CP-1', frame },
  ])
})
