import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import { silentLog } from '../../src/base/log.ts'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'

/** A real board, as the guard sees it, on the simulated plant: it charges, and its contacts tell of their edges. */
async function charging() {
  const clock = simulatedClock()
  const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 3, cable: 'fixed' }] }, clock)
  const edged = signal<void>()
  const drives: number[] = []
  const port = guard(
    { ...board, isSimulated: false, edged, deadMan: { on: () => drives.push(clock.monotonic()), off: () => drives.push(clock.monotonic()), isOn: undefined } },
    clock,
    silentLog,
  )
  const [plant] = plants
  if (plant === undefined) throw new Error('no outlet')
  plant.plugIn()
  let sequence = 0
  clock.every('core', 1_000, () => {
    const issuedAt = clock.monotonic()
    port.offer({
      evse: 1,
      plugIn: port.report(1).plugIn,
      transaction: 't',
      close: true,
      amps: 16,
      phases: 3,
      sequence: ++sequence,
      issuedAt,
      expiresAt: issuedAt + 10_000,
    })
  })
  for (let spent = 0; port.report(1).contactor !== 'closed' && spent < 20_000; spent += 20) await clock.advance(20)
  expect(port.report(1).contactor).toBe('closed')
  return { clock, port, plant, edged, drives }
}

describe('an edge of a contact that opens at once', () => {
  test('does not wait for the next tick: the contactor is told in the same moment', async () => {
    const c = await charging()
    await c.clock.advance(27)
    c.plant.setFault('emergencyStop', true)
    const ticks = c.port.ticks
    c.edged.emit()
    expect(c.port.ticks).toBe(ticks + 1)
    expect(c.port.report(1).faults).toContain('emergencyStop')
  })
  test('that chatters costs a tick each 2 ms at most, and the grid goes on', async () => {
    const c = await charging()
    const ticks = c.port.ticks
    for (let at = 0; at < 1_000; at++) {
      c.edged.emit()
      c.edged.emit()
      await c.clock.advance(1)
    }
    expect(c.port.ticks - ticks).toBeLessThanOrEqual(550)
    const calm = c.port.ticks
    await c.clock.advance(1_000)
    expect(c.port.ticks - calm).toBe(50)
  })
  test('after the guard is closed changes nothing', async () => {
    const c = await charging()
    c.port.close()
    const ticks = c.port.ticks
    c.edged.emit()
    expect(c.port.ticks).toBe(ticks)
  })
})
