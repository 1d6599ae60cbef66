import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { automaticEv } from '../../src/run/automatic-ev.ts'
import { desk, transaction } from '../local/desk.ts'

function yard(options: { connectors?: number; on?: boolean } = {}) {
  const at = desk({ connectors: options.connectors ?? 1 })
  const done: string[] = []
  const car = {
    plugIn(evse: number) {
      done.push(`plug ${evse}`)
      at.change(evse, { status: 'preparing', report: { isPlugged: true } })
    },
    unplug(evse: number) {
      done.push(`unplug ${evse}`)
      at.change(evse, { status: 'available', report: { isPlugged: false } })
    },
    become: ({ wantsAmps, phases }: { wantsAmps: number; phases: number }) => {
      done.push(`car ${wantsAmps} A ${phases} phase`)
    },
  }
  const ev = automaticEv(at.context.chargePoint, car, at.clock, options.on ?? true)
  return { at, done, ev, clock: at.clock }
}

describe('the automatic EV', () => {
  test('is a car of 16 A on one phase that plugs in 2 s after a card waits, and leaves after the stop', async () => {
    const { at, done, clock } = yard()
    at.change(1, { status: 'preparing', waitingToken: 'CARD' })
    await clock.advance(1_999)
    expect(done).toEqual(['car 16 A 1 phase'])
    await clock.advance(1)
    expect(done.at(-1)).toBe('plug 1')
    at.change(1, { waitingToken: undefined, transaction: transaction(1), status: 'charging' })
    await clock.advance(seconds(600))
    expect(done.at(-1)).toBe('plug 1')
    at.change(1, { transaction: undefined, status: 'finishing' })
    await clock.advance(seconds(2))
    expect(done.slice(1)).toEqual(['plug 1', 'unplug 1'])
    expect(at.context.chargePoint.view(1).status).toBe('available')
  })

  test('comes again for every card, also when somebody else unplugged the last time', async () => {
    const { at, done, clock } = yard()
    for (let round = 0; round < 3; round++) {
      at.change(1, { waitingToken: 'CARD' })
      await clock.advance(seconds(2))
      at.change(1, { waitingToken: undefined, transaction: transaction(1) })
      at.change(1, { report: { isPlugged: false } })
      at.change(1, { transaction: undefined })
      await clock.advance(seconds(10))
    }
    expect(done.filter((each) => each === 'plug 1')).toHaveLength(3)
    expect(done).not.toContain('unplug 1')
  })

  test('stays away when the card was taken back in time, and leaves when it was taken back after plugging in', async () => {
    const { at, done, clock } = yard()
    at.change(1, { waitingToken: 'CARD' })
    await clock.advance(seconds(1))
    at.change(1, { waitingToken: undefined })
    await clock.advance(seconds(10))
    expect(done).toHaveLength(1)
    at.change(1, { waitingToken: 'CARD' })
    await clock.advance(seconds(2))
    at.change(1, { waitingToken: undefined })
    await clock.advance(seconds(2))
    expect(done.slice(1)).toEqual(['plug 1', 'unplug 1'])
  })

  test("does not touch a car that a person plugged in before any card, but takes it away after that car's transaction", async () => {
    const { at, done, clock } = yard()
    at.change(1, { status: 'preparing', report: { isPlugged: true } })
    await clock.advance(seconds(60))
    expect(done).toHaveLength(1)
    at.change(1, { transaction: transaction(1) })
    at.change(1, { transaction: undefined })
    await clock.advance(seconds(2))
    expect(done.slice(1)).toEqual(['unplug 1'])
  })

  test('serves every connector by itself', async () => {
    const { at, done, clock } = yard({ connectors: 2 })
    at.change(2, { waitingToken: 'B' })
    await clock.advance(seconds(1))
    at.change(1, { waitingToken: 'A' })
    await clock.advance(seconds(2))
    expect(done.slice(1)).toEqual(['plug 2', 'plug 1'])
  })

  test('does nothing while it is off, takes up what waits when it goes on, and stops when it goes off', async () => {
    const { at, done, ev, clock } = yard({ on: false })
    at.change(1, { waitingToken: 'CARD' })
    await clock.advance(seconds(10))
    expect([ev.isOn, done]).toEqual([false, []])
    ev.set(true)
    await clock.advance(seconds(1))
    ev.set(false)
    await clock.advance(seconds(10))
    expect(done).toEqual(['car 16 A 1 phase'])
    ev.set(true)
    await clock.advance(seconds(2))
    expect([ev.isOn, done.at(-1)]).toEqual([true, 'plug 1'])
    ev.close()
    at.change(1, { waitingToken: undefined })
    expect(clock.untilNext()).toBeUndefined()
  })
})
