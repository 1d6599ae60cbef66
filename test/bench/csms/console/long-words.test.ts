import { expect, test } from 'vitest'
import { centralSystem, type StationFrame } from '../../../../bench/csms/central-system.ts'
import { frameLine, plain } from '../../../../bench/csms/console/lines.ts'
import { localLive } from '../../../../bench/csms/local-live.ts'
import { dispatchOver } from '../../../../bench/csms/ocpp/dispatch.ts'
import type { Frame } from '../../../../bench/csms/rest/shapes.ts'
import { signal } from '../../../../src/base/signal.ts'
import { simulatedClock } from '../../../../src/base/simulated-clock.ts'
import { socketPair } from '../../../../src/ocpp/memory-socket.ts'

// What a station writes where OCPP has a word of some letters. None of it may fill a line, a row or an answer.

const long = 'A'.repeat(100_000)

test('an action of any length is a line of the console and a row of the frames', () => {
  const [frames, kept] = [signal<StationFrame>(), [] as Frame[]]
  const none = { on: () => () => {} }
  const store = {
    chargerChanged: none,
    siteChanged: none,
    transactionChanged: none,
    frames: { keep: (frame: Frame) => void kept.push(frame), page: () => Promise.reject() },
  }
  localLive(store, { frames })
  const at = { bootMs: 0, boot: 'b', epochMs: 0, trusted: true }
  const frame: StationFrame = { station: 'CP-1', direction: 'in', kind: 'call', action: long, id: '1', payload: {}, at }
  frames.emit(frame)
  expect(kept[0]?.action).toHaveLength(255)
  expect(frameLine(frame, plain).length).toBeLessThan(2_000)
  expect(frameLine({ ...frame, kind: 'error', payload: { code: long, description: long, details: {} } }, plain).length).toBeLessThan(4_000)
})

test('a CALLERROR of any length is a short answer', async () => {
  const clock = simulatedClock()
  const system = centralSystem({ clock })
  const [charger, server] = socketPair(clock)
  charger.received.on((text) => charger.send(JSON.stringify([4, (JSON.parse(text) as readonly unknown[])[1], long, long, {}])))
  system.attach(server, 'CP-1')
  const answer = dispatchOver(system)('CP-1', { kind: 'reset', type: 'soft' })
  await clock.advance(1_000)
  expect(await answer).toEqual({ kind: 'refused', action: 'Reset', code: long.slice(0, 100), description: long.slice(0, 255) })
})
