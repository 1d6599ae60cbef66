import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Peer } from '../../src/ocpp/peer.ts'
import { heartbeatTimer } from '../../src/ocpp16/heartbeat.ts'

test('while there is nobody to beat for, nothing wakes; it goes on when it is told to', async () => {
  const clock = simulatedClock()
  let isOnline = true
  let beats = 0
  let lastSentAt = 0
  const call = async () => {
    beats++
    lastSentAt = clock.monotonic()
    return { kind: 'timeout' } as const
  }
  const peer = {
    call,
    get lastSentAt() {
      return lastSentAt
    },
  } as unknown as Peer
  const heart = heartbeatTimer({ peer, clock, intervalS: () => 60, mayBeat: () => isOnline, timeTold: () => {} })
  heart.restart()
  await clock.advance(minutes(3))
  expect(beats).toBe(3)
  isOnline = false
  await clock.advance(minutes(2))
  expect([beats, clock.untilNext()]).toEqual([3, undefined])
  isOnline = true
  heart.restart()
  await clock.advance(seconds(1))
  expect(beats).toBe(4)
})

test('while one is unanswered no other one joins the queue: transactions wait behind none of them', async () => {
  const clock = simulatedClock()
  const answers: ((outcome: { readonly kind: 'timeout' }) => void)[] = []
  // What waits in a queue has not been sent.
  const peer = { call: () => new Promise((resolve) => answers.push(resolve)), lastSentAt: 0 } as unknown as Peer
  const heart = heartbeatTimer({ peer, clock, intervalS: () => 1, mayBeat: () => true, timeTold: () => {} })
  heart.restart()
  await clock.advance(minutes(10))
  expect(answers).toHaveLength(1)
  heart.send()
  expect(answers).toHaveLength(1)
  answers[0]?.({ kind: 'timeout' })
  await clock.advance(seconds(2))
  expect(answers).toHaveLength(2)
})
