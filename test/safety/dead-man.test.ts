import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { Plant } from '../../hal/simulated/plant.ts'
import type { Board, Output } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'
import { outlet } from './outlet.ts'

/** Rule 19. */
describe('the dead-man output', () => {
  test('is toggled in each tick, each 20 ms, also where nobody charges', async () => {
    const o = outlet({ board: { hasDeadMan: true } })
    const relay = o.world.board.deadMan as Output
    const seen: (boolean | undefined)[] = []
    for (let tick = 0; tick < 50; tick++) {
      await o.wait(20)
      seen.push(relay.isOn)
    }
    for (const [at, isOn] of seen.entries()) if (at > 0) expect(isOn).toBe(!seen[at - 1])
    expect(o.port.ticks).toBeGreaterThanOrEqual(50)
  })

  test('holds the contactors while the guard lives, and lets them fall when it stands still', async () => {
    const clock = simulatedClock()
    const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', hasDeadMan: true, evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
    let isStopped = false
    const behind = {
      ...clock,
      after: (name: string, delay: number, run: () => void) => clock.after(name, delay, () => (name === 'guard tick' && isStopped) || run()),
    }
    const port = guard(board, behind, silentLog)
    const plant = plants[0] as Plant
    await clock.advance(500)
    plant.plugIn()
    await clock.advance(500)
    const issuedAt = clock.monotonic()
    port.offer({ evse: 1, plugIn: 1, transaction: 'tx', close: true, amps: 16, phases: 1, sequence: 1, issuedAt, expiresAt: issuedAt + 10_000 })
    await clock.advance(3_000)
    expect(plant.isClosed).toBe(true)
    isStopped = true
    await clock.advance(220)
    expect(plant.isClosed).toBe(false)
  })

  const fedBoard = (change: (board: Board) => Partial<Board>) => {
    const clock = simulatedClock()
    const { board } = simulatedBoard({ name: 'test', kind: 'simulated', hasDeadMan: true, evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
    let toggles = 0
    const count = () => {
      toggles++
    }
    const counted = { ...board, deadMan: { on: count, off: count, isOn: undefined } }
    let fed = 0
    const port = guard({ ...counted, ...change(counted) }, clock, silentLog, { fed: () => fed++ })
    return { clock, port, toggles: () => toggles, fed: () => fed }
  }
  test('and a watchdog are fed only by ticks that ran through', async () => {
    let isBroken = false
    const b = fedBoard((board) => ({
      emergencyStop: {
        get isActive() {
          if (isBroken) throw new Error('a bug')
          return board.emergencyStop?.isActive ?? false
        },
      },
      isSimulated: false,
    }))
    await b.clock.advance(200)
    expect(b.toggles()).toBe(10)
    expect(b.fed()).toBe(10)
    isBroken = true
    await expect(b.clock.advance(200)).rejects.toThrow('a bug')
    // Once more: it is put OFF.
    expect([b.toggles(), b.fed()]).toEqual([11, 10])
    await b.clock.advance(200)
    expect([b.toggles(), b.fed()]).toEqual([11, 10])
  })

  test('is left OFF, and one that cannot be driven does not end the guard', async () => {
    const o = outlet({ board: { hasDeadMan: true } })
    await o.wait(20)
    o.port.close()
    expect(o.world.board.deadMan?.isOn).toBe(false)
    const broken = fedBoard(() => ({
      deadMan: {
        on() {
          throw new Error('no such line')
        },
        off() {},
        isOn: undefined,
      },
    }))
    await broken.clock.advance(200)
    expect(broken.fed()).toBe(10)
  })
})

test('the guard of a board of real devices ticks each 20 ms and reads them in each tick', async () => {
  const clock = simulatedClock()
  const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
  // Nothing tells of a change.
  const port = guard({ ...board, isSimulated: false, changed: { on: () => () => {} } }, clock, silentLog)
  await clock.advance(1_000)
  expect(port.ticks).toBe(50)
  plants[0]?.plugIn()
  await clock.advance(100)
  expect(port.report(1).pilot).toBe('B')
})
