import { expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { EvseHardware, PilotSample } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'

/** Rule 8, on a board that samples its pilot each 10 ms and tells of each sample. */
test.each([0, 10].flatMap((half) => [1, 3, 5, 7, 9].map((offset) => [half, offset] as const)))(
  'one sample that says something else than the ones around it does not open the contactor, %s + %s ms after the tick',
  async (half, offset) => {
    const clock = simulatedClock()
    const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
    const [hardware] = board.evses as [EvseHardware]
    const changed = signal<void>()
    let sample: PilotSample | undefined
    let isGlitch = false
    const take = () => {
      sample = { ...(hardware.controller.pilot.sample as PilotSample), at: clock.monotonic(), ...(isGlitch ? { highV: 9 } : {}) }
      changed.emit()
    }
    const pilot = {
      get sample() {
        return sample
      },
      drive: hardware.controller.pilot.drive,
    }
    take()
    const port = guard({ ...board, isSimulated: false, changed, evses: [{ ...hardware, controller: { ...hardware.controller, pilot } }] }, clock, silentLog)
    await clock.advance(offset)
    clock.every('sampler', 10, take)
    plants[0]?.plugIn()
    await clock.advance(1_000 - offset)
    const issuedAt = clock.monotonic()
    port.offer({ evse: 1, plugIn: 1, transaction: 't', close: true, amps: 16, phases: 1, sequence: 1, issuedAt, expiresAt: issuedAt + 10_000 })
    await clock.advance(3_000)
    expect(plants[0]?.isClosed).toBe(true)
    await clock.advance(half)
    isGlitch = true
    await clock.advance(10)
    isGlitch = false
    await clock.advance(200)
    expect(plants[0]?.isClosed).toBe(true)
  },
)
