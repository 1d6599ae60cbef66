import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { visit } from '../../src/core/visit.ts'
import type { Report } from '../../src/safety/port.ts'

/** A car that comes and goes as a test says. */
function stay() {
  const clock = simulatedClock()
  let now: Pick<Report, 'plugIn' | 'isPlugged' | 'hasCable' | 'lock'> = { plugIn: 0, isPlugged: false, hasCable: false, lock: 'unlocked' }
  let changes = 0
  const report = () => now as Report
  const car = visit(1, report, clock, () => changes++)
  const follow = (next: Partial<typeof now>, hasTransaction = false) => {
    now = { ...now, ...next }
    return car.follow(report(), hasTransaction)
  }
  const comes = (hasTransaction = false) => follow({ plugIn: now.plugIn + 1, isPlugged: true, hasCable: true }, hasTransaction)
  return { clock, car, now: report, comes, leaves: () => follow({ isPlugged: false, hasCable: false }), follow, changes: () => changes }
}

test('a car that comes is told once, and in a transaction not at all', () => {
  const s = stay()
  expect([s.comes(), s.follow({})]).toEqual([true, false])
  s.leaves()
  expect(s.comes(true)).toBe(false)
})

test('a car is done when its transaction is over, until it leaves, the next one comes, or it charges again', () => {
  const s = stay()
  const finish = () => {
    s.comes()
    s.car.begun('TAG1')
    s.car.over(true)
    return [s.car.isDone, s.car.doneFor]
  }
  expect(finish()).toEqual([true, 'TAG1'])
  s.leaves()
  expect([s.car.isDone, s.car.doneFor]).toEqual([false, undefined])
  expect(finish()).toEqual([true, 'TAG1'])
  expect([s.comes(), s.car.isDone]).toEqual([true, false])
  expect(finish()).toEqual([true, 'TAG1'])
  s.car.begun('TAG2')
  expect(s.car.isDone).toBe(false)
})

test('after a cut it is finished for as long as its car may still be seen, and for good with that car', async () => {
  const s = stay()
  s.car.wasCutOff('TAG1')
  expect([s.car.isDone, s.car.isUncertain, s.car.doneFor]).toEqual([true, true, undefined])
  expect([s.comes(), s.car.isDone, s.car.isUncertain, s.car.doneFor]).toEqual([false, true, false, 'TAG1'])
  const alone = stay()
  alone.car.wasCutOff('TAG1')
  await alone.clock.advance(seconds(5))
  expect([alone.car.isDone, alone.changes()]).toEqual([false, 1])
  expect([alone.comes(), alone.car.isDone]).toEqual([true, false])
})

test('a plug that has just come is locked before its transaction begins; later, or without a lock, nothing is waited for', async () => {
  const s = stay()
  const mayBegin = (lock: Report['lock']) => {
    s.follow({ lock })
    return s.car.mayBegin(s.now())
  }
  expect(mayBegin('none')).toBe(false)
  s.comes()
  expect((['unlocked', 'unknown', 'locked', 'none'] as const).map(mayBegin)).toEqual([false, false, true, true])
  await s.clock.advance(seconds(16))
  expect(mayBegin('unlocked')).toBe(true)
  // Charged and unlocked: the next offer locks it.
  s.comes()
  s.car.over(true)
  expect(mayBegin('unlocked')).toBe(true)
})
