import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { EvseHardware, Input } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'

/** Rule 19: two outlets that charge, and a bug that comes up in the tick of the first. */
async function charging(change: (evse: EvseHardware) => EvseHardware = (evse) => evse) {
  const clock = simulatedClock()
  const outlet = { maxAmps: 16, phases: 1, cable: 'fixed' } as const
  const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', hasDeadMan: true, evses: [outlet, outlet] }, clock)
  const edged = signal<void>()
  let isBroken = false
  let driven = 0
  const breaks = (input: Input | undefined): Input => ({
    get isActive() {
      if (isBroken) throw new Error('a bug')
      return input?.isActive ?? false
    },
  })
  const count = (drive: (() => void) | undefined) => () => {
    driven++
    drive?.()
  }
  const deadMan = { on: count(board.deadMan?.on), off: count(board.deadMan?.off), isOn: undefined }
  const port = guard(
    { ...board, isSimulated: false, edged, deadMan, evses: board.evses.map(change), emergencyStop: breaks(board.emergencyStop) },
    clock,
    silentLog,
  )
  for (const plant of plants) plant.plugIn()
  await clock.advance(1_000)
  for (const { evse } of port.evses) {
    const issuedAt = clock.monotonic()
    port.offer({ evse, plugIn: 1, transaction: 't', close: true, amps: 16, phases: 1, sequence: 1, issuedAt, expiresAt: issuedAt + 10_000 })
  }
  await clock.advance(2_000)
  expect(plants.map((each) => each.isClosed)).toEqual([true, true])
  const breakDown = () => {
    isBroken = true
  }
  return { clock, port, plants, edged, driven: () => driven, breakDown }
}

describe('a tick that does not run through', () => {
  test('ends with every contactor open, and feeds nothing any more', async () => {
    const c = await charging()
    c.breakDown()
    await expect(c.clock.advance(20)).rejects.toThrow('a bug')
    const driven = c.driven()
    await c.clock.advance(60)
    expect(c.plants.map((each) => each.isClosed)).toEqual([false, false])
    expect(c.driven()).toBe(driven)
  })
  test('ends so too when an edge asked for it, and who told of the edge catches what it throws', async () => {
    const c = await charging()
    await c.clock.advance(5)
    c.breakDown()
    expect(() => c.edged.emit()).toThrow('a bug')
    const ticks = c.port.ticks
    await c.clock.advance(1_000)
    expect(c.plants.map((each) => each.isClosed)).toEqual([false, false])
    expect(c.port.ticks).toBe(ticks)
  })
})

test('at the end of the guard one contactor that cannot be told does not keep the other one closed', async () => {
  const c = await charging((evse) =>
    evse.number === 2
      ? evse
      : {
          ...evse,
          controller: {
            ...evse.controller,
            contactor: {
              close: () => evse.controller.contactor.close(),
              open() {
                throw new Error('no such line')
              },
              get isClosed() {
                return evse.controller.contactor.isClosed
              },
            },
          },
        },
  )
  c.port.close()
  await c.clock.advance(100)
  expect(c.plants.map((each) => each.isClosed)).toEqual([true, false])
})
